//! E-mails (RFC 5322, MIME): the files that came with one, also with the e-mails it forwards.

use super::{
    attached::MAX_ATTACHMENTS,
    detect::{FileType, detect},
    picture,
    xml::{AttachedFile, Held},
};
use crate::domain::reading::{ReadError, ReadErrorCode};
use mail_parser::{
    Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType, decoders::base64::base64_decode,
    decoders::quoted_printable::quoted_printable_decode,
};

/// E-mails inside e-mails.
const MAX_DEPTH: usize = 8;
/// A page that a person can read is at least so wide and high, in pixels; logos and icons are smaller.
const SMALLEST_PAGE: u32 = 500;
/// Parts that only prove who sent the e-mail.
const SIGNATURES: [&str; 4] = [
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
    "application/pgp-keys",
];

/// The files with an e-mail, in their order. Pictures that its text shows, mostly logos, are none, unless nothing else
/// came and they are as large as a page: phones send photographs so.
///
/// # Errors
/// `Corrupt` when it has no header that could be read.
pub(super) fn attached(bytes: &[u8]) -> Result<Vec<AttachedFile>, ReadError> {
    let mut parts = Vec::new();
    collect(bytes, MAX_DEPTH, &mut parts)?;
    let has_document = parts.iter().any(|part| !part.is_shown && part.kind().is_some());
    let is_file = |part: &Part| if part.is_shown { !has_document && part.is_page() } else { true };
    Ok(parts.into_iter().filter(is_file).map(|part| part.file).collect())
}

struct Part {
    file: AttachedFile,
    /// In the text of its e-mail.
    is_shown: bool,
}

impl Part {
    fn bytes(&self) -> &[u8] {
        if let Held::Bytes(bytes) = &self.file.held { bytes } else { &[] }
    }

    fn kind(&self) -> Option<FileType> {
        detect(self.bytes()).ok()
    }

    fn is_page(&self) -> bool {
        let size = self.kind().and_then(|kind| picture::measure(self.bytes(), kind, 1).ok());
        size.is_some_and(|(width, height)| width.min(height) >= SMALLEST_PAGE)
    }
}

fn collect(bytes: &[u8], depth: usize, parts: &mut Vec<Part>) -> Result<(), ReadError> {
    let corrupt = || ReadError::new(ReadErrorCode::Corrupt, "The e-mail is damaged beyond reading");
    let message = MessageParser::default().parse(bytes).ok_or_else(corrupt)?;
    of_message(&message, depth, parts);
    Ok(())
}

fn of_message(message: &Message<'_>, depth: usize, parts: &mut Vec<Part>) {
    let texts: Vec<&str> = message.html_bodies().filter_map(MessagePart::text_contents).collect();
    for part in message.attachments() {
        if parts.len() >= MAX_ATTACHMENTS {
            return;
        }
        if let (PartType::Message(inner), Some(depth)) = (&part.body, depth.checked_sub(1)) {
            of_message(inner, depth, parts);
            continue;
        }
        let bytes = bytes_of(message, part);
        match (detect(&bytes), depth.checked_sub(1)) {
            // As a file, which programs do that do not know better.
            (Ok(FileType::Message), Some(depth)) if collect(&bytes, depth, parts).is_ok() => {}
            (kind, _) => parts.extend(file(part, bytes, kind.ok(), &texts)),
        }
    }
}

/// None: a part that is no file.
fn file(part: &MessagePart<'_>, bytes: Vec<u8>, kind: Option<FileType>, texts: &[&str]) -> Option<Part> {
    let media_type = part
        .content_type()
        .map(|kind| [kind.ctype(), "/", kind.subtype().unwrap_or_default()].concat().to_ascii_lowercase());
    let name = part.attachment_name().map(str::to_owned);
    let is_signature = media_type.as_deref().is_some_and(|kind| SIGNATURES.contains(&kind));
    // Other forms of the text, and what servers write below it.
    let is_text = kind.is_none() && name.is_none();
    if is_signature || is_text {
        return None;
    }
    let is_picture = matches!(kind, Some(FileType::Png | FileType::Jpeg | FileType::Tiff));
    let id = part.content_id().map(|id| ["cid:", id].concat());
    let is_shown = is_picture && id.is_some_and(|id| texts.iter().any(|text| text.contains(&id)));
    let file = AttachedFile { name, description: None, media_type, held: Held::Bytes(bytes) };
    Some(Part { file, is_shown })
}

