//! Bytes to text: the encoding that the byte order mark, or else the XML declaration, names.

use crate::domain::reading::{ReadError, ReadErrorCode};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// How far into the file the declaration is looked for.
const DECLARATION_WITHIN: usize = 256;

/// The document as text, without its byte order mark.
///
/// # Errors
/// `InvalidXml` when the declared encoding is unknown or the bytes are not valid in it.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let (encoding, body) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, bytes.get(mark..).unwrap_or_default()),
        None => (declared(bytes)?, bytes),
    };
    encoding
        .decode_without_bom_handling_and_without_replacement(body)
        .ok_or_else(|| ReadError::new(ReadErrorCode::InvalidXml, format!("The XML is not valid {}", encoding.name())))
}

/// The encoding of a file without a byte order mark.
fn declared(bytes: &[u8]) -> Result<&'static Encoding, ReadError> {
    match bytes {
        [b'<', 0, ..] => return Ok(UTF_16LE),
        [0, b'<', ..] => return Ok(UTF_16BE),
        _ => {}
    }
    let head = bytes.get(..DECLARATION_WITHIN).unwrap_or(bytes);
    let Some(label) = encoding_label(head) else {
        return Ok(UTF_8);
    };
    match Encoding::for_label(label) {
        // The declaration was read as single bytes, so the file can not be UTF-16, whatever it says.
        Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => Ok(UTF_8),
        Some(encoding) => Ok(encoding),
        None => Err(ReadError::new(
            ReadErrorCode::InvalidXml,
            format!("The XML names an unknown encoding: {}", String::from_utf8_lossy(label)),
        )),
    }
}

/// The value of `encoding="…"` in the declaration `<?xml … ?>`.
fn encoding_label(head: &[u8]) -> Option<&[u8]> {
    let head = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = head.windows(2).position(|window| window == b"?>")?;
    let declaration = head.get(..end)?;
    let at = declaration.windows(8).position(|window| window == b"encoding")?;
    let rest = declaration.get(at + 8..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = rest.split_first()?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let end = rest.iter().position(|byte| byte == quote)?;
    rest.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declaration_names_the_encoding() {
        let latin = b"<?xml version=\"1.0\" encoding='ISO-8859-1'?><a>M\xfcller</a>";
        assert!(decode(latin).expect("decodes").contains("Müller"));
        assert_eq!(decode("<a>Müller</a>".as_bytes()).expect("decodes"), "<a>Müller</a>");
    }

    #[test]
    fn utf_16_is_read_with_and_without_a_mark() {
        for (text, order) in [("\u{feff}<a>ü</a>", "mark"), ("<a>ü</a>", "no mark")] {
            let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(decode(&little).expect(order), "<a>ü</a>");
            assert_eq!(decode(&big).expect(order), "<a>ü</a>");
        }
    }

    #[test]
    fn wrong_bytes_and_unknown_encodings_are_refused() {
        for bytes in [&b"<a>\xff\xff</a>"[..], b"<?xml version='1.0' encoding='martian'?><a/>"] {
            assert_eq!(decode(bytes).expect_err("refused").code, ReadErrorCode::InvalidXml);
        }
    }

    #[test]
    fn a_declaration_that_lies_about_utf_16_is_passed_over() {
        assert_eq!(
            decode(b"<?xml version='1.0' encoding='UTF-16'?><a/>").expect("decodes"),
            "<?xml version='1.0' encoding='UTF-16'?><a/>"
        );
    }
}
