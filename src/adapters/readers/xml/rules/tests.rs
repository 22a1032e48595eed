//! Each rule of the bindings fires on a document made to break it; codes are found where they stand; a document of
//! any make is judged, and soon.

use super::{super::tree::Tree, findings};
use crate::{
    adapters::samples,
    domain::{
        en16931::{
            Syntax,
            binding::{Asked, Binding, bindings},
        },
        reading::DocumentKind,
    },
};
use proptest::prelude::*;
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

const COMPONENT: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
const CII: &str = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100";
const CII_COMPONENT: &str = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100";

fn document(syntax: Syntax, attributes: &str, inner: &str) -> String {
    let (root, namespace, component) = match syntax {
        Syntax::Ubl => ("Invoice", "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", COMPONENT),
        Syntax::Cii => ("CrossIndustryInvoice", CII, CII_COMPONENT),
    };
    format!("<r:{root} xmlns:r=\"{namespace}\" xmlns=\"{component}\" {attributes}>{inner}</r:{root}>")
}

fn fired(xml: &str) -> BTreeSet<String> {
    let tree = Tree::parse(xml).expect("is well formed");
    let findings = findings(tree.root().expect("has a root")).expect("there are rules for it");
    findings.into_iter().map(|finding| finding.id).collect()
}

/// Elements within each other, the innermost with attributes and content; `A/@b` gives `A` an attribute.
fn nest(path: &str, attributes: &str, inner: &str) -> String {
    let (path, attributes) = match path.split_once("/@") {
        Some((path, name)) => (path, format!("{name}=\"x\"")),
        None => (path, attributes.to_owned()),
    };
    let names = path.split('/').filter(|name| !name.is_empty());
    let names: Vec<String> =
        names.map(|name| name.split('|').next().unwrap_or_default().replace('*', "Some")).collect();
    names.iter().rev().enumerate().fold(inner.to_owned(), |inner, (depth, name)| {
        let attributes = if depth == 0 { attributes.as_str() } else { "" };
        format!("<{name} {attributes}>{inner}</{name}>")
    })
}

/// A document that breaks one rule of a binding.
fn breaking(syntax: Syntax, binding: &Binding) -> String {
    let place = binding.at.split([',', '!']).next().unwrap_or_default();
    let twice = |one: String| one.repeat(2);
    let (attributes, inner) = match binding.asked {
        Asked::Absent | Asked::Once(_) | Asked::Needs(_) | Asked::NeedsAttribute(_) => (String::new(), String::new()),
        Asked::Without(path) | Asked::OnlyOfType(path, ..) | Asked::OnlyIn(path, _) => {
            (String::new(), nest(path, "", ""))
        }
        Asked::AtMost(most, path) => (String::new(), nest(path, "", "").repeat(most + 1)),
        Asked::OncePerType(kind, path) => {
            let (name, code) = match syntax {
                Syntax::Ubl => ("AdditionalDocumentReference", "DocumentTypeCode"),
                Syntax::Cii => ("AdditionalReferencedDocument", "TypeCode"),
            };
            let more = path.map(|path| nest(path, "", "")).unwrap_or_default();
            (String::new(), twice(nest(name, "", &(nest(code, "", kind) + &more))))
        }
        Asked::OnceIn(is_charge, path) => {
            (String::new(), nest("ChargeIndicator", "", &is_charge.to_string()) + &twice(nest(path, "", "")))
        }
        Asked::NotBoth(one, other) => (String::new(), nest(one, "", "") + &nest(other, "", "")),
        Asked::NoAttribute(name) => (format!("{name}=\"x\""), String::new()),
        Asked::NotOfType(path, kind) => (String::new(), nest("DocumentTypeCode", "", kind) + &nest(path, "", "")),
        Asked::OneOf(path, _) => (String::new(), nest(path, "", "x")),
        Asked::Alike => return document(syntax, "", &(nest(place, "", "one") + &nest(place, "", "other"))),
        Asked::Day => ("format=\"102\"".to_owned(), "20261301".to_owned()),
        Asked::TwoDecimals => (String::new(), "1.234".to_owned()),
    };
    match place {
        "/" => document(syntax, &attributes, &inner),
        place => document(syntax, "", &nest(place, &attributes, &inner)),
    }
}

