//! What a file is, by its content and never by its name.

use crate::domain::reading::{ReadError, ReadErrorCode};

/// The types of document we take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    Pdf,
    Png,
    Jpeg,
    Tiff,
    Xml,
    /// An e-mail: no document, but what documents come in.
    Message,
}

impl FileType {
    /// The media type to serve it with.
    pub fn media_type(self) -> &'static str {
        match self {
            FileType::Pdf => "application/pdf",
            FileType::Png => "image/png",
            FileType::Jpeg => "image/jpeg",
            FileType::Tiff => "image/tiff",
            FileType::Xml => "application/xml",
            FileType::Message => "message/rfc822",
        }
    }

    /// The usual ending of a file's name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            FileType::Pdf => "pdf",
            FileType::Png => "png",
            FileType::Jpeg => "jpg",
            FileType::Tiff => "tif",
            FileType::Xml => "xml",
            FileType::Message => "eml",
        }
    }
}

/// How far into the file a PDF's header may stand. ISO 32000 wants it first; readers accept the first 1024 bytes.
const PDF_HEADER_WITHIN: usize = 1024;
/// How much white space may stand before the first `<` of an XML file.
const XML_START_WITHIN: usize = 1024;
/// How much of an e-mail's header is looked at. Signatures of the servers on its way make it long.
const MESSAGE_HEADER_WITHIN: usize = 64 * 1024;
/// What begins the containers of older Office programs, and of Outlook's own messages.
const COMPOUND_FILE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Tells the type of a document by its first bytes. Cheap: it looks at no more than the first 1 KiB, and at the header of
/// an e-mail.
///
/// # Errors
/// `Empty` when there are no bytes, `UnsupportedType` when it is none of [`FileType`].
pub fn detect(bytes: &[u8]) -> Result<FileType, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::new(ReadErrorCode::Empty, "The file is empty"));
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Ok(FileType::Png);
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Ok(FileType::Jpeg);
    }
    // The byte order mark of TIFF, then 42 (TIFF) or 43 (BigTIFF).
    if [&b"II*\0"[..], b"II+\0", b"MM\0*", b"MM\0+"].iter().any(|magic| bytes.starts_with(magic)) {
        return Ok(FileType::Tiff);
    }
    let head = bytes.get(..PDF_HEADER_WITHIN).unwrap_or(bytes);
    if head.windows(5).any(|window| window == b"%PDF-") {
        return Ok(FileType::Pdf);
    }
    if looks_like_xml(bytes) {
        return Ok(FileType::Xml);
    }
    if looks_like_message(bytes) {
        return Ok(FileType::Message);
    }
    let message = if bytes.starts_with(COMPOUND_FILE) {
        "This is an Office or Outlook file. Save a document as PDF, and an e-mail as .eml"
    } else {
        "This is none of the types we take: PDF, PNG, JPEG, TIFF, XML, or an e-mail with such files"
    };
    Err(ReadError::new(ReadErrorCode::UnsupportedType, message))
}

/// Whether, behind a byte order mark and white space, `<` and the begin of a declaration, comment or name follow.
/// The zero bytes of UTF-16 are passed over, so that no decoding is needed here.
fn looks_like_xml(bytes: &[u8]) -> bool {
    let head = bytes.get(..XML_START_WITHIN).unwrap_or(bytes);
    let head = [&b"\xef\xbb\xbf"[..], b"\xff\xfe", b"\xfe\xff"]
        .iter()
        .find_map(|mark| head.strip_prefix(*mark))
        .unwrap_or(head);
    let text: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).skip_while(u8::is_ascii_whitespace).collect();
    let Some(rest) = text.strip_prefix(b"<") else {
        return false;
    };
    let is_html = |word: &[u8]| rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    if is_html(b"!doctype html") || is_html(b"html") {
        return false;
    }
    rest.first()
        .is_some_and(|byte| matches!(byte, b'?' | b'!' | b'_' | b':') || byte.is_ascii_alphabetic() || *byte >= 0x80)
}

