//! What the XML reader does with documents that mean harm, and with any bytes at all.

use super::read;
use crate::domain::reading::ReadErrorCode;
use proptest::prelude::*;

const OPEN: &str = "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
    xmlns:b=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">";

fn code(xml: &str) -> ReadErrorCode {
    read(xml.as_bytes()).expect_err("refused").code
}

#[test]
fn bombs_of_entities_are_refused() {
    let mut bomb = String::from("<!DOCTYPE i [<!ENTITY a \"ha\">");
    for (name, of) in ('b'..='j').zip('a'..) {
        bomb.push_str(&format!("<!ENTITY {name} \"{}\">", format!("&{of};").repeat(10)));
    }
    bomb.push_str("]><i>&j;</i>");
    assert_eq!(code(&bomb), ReadErrorCode::InvalidXml);
}

#[test]
fn external_entities_and_undeclared_ones_are_refused() {
    assert_eq!(code("<!DOCTYPE i [<!ENTITY f SYSTEM \"file:///etc/hostname\">]><i>&f;</i>"), ReadErrorCode::InvalidXml);
    assert_eq!(code(&format!("{OPEN}<b:ID>&nbsp;</b:ID></Invoice>")), ReadErrorCode::InvalidXml);
    assert_eq!(code(&format!("{OPEN}<b:ID x='&own;'/></Invoice>")), ReadErrorCode::InvalidXml);
}

#[test]
fn the_predefined_references_are_read() {
    let xml = format!("{OPEN}<b:ID>A &amp; B &lt;&#49;&#x32;&gt; <![CDATA[<&>]]></b:ID></Invoice>");
    let reading = read(xml.as_bytes()).expect("reads");
    let number = reading.fields.values().next().expect("a number");
    assert_eq!(number.value, "A & B <12> <&>");
}

#[test]
fn depth_elements_attributes_and_texts_have_limits() {
    let deep = format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000));
    assert_eq!(code(&deep), ReadErrorCode::TooComplex);
    let many = format!("<a>{}</a>", "<b/>".repeat(600_000));
    assert_eq!(code(&many), ReadErrorCode::TooComplex);
    let huge = format!("<a b=\"{}\"/>", "x".repeat(10_000_000));
    assert_eq!(code(&huge), ReadErrorCode::TooComplex);
    let attributes: String = (0..1000).map(|number| format!(" a{number}=\"1\"")).collect();
    assert_eq!(code(&format!("<a{attributes}/>")), ReadErrorCode::TooComplex);
    let namespaces: String = (0..1000).map(|number| format!(" xmlns:n{number}=\"urn:{number}\"")).collect();
    assert_eq!(code(&format!("<a{namespaces}/>")), ReadErrorCode::TooComplex);
    let long = format!("<a>{}</a>", "x".repeat(2_000_000));
    assert_eq!(code(&long), ReadErrorCode::TooComplex);
}

#[test]
fn embedded_files_may_be_large() {
    let xml = format!(
        "{OPEN}<b:ID>R-1</b:ID><b:EmbeddedDocumentBinaryObject>{}</b:EmbeddedDocumentBinaryObject></Invoice>",
        "QUJD".repeat(1_000_000)
    );
    assert_eq!(read(xml.as_bytes()).expect("reads").fields.len(), 1);
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for xml in [
        "",
        "   ",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>text",
        "text<a/>",
        "</a>",
        "<a b=1/>",
        "<a b='1' b='2'/>",
        "<x:a/>",
        "<a>\u{1}</a>",
        "<a>&#0;</a>",
        "<a>&#1;</a>",
        "<a b='&#8;'/>",
        "<a>&#xD800;</a>",
        "<!-- -- --><a/>",
        "<a><![CDATA[</a>",
    ] {
        assert_eq!(code(xml), ReadErrorCode::InvalidXml, "{xml:?}");
    }
}

#[test]
fn utf_16_reads_like_utf_8() {
    let xml = format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{OPEN}<b:ID>Ü-1</b:ID></Invoice>");
    let bytes: Vec<u8> = format!("\u{feff}{xml}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    let reading = read(&bytes).expect("reads");
    assert_eq!(reading.fields.values().next().map(|value| value.value.as_str()), Some("Ü-1"));
}

/// An invoice with enough in it that a change anywhere meets some rule.
fn sample() -> Vec<u8> {
    format!(
        "{OPEN}<b:ID>R-1</b:ID><b:IssueDate>2026-11-02</b:IssueDate><b:Note><![CDATA[x]]>&amp;</b:Note>\
         <!-- c --><b:DocumentCurrencyCode listID='a'>EUR</b:DocumentCurrencyCode></Invoice>"
    )
    .into_bytes()
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read(&bytes);
    }

    #[test]
    fn a_changed_document_is_read_or_refused(at in 0usize..400, with in any::<Vec<u8>>(), cut in 0usize..20) {
        let mut bytes = sample();
        let at = at.min(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, with);
        let _ = read(&bytes);
    }

    #[test]
    fn texts_come_back_as_they_were_written(text in "[a-zA-Z0-9äöü€<>&'\" ]{1,40}") {
        let wanted = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let xml = format!("{OPEN}<b:ID>{escaped}</b:ID></Invoice>");
        let reading = read(xml.as_bytes()).expect("reads");
        prop_assert_eq!(reading.fields.values().next().map_or("", |value| value.value.as_str()), wanted);
    }
}
