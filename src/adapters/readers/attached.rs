//! What came with an invoice: files inside its XML, other files inside its PDF, and documents elsewhere. And what came
//! with an e-mail.

use super::{
    detect::{FileType, detect},
    hybrid, message, pdf,
    xml::{self, AttachedFile, Held},
};
use crate::domain::{
    attachment::{Attachment, Content, safe_name},
    reading::{ReadError, ReadErrorCode},
};

/// More are not listed.
pub const MAX_ATTACHMENTS: usize = 64;
/// A larger file is not handed out: the document itself has it.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// A file or reference as the document gives it.
struct Found {
    name: Option<String>,
    description: Option<String>,
    media_type: Option<String>,
    held: Held,
}

/// What is attached to a document, in its order. A scan or picture has nothing.
///
/// # Errors
/// As [`super::read`].
pub fn attachments(document: &[u8]) -> Result<Vec<Attachment>, ReadError> {
    Ok((1..).zip(found(document)?).map(|(number, found)| told(number, &found)).collect())
}

/// One of them with its bytes; its number is that in [`attachments`].
///
/// # Errors
/// As [`super::read`]; `Corrupt` when there is no such file, or its bytes can not be had.
pub fn attachment(document: &[u8], number: u32) -> Result<(Attachment, Vec<u8>), ReadError> {
    let corrupt = |message: &str| ReadError::new(ReadErrorCode::Corrupt, message);
    let at = number.checked_sub(1).ok_or_else(|| corrupt("There is no such attachment"))? as usize;
    let found = found(document)?.into_iter().nth(at).ok_or_else(|| corrupt("There is no such attachment"))?;
    let told = told(number, &found);
    match found.held {
        Held::Bytes(bytes) if bytes.len() <= MAX_BYTES => Ok((told, bytes)),
        _ => Err(corrupt("This attachment can not be read")),
    }
}

fn found(document: &[u8]) -> Result<Vec<Found>, ReadError> {
    let mut all = match detect(document)? {
        FileType::Xml => xml::attached(document)?.into_iter().map(Found::from).collect(),
        FileType::Pdf => in_pdf(document)?,
        FileType::Message => message::attached(document)?.into_iter().map(Found::from).collect(),
        FileType::Png | FileType::Jpeg | FileType::Tiff => Vec::new(),
    };
    all.truncate(MAX_ATTACHMENTS);
    Ok(all)
}

/// The files of a PDF but for the invoice's own XML, and what that XML has with it.
fn in_pdf(document: &[u8]) -> Result<Vec<Found>, ReadError> {
    let mut files = pdf::attachments(document)?;
    let invoice = hybrid::invoice_among(&files).map(|at| files.remove(at));
    let of_xml = invoice.and_then(|file| xml::attached(&file.bytes).ok()).unwrap_or_default();
    let of_pdf = files.into_iter().map(|file| Found {
        name: Some(file.name),
        description: None,
        media_type: None,
        held: Held::Bytes(file.bytes),
    });
    Ok(of_pdf.chain(of_xml.into_iter().map(Found::from)).collect())
}

impl From<AttachedFile> for Found {
    fn from(file: AttachedFile) -> Found {
        let AttachedFile { name, description, media_type, held } = file;
        Found { name, description, media_type, held }
    }
}

fn told(number: u32, found: &Found) -> Attachment {
    let content = match &found.held {
        Held::Bytes(bytes) if bytes.len() > MAX_BYTES => Content::Unreadable("It is larger than 10 MB".into()),
        Held::Bytes(bytes) if bytes.is_empty() => Content::Unreadable("It is empty".into()),
        Held::Bytes(bytes) => Content::Size(bytes.len() as u64),
        Held::Elsewhere(address) => Content::Address(address.clone()),
        Held::Damaged => Content::Unreadable("It is damaged".into()),
    };
    let given = found.name.as_deref().and_then(safe_name);
    let kind = kind(found, given.as_deref().unwrap_or_default());
    Attachment {
        number,
        name: given.unwrap_or_else(|| format!("Attachment {number}")),
        description: found.description.clone(),
        kind,
        content,
    }
}

