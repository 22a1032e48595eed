//! Electronic invoices: UBL 2.1, UN/CEFACT CII D16B and ZUGFeRD 1.0, read exactly.

mod cii;
mod decode;
#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;
pub(crate) mod tree;
mod ubl;
mod values;

use crate::domain::{
    field::Field,
    reading::{ReadError, ReadErrorCode, Reading, ReadingNote},
};
use tree::{Tree, Vocabulary};

/// Reads an electronic invoice. Its values carry confidence 1; fields the standard demands and the document lacks
/// are named in a note `incomplete_xml`.
///
/// # Errors
/// `InvalidXml` when it is not well formed, or declares a document type or entities; `NotAnInvoice` when it is some
/// other XML; `TooComplex` past the limits of [`tree`].
pub fn read(bytes: &[u8]) -> Result<Reading, ReadError> {
    let text = decode::decode(bytes)?;
    let tree = Tree::parse(&text)?;
    let root = tree.root().ok_or_else(|| not_an_invoice(""))?;
    let mut reading = match (root.vocabulary(), root.name()) {
        (Vocabulary::UblInvoice, "Invoice") | (Vocabulary::UblCreditNote, "CreditNote") => {
            ubl::read(root)
        }
        (Vocabulary::Cii, "CrossIndustryInvoice")
        | (Vocabulary::Zugferd1, "CrossIndustryDocument") => cii::read(root),
        (_, name) => return Err(not_an_invoice(name)),
    };
    note_missing(&mut reading);
    Ok(reading)
}

fn not_an_invoice(root: &str) -> ReadError {
    let shown: String = root.chars().take(60).collect();
    ReadError::new(
        ReadErrorCode::NotAnInvoice,
        format!(
            "This XML is no invoice we know (its root element is “{shown}”); we read UBL, CII and ZUGFeRD"
        ),
    )
}

fn note_missing(reading: &mut Reading) {
    let missing: Vec<String> = Field::REQUIRED
        .iter()
        .filter(|field| !reading.fields.contains_key(field))
        .map(|field| field.as_str().replace('_', " "))
        .collect();
    if !missing.is_empty() {
        let message = format!(
            "The XML lacks what every invoice must have: {}",
            missing.join(", ")
        );
        reading
            .notes
            .push(ReadingNote::new("incomplete_xml", message));
    }
}