#[test]
fn each_rule_of_the_bindings_fires() {
    for syntax in [Syntax::Ubl, Syntax::Cii] {
        for binding in bindings(syntax) {
            let xml = breaking(syntax, binding);
            assert!(fired(&xml).contains(binding.id), "{} on {xml}", binding.id);
        }
        let nothing = document(syntax, "", "");
        let of_bindings = |id: &&Binding| fired(&nothing).contains(id.id);
        assert_eq!(bindings(syntax).iter().find(of_bindings), None, "an empty document breaks none of them");
    }
}

/// Elements below the root, a rule, and whether it fires.
#[rustfmt::skip]
const CASES: &[(Syntax, &str, &str, bool)] = &[
    (Syntax::Ubl, "<Note>#AAI#Thank you</Note>", "BR-CL-08", false),
    (Syntax::Ubl, "<Note>#XQX#Thank you</Note>", "BR-CL-08", true),
    (Syntax::Ubl, "<Note>Order #12 of #13</Note>", "BR-CL-08", false),
    (Syntax::Ubl, "<AllowanceCharge><ChargeIndicator>false</ChargeIndicator><AllowanceChargeReasonCode>AA</AllowanceChargeReasonCode></AllowanceCharge>", "BR-CL-19", true),
    (Syntax::Ubl, "<AllowanceCharge><ChargeIndicator>1</ChargeIndicator><AllowanceChargeReasonCode>AA</AllowanceChargeReasonCode></AllowanceCharge>", "BR-CL-20", false),
    (Syntax::Ubl, "<AdditionalDocumentReference><ID schemeID=\"XQX\">1</ID><DocumentTypeCode>130</DocumentTypeCode></AdditionalDocumentReference>", "BR-CL-07", true),
    (Syntax::Ubl, "<AdditionalDocumentReference><ID schemeID=\"XQX\">1</ID></AdditionalDocumentReference>", "BR-CL-07", false),
    (Syntax::Ubl, "<PayeeParty><PartyIdentification><ID schemeID=\"SEPA\">1</ID></PartyIdentification></PayeeParty>", "BR-CL-10", false),
    (Syntax::Ubl, "<AccountingCustomerParty><Party><PartyIdentification><ID schemeID=\"SEPA\">1</ID></PartyIdentification></Party></AccountingCustomerParty>", "BR-CL-10", true),
    (Syntax::Ubl, "<LegalMonetaryTotal><PayableAmount>1</PayableAmount></LegalMonetaryTotal>", "BR-CL-03", true),
    (Syntax::Ubl, "<LegalMonetaryTotal><PayableAmount currencyID=\"EUR\">1</PayableAmount></LegalMonetaryTotal>", "BR-CL-03", false),
    (Syntax::Ubl, "<InvoiceLine><Price><PriceAmount currencyID=\"EUR\">1.2345</PriceAmount></Price></InvoiceLine>", "UBL-DT-01", false),
    (Syntax::Ubl, "<InvoiceLine><Price><AllowanceCharge><Amount currencyID=\"EUR\">1.2345</Amount></AllowanceCharge></Price></InvoiceLine>", "UBL-DT-01", false),
    (Syntax::Ubl, "<AccountingSupplierParty><Party><PartyTaxScheme><CompanyID>123456789</CompanyID><TaxScheme><ID>VAT</ID></TaxScheme></PartyTaxScheme></Party></AccountingSupplierParty>", "BR-CO-09", true),
    (Syntax::Ubl, "<AccountingSupplierParty><Party><PartyTaxScheme><CompanyID>123456789</CompanyID><TaxScheme><ID>TAX</ID></TaxScheme></PartyTaxScheme></Party></AccountingSupplierParty>", "BR-CO-09", false),
    (Syntax::Cii, "<SupplyChainTradeTransaction><ApplicableHeaderTradeAgreement><BuyerTradeParty><GlobalID schemeID=\"9999\">1</GlobalID></BuyerTradeParty></ApplicableHeaderTradeAgreement></SupplyChainTradeTransaction>", "BR-CL-10", true),
    (Syntax::Cii, "<SupplyChainTradeTransaction><ApplicableHeaderTradeDelivery><ShipToTradeParty><GlobalID schemeID=\"9999\">1</GlobalID></ShipToTradeParty></ApplicableHeaderTradeDelivery></SupplyChainTradeTransaction>", "BR-CL-10", false),
    (Syntax::Cii, "<SupplyChainTradeTransaction><ApplicableHeaderTradeDelivery><ShipToTradeParty><GlobalID schemeID=\"9999\">1</GlobalID></ShipToTradeParty></ApplicableHeaderTradeDelivery></SupplyChainTradeTransaction>", "BR-CL-26", true),
    (Syntax::Cii, "<SupplyChainTradeTransaction><ApplicableHeaderTradeAgreement><SellerTradeParty><SpecifiedTaxRegistration><ID schemeID=\"VA\">12</ID></SpecifiedTaxRegistration></SellerTradeParty></ApplicableHeaderTradeAgreement></SupplyChainTradeTransaction>", "BR-CL-11", false),
    (Syntax::Cii, "<SupplyChainTradeTransaction><ApplicableHeaderTradeAgreement><SellerTradeParty><SpecifiedTaxRegistration><ID schemeID=\"VA\">12</ID></SpecifiedTaxRegistration></SellerTradeParty></ApplicableHeaderTradeAgreement></SupplyChainTradeTransaction>", "BR-CO-09", true),
    (Syntax::Cii, "<SupplyChainTradeTransaction><ApplicableHeaderTradeSettlement><ApplicableTradeTax><TypeCode>VAT</TypeCode><CategoryCode>E</CategoryCode><ExemptionReasonCode>vatex-eu-132</ExemptionReasonCode></ApplicableTradeTax></ApplicableHeaderTradeSettlement></SupplyChainTradeTransaction>", "BR-CL-22", false),
    (Syntax::Cii, "<SupplyChainTradeTransaction><ApplicableHeaderTradeSettlement><SpecifiedTradeSettlementHeaderMonetarySummation><TaxTotalAmount currencyID=\"EUR\">1</TaxTotalAmount></SpecifiedTradeSettlementHeaderMonetarySummation></ApplicableHeaderTradeSettlement></SupplyChainTradeTransaction>", "CII-DT-031", false),
];