/// The bytes as they were attached. Of text, the library gives signs instead: XML would not be what its head says.
fn bytes_of(message: &Message<'_>, part: &MessagePart<'_>) -> Vec<u8> {
    let (PartType::Text(_) | PartType::Html(_)) = part.body else {
        return part.contents().to_vec();
    };
    let (begin, end) = (part.raw_body_offset() as usize, part.raw_end_offset() as usize);
    let raw = message.raw_message().get(begin..end).unwrap_or_default();
    let decoded = match part.encoding {
        Encoding::None => None,
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
        Encoding::Base64 => base64_decode(raw),
    };
    decoded.unwrap_or_else(|| raw.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine, engine::general_purpose::STANDARD};

    const PDF: &[u8] = b"%PDF-1.4\nsomething";

    fn message(parts: &[String]) -> Vec<u8> {
        let head = "From: Supplier <s@example.com>\r\nTo: ap@example.com\r\nSubject: Invoice\r\nMIME-Version: 1.0\r\n\
                    Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n";
        let parts: String = parts.iter().map(|part| ["--b1\r\n", part, "\r\n"].concat()).collect();
        [head, &parts, "--b1--\r\n"].concat().into_bytes()
    }

    fn part(header: &str, bytes: &[u8]) -> String {
        let lines: Vec<String> =
            STANDARD.encode(bytes).as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into()).collect();
        [header, "\r\nContent-Transfer-Encoding: base64\r\n\r\n", &lines.join("\r\n")].concat()
    }

    fn pdf(name: &str) -> String {
        let disposition = format!("Content-Disposition: attachment; filename=\"{name}\"");
        part(&["Content-Type: application/pdf\r\n", &disposition].concat(), PDF)
    }

    fn picture(side: u32) -> Vec<u8> {
        let mut png = std::io::Cursor::new(Vec::new());
        image::GrayImage::new(side, side).write_to(&mut png, image::ImageFormat::Png).unwrap();
        png.into_inner()
    }

    fn names(message: &[u8]) -> Vec<String> {
        let files = attached(message).unwrap().into_iter();
        files.map(|file| file.name.unwrap_or_else(|| "none".into())).collect()
    }

    const TEXT: &str = "Content-Type: text/plain\r\n\r\nPlease find attached.";
    const HTML: &str = "Content-Type: text/html\r\n\r\n<p>Hello <img src=\"cid:logo@x\"></p>";
    const SHOWN: &str = "Content-Type: image/png; name=logo.png\r\nContent-ID: <logo@x>";

    #[test]
    fn files_come_as_they_were_sent() {
        let message = message(&[TEXT.into(), pdf("a.pdf"), pdf("b.pdf")]);
        let files = attached(&message).unwrap();
        assert_eq!(names(&message), ["a.pdf", "b.pdf"]);
        assert!(files.iter().all(|file| matches!(&file.held, Held::Bytes(bytes) if bytes == PDF)));
    }

    #[test]
    fn xml_that_is_sent_as_text_keeps_its_bytes() {
        let xml = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>M\xfcller</a>";
        let header = "Content-Type: text/xml; charset=iso-8859-1; name=x.xml\r\nContent-Disposition: attachment";
        let sent = message(&[TEXT.into(), part(header, xml)]);
        assert!(matches!(&attached(&sent).unwrap()[0].held, Held::Bytes(bytes) if bytes == xml));
        let quoted = "<?xml version=3D'1.0' encoding=3D'ISO-8859-1'?><a>M=FCller</a>";
        let header = [header, "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", quoted].concat();
        let sent = message(&[header]);
        assert!(matches!(&attached(&sent).unwrap()[0].held, Held::Bytes(bytes) if bytes == xml));
    }

    #[test]
    fn a_whole_email_may_be_one_file() {
        let header =
            "From: a@example.com\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\nContent-Type: application/pdf; name=a.pdf";
        assert_eq!(names(part(header, PDF).as_bytes()), ["a.pdf"]);
    }

    #[test]
    fn text_signatures_and_logos_are_no_files() {
        let signature = part("Content-Type: application/pkcs7-signature; name=smime.p7s", b"x");
        let footer = "Content-Type: text/html\r\n\r\n<p>Sent by a list</p>".to_owned();
        let logo = part(SHOWN, &picture(600));
        let sent = message(&[HTML.into(), logo, pdf("a.pdf"), signature, footer]);
        assert_eq!(names(&sent), ["a.pdf"]);
        assert!(names(&message(&[TEXT.into()])).is_empty());
    }

    #[test]
    fn a_photograph_in_the_text_is_a_file_where_nothing_else_came() {
        assert_eq!(names(&message(&[HTML.into(), part(SHOWN, &picture(600))])), ["logo.png"]);
        assert!(names(&message(&[HTML.into(), part(SHOWN, &picture(120))])).is_empty());
        // One that the text does not show was attached.
        assert_eq!(names(&message(&[TEXT.into(), part(SHOWN, &picture(120))])), ["logo.png"]);
    }

    #[test]
    fn other_files_are_told_too() {
        let other =
            part("Content-Type: application/zip\r\nContent-Disposition: attachment; filename=a.zip", b"PK\x03\x04");
        assert_eq!(names(&message(&[TEXT.into(), other])), ["a.zip"]);
    }

    #[test]
    fn files_of_forwarded_emails_are_found() {
        let inner = String::from_utf8(message(&[TEXT.into(), pdf("inner.pdf")]).to_vec()).unwrap().replace("b1", "b2");
        let plain = ["Content-Type: message/rfc822\r\n\r\n", &inner].concat();
        let encoded = part("Content-Type: message/rfc822", inner.as_bytes());
        let as_file = part("Content-Type: application/octet-stream; name=x.eml", inner.as_bytes());
        let sent = message(&[TEXT.into(), plain, encoded, as_file, pdf("outer.pdf")]);
        assert_eq!(names(&sent), ["inner.pdf", "inner.pdf", "inner.pdf", "outer.pdf"]);
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let mut sent = message(&[pdf("deep.pdf")]);
        for _ in 0..2 * MAX_DEPTH {
            sent = [b"From: a\r\nTo: b\r\nContent-Type: message/rfc822\r\n\r\n".as_slice(), &sent].concat();
        }
        assert!(attached(&sent).is_ok());
        let many: Vec<String> = (0..MAX_ATTACHMENTS + 9).map(|at| pdf(&format!("{at}.pdf"))).collect();
        assert_eq!(attached(&message(&many)).unwrap().len(), MAX_ATTACHMENTS);
    }

    #[test]
    fn names_are_read_in_every_encoding() {
        let header = "Content-Type: application/pdf\r\n\
                      Content-Disposition: attachment; filename*=UTF-8''Rechnung%20M%C3%BCller.pdf";
        assert_eq!(names(&message(&[part(header, PDF)])), ["Rechnung Müller.pdf"]);
        let header = "Content-Type: application/pdf; name=\"=?ISO-8859-1?Q?M=FCller.pdf?=\"";
        assert_eq!(names(&message(&[part(header, PDF)])), ["Müller.pdf"]);
    }
}
