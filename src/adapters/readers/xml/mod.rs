//! Electronic invoices: UBL 2.1, UN/CEFACT CII D16B and ZUGFeRD 1.0, read exactly.

mod attached;
mod cii;
mod decode;
#[cfg(test)]
mod hostile_tests;
mod rules;
#[cfg(test)]
mod tests;
pub(crate) mod tree;
mod ubl;
mod values;

pub(super) use attached::{AttachedFile, Held, attached};

use crate::domain::{
    en16931::{self, Finding, Syntax},
    field::{Field, MAX_ROWS},
    reading::{ReadError, ReadErrorCode, Reading, ReadingNote},
};
use tree::{Node, Tree, Vocabulary};

/// Reads an electronic invoice. Its values carry confidence 1; fields the standard demands and the document lacks
/// are named in a note `incomplete_xml`.
///
/// # Errors
/// `InvalidXml` when it is not well formed, or declares a document type or entities; `NotAnInvoice` when it is some
/// other XML; `TooComplex` past the limits of [`tree`].
pub fn read(bytes: &[u8]) -> Result<Reading, ReadError> {
    let text = decode::decode(bytes)?;
    let tree = Tree::parse(&text)?;
    let root = invoice_root(&tree)?;
    let (syntax, mut reading) = match root.vocabulary() {
        Vocabulary::UblInvoice | Vocabulary::UblCreditNote => (Syntax::Ubl, ubl::read(root)),
        _ => (Syntax::Cii, cii::read(root)),
    };
    reading.syntax = Some(syntax);
    reading.broken_rules = en16931::told(rules::findings(root).unwrap_or_default());
    note_missing(&mut reading);
    note_cut(&mut reading);
    Ok(reading)
}

/// The rules of EN 16931 that an electronic invoice breaks; `None` for ZUGFeRD 1.0, which is older than they are.
///
/// # Errors
/// As [`read`].
pub fn findings(bytes: &[u8]) -> Result<Option<Vec<Finding>>, ReadError> {
    let text = decode::decode(bytes)?;
    let tree = Tree::parse(&text)?;
    Ok(rules::findings(invoice_root(&tree)?))
}

/// The root of an invoice in a syntax that we know.
fn invoice_root(tree: &Tree) -> Result<Node<'_>, ReadError> {
    let root = tree.root().ok_or_else(|| not_an_invoice(None))?;
    match (root.vocabulary(), root.name()) {
        (Vocabulary::UblInvoice, "Invoice")
        | (Vocabulary::UblCreditNote, "CreditNote")
        | (Vocabulary::Cii, "CrossIndustryInvoice")
        | (Vocabulary::Zugferd1, "CrossIndustryDocument") => Ok(root),
        _ => Err(not_an_invoice(Some(root))),
    }
}

fn not_an_invoice(root: Option<Node<'_>>) -> ReadError {
    let message = match (root.and_then(other_name), root) {
        (Some(what), _) => format!("This XML is {what}, no invoice"),
        (None, Some(root)) => {
            let shown: String = root.name().chars().take(60).collect();
            format!("This XML is no invoice we know (its root element is “{shown}”); we read UBL, CII and ZUGFeRD")
        }
        (None, None) => "This XML is no invoice".to_owned(),
    };
    ReadError::new(ReadErrorCode::NotAnInvoice, message)
}

/// What the document is, where it is a business document we know but no invoice: "an order".
pub fn other_document(bytes: &[u8]) -> Option<&'static str> {
    let text = decode::decode(bytes).ok()?;
    other_name(Tree::parse(&text).ok()?.root()?)
}

fn other_name(root: Node<'_>) -> Option<&'static str> {
    match (root.vocabulary(), root.name()) {
        (Vocabulary::OrderX, _) | (Vocabulary::UblOther, "Order") => Some("an order"),
        (Vocabulary::UblOther, "OrderChange") => Some("a change of an order"),
        (Vocabulary::UblOther, "OrderCancellation") => Some("a cancellation of an order"),
        (Vocabulary::UblOther, "OrderResponse" | "OrderResponseSimple") => Some("a response to an order"),
        (Vocabulary::UblOther, "DespatchAdvice") => Some("a despatch advice"),
        (Vocabulary::UblOther, "ReceiptAdvice") => Some("a receipt advice"),
        (Vocabulary::UblOther, "Reminder") => Some("a reminder"),
        (Vocabulary::UblOther, "Statement") => Some("a statement of account"),
        (Vocabulary::UblOther, "Quotation") => Some("a quotation"),
        (Vocabulary::UblOther, "Catalogue") => Some("a catalogue"),
        (Vocabulary::UblOther, "ApplicationResponse") => Some("a response to a document"),
        (Vocabulary::UblOther, _) => Some("another UBL document"),
        _ => None,
    }
}

/// Rows beyond those that an invoice can have are left out: said here, where they are still known.
fn note_cut(reading: &mut Reading) {
    let most = usize::from(MAX_ROWS);
    for (what, count) in [("lines", reading.lines.len()), ("VAT rows", reading.vat_rows.len())] {
        if count > most {
            let message = format!("Only the first {most} of {count} {what} were taken");
            reading.notes.push(ReadingNote::new("rows_left_out", message));
        }
    }
    reading.lines.truncate(most);
    reading.vat_rows.truncate(most);
}

fn note_missing(reading: &mut Reading) {
    let missing: Vec<String> = Field::REQUIRED
        .iter()
        .filter(|field| !reading.fields.contains_key(field))
        .map(|field| field.name().replace('_', " "))
        .collect();
    if !missing.is_empty() {
        let message = format!("The XML lacks what every invoice must have: {}", missing.join(", "));
        reading.notes.push(ReadingNote::new("incomplete_xml", message));
    }
}