#[test]
fn what_stands_in_the_xml_reaches_its_rule() {
    for (syntax, inner, id, fires) in CASES {
        assert_eq!(fired(&document(*syntax, "", inner)).contains(*id), *fires, "{id} on {inner}");
    }
}

#[test]
fn sample_invoices_break_no_rule() {
    for kind in [DocumentKind::Ubl, DocumentKind::Cii] {
        for seed in 0..30 {
            let sample = samples::generate(kind, seed);
            let xml = String::from_utf8(sample.bytes).expect("UTF-8");
            assert_eq!(fired(&xml), BTreeSet::new(), "{kind:?} {seed}");
        }
    }
}

/// As many lines as the tree takes are judged in a second or two; by their square it would be an hour.
#[test]
fn the_time_grows_with_the_lines_and_not_with_their_square() {
    let line =
        "<InvoiceLine><ID>1</ID><Item><ClassifiedTaxCategory><ID>S</ID></ClassifiedTaxCategory></Item></InvoiceLine>";
    let tree = Tree::parse(&document(Syntax::Ubl, "", &line.repeat(99_000))).expect("is well formed");
    let start = Instant::now();
    let count = findings(tree.root().expect("has a root")).expect("there are rules for it").len();
    assert!(count > 10);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

/// An element of a name that some rule knows, with what may be in it.
fn any_element() -> impl Strategy<Value = String> {
    let rules = bindings(Syntax::Ubl).iter().chain(bindings(Syntax::Cii));
    let mut names: BTreeSet<String> = rules
        .flat_map(|binding| binding.at.split(['/', '|', ',', '!', '*']).filter(|name| !name.is_empty()))
        .map(str::to_owned)
        .collect();
    names.extend(["ID", "Percent", "CategoryCode", "TaxAmount", "BasisAmount", "ChargeIndicator"].map(str::to_owned));
    let names: Vec<String> = names.into_iter().collect();
    let text = prop_oneof!["[0-9.+-]{0,40}", "[A-Za-z0-9# ]{0,6}", Just("true".to_owned()), Just("S".to_owned())];
    let leaf = (prop::sample::select(names.clone()), text, prop::bool::ANY).prop_map(|(name, text, coded)| {
        let attribute = if coded { "schemeID=\"VA\" currencyID=\"EUR\" format=\"102\"" } else { "" };
        nest(&name, attribute, &text)
    });
    leaf.prop_recursive(6, 60, 8, move |inner| {
        (prop::sample::select(names.clone()), prop::collection::vec(inner, 0..8))
            .prop_map(|(name, children)| nest(&name, "", &children.concat()))
    })
}

proptest! {
    #[test]
    fn any_document_is_judged(children in prop::collection::vec(any_element(), 0..12), is_cii: bool) {
        let syntax = if is_cii { Syntax::Cii } else { Syntax::Ubl };
        fired(&document(syntax, "", &children.concat()));
    }
}
