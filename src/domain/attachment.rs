//! Files that came inside a document, and documents elsewhere that it refers to. Their names and addresses were chosen by
//! whoever sent the invoice.

use serde::{Deserialize, Serialize};

/// The most characters of a name.
const MAX_NAME: usize = 120;

/// What is said of an e-mail that brought nothing.
pub const NO_DOCUMENT: &str = "No document came with this e-mail: no PDF, picture or XML";

/// A file inside a document, or a document elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// From 1, in the order of the document: it is asked for by this.
    pub number: u32,
    /// A name for a file: without folders, and without signs that hide what it is.
    pub name: String,
    /// The sender's words for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// In a person's words, by its content where that is known: `PDF`, `Spreadsheet`.
    pub kind: String,
    pub content: Content,
}

/// Where its bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// So many bytes, inside.
    Size(u64),
    /// Elsewhere, under this address.
    Address(String),
    /// Inside, but not to be had: why, in words.
    Unreadable(String),
}

/// What may be a file's name here: its last part, in signs that show, and not too long.
pub fn safe_name(given: &str) -> Option<String> {
    let last = given.rsplit(['/', '\\']).find(|part| !part.trim().is_empty())?;
    let shown: String = last.chars().filter(|sign| !sign.is_control() && !hides(*sign)).collect();
    let shown = shown.trim().trim_start_matches('.').trim();
    let (stem, ending) = match shown.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= 10 => (stem, [".", ending].concat()),
        _ => (shown, String::new()),
    };
    let stem: String = stem.chars().take(MAX_NAME - ending.chars().count()).collect();
    Some([stem, ending].concat()).filter(|name| !name.is_empty())
}

/// Signs without a shape, and those that turn the direction of writing: `exe.pdf` can be written as `fdp.exe` with them.
fn hides(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

/// The host of an address that a browser may open; None: it is only text.
pub fn host_of(address: &str) -> Option<&str> {
    let is_scheme = |scheme: &&str| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let rest = &address[["https://", "http://"].iter().find(|scheme| is_scheme(scheme))?.len()..];
    let host = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    // Nothing that stands for another host than it seems to: no user name, no signs that browsers read as others.
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-' | ':' | '[' | ']');
    let is_address = !address.contains(|sign: char| sign.is_control() || sign.is_whitespace() || sign == '\\');
    (is_address && host.contains(|sign: char| sign.is_ascii_alphanumeric()) && host.chars().all(is_plain))
        .then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_name_and_no_path() {
        let name = |given| safe_name(given).unwrap_or_default();
        assert_eq!(name("Time sheet.pdf"), "Time sheet.pdf");
        assert_eq!(name("../../etc/passwd"), "passwd");
        assert_eq!(name(r"C:\Users\me\report.xlsx"), "report.xlsx");
        assert_eq!(name(".htaccess"), "htaccess");
        assert_eq!(name("invoice\u{202e}fdp.exe"), "invoicefdp.exe");
        assert_eq!(name("a\r\nb\0.csv"), "ab.csv");
        assert_eq!(name("folder/"), "folder");
        assert_eq!([safe_name(""), safe_name("///"), safe_name("...")], [None, None, None]);
        let long = name(&["x".repeat(500).as_str(), ".pdf"].concat());
        assert_eq!((long.chars().count(), long.ends_with(".pdf")), (120, true));
    }

    #[test]
    fn only_plain_web_addresses_have_a_host() {
        assert_eq!(host_of("https://files.example.com/a?b#c"), Some("files.example.com"));
        assert_eq!(host_of("HTTP://example.com:8080"), Some("example.com:8080"));
        assert_eq!(host_of("http://[2001:db8::1]/x"), Some("[2001:db8::1]"));
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://good.example@evil.example/",
            "https://evil.example\\@good.example/",
            "https:///x",
            "https://exämple.com",
            "https://a b/",
            " https://example.com",
            "//example.com",
            "ftp://example.com/x",
            "",
        ] {
            assert_eq!(host_of(text), None, "{text}");
        }
    }

    #[test]
    fn it_says_where_its_bytes_are() {
        let attachment = Attachment {
            number: 1,
            name: "a.pdf".into(),
            description: None,
            kind: "PDF".into(),
            content: Content::Size(12),
        };
        let text = serde_json::to_string(&attachment).unwrap();
        assert_eq!(text, r#"{"number":1,"name":"a.pdf","kind":"PDF","content":{"size":12}}"#);
        assert_eq!(serde_json::from_str::<Attachment>(&text).unwrap(), attachment);
    }
}
