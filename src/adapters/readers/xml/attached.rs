//! Supporting documents (BG-24): files inside the XML, and references to documents elsewhere.

use super::{
    decode,
    tree::{Node, Tree},
};
use crate::domain::reading::ReadError;
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Senders leave out the padding, or write some that is not needed.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);
const UBL: &str = "AdditionalDocumentReference";
const CII: &str = "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement/AdditionalReferencedDocument";
/// A description, an address or a name is cut here.
const MAX_TEXT: usize = 2_000;

/// A supporting document as the XML gives it.
pub(in crate::adapters::readers) struct AttachedFile {
    pub name: Option<String>,
    pub description: Option<String>,
    pub media_type: Option<String>,
    pub held: Held,
}

/// Where its bytes are.
pub(in crate::adapters::readers) enum Held {
    Bytes(Vec<u8>),
    Elsewhere(String),
    Damaged,
}

/// The supporting documents of an invoice that have a file or an address.
///
/// # Errors
/// As [`super::read`].
pub(in crate::adapters::readers) fn attached(bytes: &[u8]) -> Result<Vec<AttachedFile>, ReadError> {
    let text = decode::decode(bytes)?;
    let tree = Tree::parse_with_files(&text)?;
    let Some(root) = tree.root() else { return Ok(Vec::new()) };
    let ubl = root.named(UBL).filter_map(|document| {
        let (file, uri) = ("Attachment/EmbeddedDocumentBinaryObject", "Attachment/ExternalReference/URI");
        file_of(document, document.first(file), document.value(uri), ["ID", "DocumentDescription"])
    });
    let cii = root.all(CII).into_iter().filter_map(|document| {
        let file = document.first("AttachmentBinaryObject");
        file_of(document, file, document.value("URIID"), ["IssuerAssignedID", "Name"])
    });
    Ok(ubl.chain(cii).collect())
}

fn file_of(
    document: Node<'_>,
    file: Option<Node<'_>>,
    address: Option<&str>,
    [id, description]: [&str; 2],
) -> Option<AttachedFile> {
    let held = match (file, address) {
        (Some(file), _) => decoded(file.text().unwrap_or_default()).map_or(Held::Damaged, Held::Bytes),
        (None, Some(address)) => Held::Elsewhere(cut(address)),
        (None, None) => return None,
    };
    let given = file.and_then(|file| file.attribute("filename")).or_else(|| document.value(id));
    Some(AttachedFile {
        name: given.map(cut),
        description: document.value(description).map(cut),
        media_type: file.and_then(|file| file.attribute("mimeCode")).map(str::to_ascii_lowercase),
        held,
    })
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    let plain: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(plain).ok()
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}