/// By content first, then by what the sender said it is, then by the ending of its name.
fn kind(found: &Found, name: &str) -> String {
    let by_content = match &found.held {
        Held::Bytes(bytes) => detect(bytes).ok(),
        Held::Elsewhere(_) => return "Elsewhere".into(),
        Held::Damaged => None,
    };
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let kind = match (by_content, found.media_type.as_deref().unwrap_or_default(), ending.as_str()) {
        (Some(FileType::Pdf), ..) => "PDF",
        (Some(FileType::Png | FileType::Jpeg | FileType::Tiff), ..) => "Picture",
        (Some(FileType::Xml), ..) => "XML",
        (Some(FileType::Message), ..) => "E-mail",
        (_, "text/csv", _) | (_, "", "csv") => "Table (CSV)",
        (_, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _) | (_, "", "xlsx") => "Spreadsheet",
        (_, "application/vnd.oasis.opendocument.spreadsheet", _) | (_, "", "ods") => "Spreadsheet",
        (_, _, ending)
            if (1..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            return format!("{} file", ending.to_ascii_uppercase());
        }
        _ => "File",
    };
    kind.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::samples;
    use crate::domain::reading::DocumentKind;

    const DOCUMENTS: &str = r#"<cac:AdditionalDocumentReference><cbc:ID>T-1</cbc:ID>
 <cbc:DocumentDescription>Time sheet</cbc:DocumentDescription><cac:Attachment>
 <cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="../time sheet.pdf">JVBERi0x
 LjQK</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>
<cac:AdditionalDocumentReference><cbc:ID>T-2</cbc:ID><cac:Attachment><cac:ExternalReference>
 <cbc:URI>https://files.example.com/t-2</cbc:URI></cac:ExternalReference></cac:Attachment></cac:AdditionalDocumentReference>
<cac:AdditionalDocumentReference><cbc:ID>T-3</cbc:ID><cac:Attachment>
 <cbc:EmbeddedDocumentBinaryObject mimeCode="text/csv" filename="t.csv">!!</cbc:EmbeddedDocumentBinaryObject>
 </cac:Attachment></cac:AdditionalDocumentReference>
<cac:AdditionalDocumentReference><cbc:ID>only a number</cbc:ID></cac:AdditionalDocumentReference>"#;

    fn ubl(documents: &str) -> Vec<u8> {
        let sample = samples::generate(DocumentKind::Ubl, 3);
        let xml = String::from_utf8(sample.bytes).unwrap();
        let (before, after) = xml.split_once("<cac:AccountingSupplierParty>").unwrap();
        [before, documents, "<cac:AccountingSupplierParty>", after].concat().into_bytes()
    }

    #[test]
    fn files_and_references_of_ubl_are_told_in_their_order() {
        let document = ubl(DOCUMENTS);
        let all = attachments(&document).unwrap();
        let shown: Vec<_> = all.iter().map(|one| (one.number, one.name.as_str(), one.kind.as_str())).collect();
        assert_eq!(shown, [(1, "time sheet.pdf", "PDF"), (2, "T-2", "Elsewhere"), (3, "t.csv", "Table (CSV)")]);
        assert_eq!(all[0].description.as_deref(), Some("Time sheet"));
        assert_eq!(all[0].content, Content::Size(9));
        assert_eq!(all[1].content, Content::Address("https://files.example.com/t-2".into()));
        assert_eq!(all[2].content, Content::Unreadable("It is damaged".into()));

        let (told, bytes) = attachment(&document, 1).unwrap();
        assert_eq!((told, bytes.as_slice()), (all[0].clone(), &b"%PDF-1.4\n"[..]));
        for none in [0, 2, 3, 4, u32::MAX] {
            assert_eq!(attachment(&document, none).unwrap_err().code, ReadErrorCode::Corrupt);
        }
        // The invoice itself is read as without them.
        assert_eq!(super::super::read(&document).unwrap().fields, super::super::read(&ubl("")).unwrap().fields);
    }

    #[test]
    fn files_of_cii_are_told() {
        let sample = samples::generate(DocumentKind::Cii, 3);
        let xml = String::from_utf8(sample.bytes).unwrap();
        let end = "</ram:ApplicableHeaderTradeAgreement>";
        let (before, after) = xml.split_once(end).unwrap();
        let documents = r#"<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>D-1</ram:IssuerAssignedID>
 <ram:TypeCode>916</ram:TypeCode><ram:Name>Delivery note</ram:Name>
 <ram:AttachmentBinaryObject mimeCode="image/png" filename="note.png">iVBORw0KGgo=</ram:AttachmentBinaryObject>
 </ram:AdditionalReferencedDocument><ram:AdditionalReferencedDocument><ram:IssuerAssignedID>D-2</ram:IssuerAssignedID>
 <ram:URIID>https://files.example.com/d-2</ram:URIID><ram:TypeCode>916</ram:TypeCode></ram:AdditionalReferencedDocument>"#;
        let all = attachments([before, documents, end, after].concat().as_bytes()).unwrap();
        let shown: Vec<_> = all.iter().map(|one| (one.name.as_str(), one.kind.as_str(), &one.content)).collect();
        let address = Content::Address("https://files.example.com/d-2".into());
        assert_eq!(shown, [("note.png", "Picture", &Content::Size(8)), ("D-2", "Elsewhere", &address)]);
    }

    #[test]
    fn of_a_pdf_all_files_but_the_invoice_are_told() {
        let sample = samples::with_attachment(3);
        let all = attachments(&sample.bytes).unwrap();
        let shown: Vec<_> = all.iter().map(|one| (one.name.as_str(), one.kind.as_str())).collect();
        assert_eq!(shown, [("time-sheet.csv", "Table (CSV)")]);
        let (_, bytes) = attachment(&sample.bytes, 1).unwrap();
        assert!(bytes.starts_with(b"day;hours"), "{bytes:?}");
        assert_eq!(attachments(&samples::generate(DocumentKind::FacturxPdf, 3).bytes).unwrap(), []);
        assert_eq!(attachments(&samples::generate(DocumentKind::TextPdf, 3).bytes).unwrap(), []);
    }

    #[test]
    fn sizes_and_counts_are_bounded() {
        let one = |name: &str, base64: &str| {
            format!(
                r#"<cac:AdditionalDocumentReference><cbc:ID>{name}</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject
                mimeCode="text/csv" filename="{name}">{base64}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>
                </cac:AdditionalDocumentReference>"#
            )
        };
        let large = ubl(&one("large.csv", &"AAAA".repeat(MAX_BYTES / 3 + 2)));
        assert!(matches!(attachments(&large).unwrap()[0].content, Content::Unreadable(_)));
        assert_eq!(attachment(&large, 1).unwrap_err().code, ReadErrorCode::Corrupt);
        let many = ubl(&one("a.csv", "YQ==").repeat(MAX_ATTACHMENTS + 5));
        assert_eq!(attachments(&many).unwrap().len(), MAX_ATTACHMENTS);
    }
}