/// Whether it begins with fields of a header as RFC 5322 (2.2) has them, two of them such as every e-mail has.
fn looks_like_message(bytes: &[u8]) -> bool {
    const USUAL: [&[u8]; 9] = [
        b"from",
        b"to",
        b"subject",
        b"date",
        b"message-id",
        b"mime-version",
        b"received",
        b"return-path",
        b"content-type",
    ];
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = bytes.get(..MESSAGE_HEADER_WITHIN).unwrap_or(bytes);
    let mut usual = 0;
    for (at, line) in head.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // How mailboxes of Unix separate their messages.
        let is_separator = at == 0 && line.starts_with(b"From ");
        let goes_on = at > 0 && line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        if line.is_empty() {
            break;
        }
        if is_separator || goes_on {
            continue;
        }
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let (Some(name), Some(_)) = (parts.next(), parts.next()) else {
            // The last line may be cut.
            return usual >= 2 && head.len() < bytes.len();
        };
        if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
            return false;
        }
        usual += usize::from(USUAL.iter().any(|known| name.eq_ignore_ascii_case(known)));
    }
    usual >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> ReadErrorCode {
        detect(bytes).expect_err("refused").code
    }

    #[test]
    fn types_are_told_by_content() {
        assert_eq!(detect(b"%PDF-1.7\n"), Ok(FileType::Pdf));
        assert_eq!(detect(b"\x89PNG\r\n\x1a\n...."), Ok(FileType::Png));
        assert_eq!(detect(b"\xff\xd8\xff\xe0"), Ok(FileType::Jpeg));
        assert_eq!(detect(b"II*\0...."), Ok(FileType::Tiff));
        assert_eq!(detect(b"MM\0*...."), Ok(FileType::Tiff));
        assert_eq!(detect(b"<?xml version='1.0'?><a/>"), Ok(FileType::Xml));
        assert_eq!(detect(b" \r\n<Invoice/>"), Ok(FileType::Xml));
    }

    #[test]
    fn a_pdf_header_may_stand_behind_other_bytes_but_not_far() {
        let mut bytes = vec![b'x'; 1000];
        bytes.extend_from_slice(b"%PDF-1.4");
        assert_eq!(detect(&bytes), Ok(FileType::Pdf));
        let mut far = vec![b'x'; 2000];
        far.extend_from_slice(b"%PDF-1.4");
        assert_eq!(code(&far), ReadErrorCode::UnsupportedType);
    }

    #[test]
    fn xml_is_told_in_every_encoding() {
        assert_eq!(detect(b"\xef\xbb\xbf<a/>"), Ok(FileType::Xml));
        let utf16: Vec<u8> = "\u{feff}<?xml version='1.0'?>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(detect(&utf16), Ok(FileType::Xml));
        let utf16: Vec<u8> = "<?xml version='1.0'?>".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(detect(&utf16), Ok(FileType::Xml));
    }

    #[test]
    fn an_email_is_told_by_its_header() {
        for message in [
            &b"From: a@example.com\r\nSubject: Invoice\r\n\r\nHello"[..],
            b"From a@example.com Mon Nov  2 10:00:00 2026\nReceived: by x;\n Mon, 2 Nov 2026\nfrom: a@example.com\n\n",
            b"\xef\xbb\xbfMIME-Version: 1.0\nDate: today",
        ] {
            assert_eq!(detect(message), Ok(FileType::Message), "{}", String::from_utf8_lossy(message));
        }
        let long = [b"From: a\nTo: b\nX-Long: ".as_slice(), &vec![b'x'; MESSAGE_HEADER_WITHIN], b"\n\nHello"].concat();
        assert_eq!(detect(&long), Ok(FileType::Message));
        let cut =
            [b"From: a\nTo: b\nX: ".as_slice(), &vec![b'x'; MESSAGE_HEADER_WITHIN - 20], b"\nX-", &[b'x'; 99], b": y"];
        assert_eq!(detect(&cut.concat()), Ok(FileType::Message));

        for text in [
            "From: a@example.com",
            "From: a@example.com\n\nSubject: too late",
            "Dear Sir:\nFrom: a\nTo: b\n",
            "From: a\nTo: b\nno field\n",
            " From: a\nTo: b\n",
            "Menge: 2\nPreis: 3\n",
        ] {
            assert_eq!(code(text.as_bytes()), ReadErrorCode::UnsupportedType, "{text}");
        }
    }

    #[test]
    fn outlooks_own_files_are_told_how_to_come() {
        let error = detect(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1...").expect_err("refused");
        assert!(error.message.contains(".eml"), "{}", error.message);
    }

    #[test]
    fn everything_else_is_refused() {
        assert_eq!(code(b""), ReadErrorCode::Empty);
        assert_eq!(code(b"   \n"), ReadErrorCode::UnsupportedType);
        assert_eq!(code(b"<"), ReadErrorCode::UnsupportedType);
        assert_eq!(code(b"< 3 apples"), ReadErrorCode::UnsupportedType);
        assert_eq!(code(b"<!DOCTYPE html><html>"), ReadErrorCode::UnsupportedType);
        assert_eq!(code(b"<HTML><body>"), ReadErrorCode::UnsupportedType);
        assert_eq!(code(b"PK\x03\x04"), ReadErrorCode::UnsupportedType);
        assert_eq!(code(b"GIF89a"), ReadErrorCode::UnsupportedType);
        assert_eq!(code(b"plain text"), ReadErrorCode::UnsupportedType);
    }
}
