//! PDFs with the invoice's XML inside: Factur-X, ZUGFeRD, XRechnung. The XML's values count; the page tells where they
//! stand, and whether people are shown something else.

use super::{
    detect::{FileType, detect},
    locate::{Locator, is_telling},
    pdf::{Attachment, PageWords},
    xml,
};
use crate::domain::{
    field::{Field, FieldKind},
    money::Decimal,
    reading::{DocumentKind, ReadError, ReadErrorCode, Reading, ReadingNote},
};

/// The names that the standards give the invoice's XML, newest first.
const INVOICE_NAMES: [&str; 4] = ["factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml", "zugferd_invoice.xml"];
/// What a person would compare first.
const COMPARED: [Field; 3] = [Field::InvoiceNumber, Field::IssueDate, Field::GrossTotal];
/// A page with fewer words is no rendering of the invoice, so it can not be missing anything.
const MIN_WORDS: usize = 20;
/// How sure the reading of the page must be to be held against the XML.
const SURE: f32 = 0.8;

/// What the attachments hold.
pub(super) enum Found {
    Invoice(Box<Reading>),
    /// No invoice. The note says so where there was one that could not be read.
    Nothing(Option<ReadingNote>),
}

/// Finds and reads the invoice among the files inside a PDF.
///
/// # Errors
/// `NotAnInvoice` when the PDF carries another business document instead, such as an order.
pub(super) fn find(attachments: &[Attachment]) -> Result<Found, ReadError> {
    let mut candidates: Vec<&Attachment> =
        attachments.iter().filter(|file| detect(&file.bytes) == Ok(FileType::Xml)).collect();
    candidates.sort_by_key(|file| name_rank(&file.name));
    let mut note = None;
    for file in &candidates {
        match xml::read(&file.bytes) {
            Ok(mut reading) => {
                reading.kind = DocumentKind::FacturxPdf;
                return Ok(Found::Invoice(Box::new(reading)));
            }
            Err(error) if name_rank(&file.name) < INVOICE_NAMES.len() => {
                let message = format!("The XML inside the PDF can not be read, so the page was: {}", error.message);
                note = note.or(Some(ReadingNote::new("unreadable_xml", message)));
            }
            Err(_) => {}
        }
    }
    if let Some(what) = candidates.iter().find_map(|file| xml::other_document(&file.bytes)) {
        return Err(ReadError::new(
            ReadErrorCode::NotAnInvoice,
            format!("The XML inside the PDF is {what}, no invoice"),
        ));
    }
    Ok(Found::Nothing(note))
}

/// Which of the files is the invoice that [`find`] reads.
pub(super) fn invoice_among(attachments: &[Attachment]) -> Option<usize> {
    let mut candidates: Vec<usize> = (0..attachments.len())
        .filter(|at| attachments.get(*at).is_some_and(|file| detect(&file.bytes) == Ok(FileType::Xml)))
        .collect();
    candidates.sort_by_key(|at| attachments.get(*at).map(|file| name_rank(&file.name)));
    candidates.into_iter().find(|at| attachments.get(*at).is_some_and(|file| xml::read(&file.bytes).is_ok()))
}

/// The place of a file's name among [`INVOICE_NAMES`], or behind them all.
fn name_rank(name: &str) -> usize {
    INVOICE_NAMES.iter().position(|known| name.eq_ignore_ascii_case(known)).unwrap_or(INVOICE_NAMES.len())
}

/// Gives the values of the XML their boxes on the pages, and notes what the pages show otherwise.
pub(super) fn place(mut reading: Reading, pages: &[PageWords]) -> Reading {
    let locator = Locator::new(pages);
    for (field, value) in &mut reading.fields {
        value.place = locator.find(*field, &value.value);
    }
    reading.pages = pages.iter().map(|page| page.size).collect();
    let notes = compare(&reading, pages);
    reading.notes.extend(notes);
    reading
}

/// Notes `xml_differs_from_page` where the page surely shows another value, and `xml_not_on_page` where the XML's
/// value was not found and neither was another.
fn compare(reading: &Reading, pages: &[PageWords]) -> Vec<ReadingNote> {
    let words: usize = pages.iter().map(|page| page.words.len()).sum();
    let missing: Vec<Field> = COMPARED
        .into_iter()
        .filter(|field| {
            reading.fields.get(field).is_some_and(|value| value.place.is_none() && is_telling(*field, &value.value))
        })
        .collect();
    if missing.is_empty() || words < MIN_WORDS || !super::leaves::has_text(pages) {
        return Vec::new();
    }
    let shown = super::layout::read_as_one(pages);
    let mut notes = Vec::new();
    let mut unseen = Vec::new();
    for field in missing {
        let Some(in_xml) = reading.fields.get(&field) else {
            continue;
        };
        let on_page = shown.fields.get(&field).filter(|value| value.confidence >= SURE);
        match on_page {
            Some(on_page) if differ(field, &in_xml.value, &on_page.value) => {
                let label = field.name().replace('_', " ");
                let message = format!("The page shows {} as {label}, the XML says {}", on_page.value, in_xml.value);
                notes.push(ReadingNote::new("xml_differs_from_page", message));
            }
            _ => unseen.push(format!("{} ({})", field.name().replace('_', " "), in_xml.value)),
        }
    }
    if !unseen.is_empty() {
        let message = format!("Not found on the page, but in the XML: {}", unseen.join(", "));
        notes.push(ReadingNote::new("xml_not_on_page", message));
    }
    notes
}

fn differ(field: Field, in_xml: &str, on_page: &str) -> bool {
    if field.kind() == FieldKind::Amount {
        // Credit notes show amounts with and without their sign.
        let amount = |text: &str| text.parse().ok().map(|value: Decimal| value.abs());
        return amount(in_xml) != amount(on_page);
    }
    let bare = |text: &str| {
        text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    bare(in_xml) != bare(on_page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        adapters::readers::pdf::Word,
        domain::{en16931::Syntax, reading::PageSize},
    };

    fn xml(number: &str, gross: &str) -> Vec<u8> {
        format!(
            "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
             xmlns:a=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
             xmlns:b=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\"><b:ID>{number}</b:ID>\
             <a:LegalMonetaryTotal><b:TaxInclusiveAmount>{gross}</b:TaxInclusiveAmount></a:LegalMonetaryTotal></Invoice>"
        )
        .into_bytes()
    }

    fn file(name: &str, bytes: Vec<u8>) -> Attachment {
        Attachment { name: name.to_owned(), bytes }
    }

    /// Lines of text as a page of words, ten points apart.
    fn page(lines: &[&str]) -> PageWords {
        let mut words = Vec::new();
        for (row, line) in lines.iter().enumerate() {
            for (column, text) in line.split(' ').enumerate() {
                words.push(Word {
                    text: text.to_owned(),
                    x: 0.1 + column as f32 * 0.1,
                    y: 0.1 + row as f32 * 0.05,
                    w: 0.08,
                    h: 0.02,
                    font_size: 10.0,
                    bold: false,
                    confidence: 1.0,
                });
            }
        }
        PageWords::of_text(PageSize { width: 595.0, height: 842.0 }, words)
    }

    fn invoice(files: &[Attachment]) -> Reading {
        match find(files).expect("no error") {
            Found::Invoice(reading) => *reading,
            Found::Nothing(note) => panic!("nothing found: {note:?}"),
        }
    }

    #[test]
    fn the_standards_name_goes_before_any_other() {
        let files = [
            file("readme.txt", b"words".to_vec()),
            file("copy.xml", xml("OTHER", "1")),
            file("Factur-X.xml", xml("R-100", "1")),
        ];
        let reading = invoice(&files);
        assert_eq!(reading.fields[&Field::InvoiceNumber].value, "R-100");
        assert_eq!((reading.kind, reading.syntax), (DocumentKind::FacturxPdf, Some(Syntax::Ubl)));
        assert_eq!(invoice(&files[..2]).fields[&Field::InvoiceNumber].value, "OTHER");
    }

    #[test]
    fn an_order_is_refused_and_a_broken_invoice_is_noted() {
        let order = b"<Order xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Order-2\"/>".to_vec();
        let Err(error) = find(&[file("order-x.xml", order)]) else {
            panic!("an order is no invoice");
        };
        assert_eq!(error.code, ReadErrorCode::NotAnInvoice);
        assert_eq!(error.message, "The XML inside the PDF is an order, no invoice");
        let Ok(Found::Nothing(Some(note))) = find(&[file("factur-x.xml", b"<a>".to_vec())]) else {
            panic!("a note");
        };
        assert_eq!(note.code, "unreadable_xml");
        assert!(matches!(find(&[file("data.xml", b"<a/>".to_vec())]), Ok(Found::Nothing(None))));
    }

    #[test]
    fn values_get_their_places_on_the_page() {
        let reading = invoice(&[file("factur-x.xml", xml("R-100", "1190.00"))]);
        let reading = place(reading, &[page(&["Rechnung Nr. R-100", "Summe 1.190,00 EUR"])]);
        let number = reading.fields[&Field::InvoiceNumber].place.expect("a place");
        assert_eq!((number.page, number.x, number.y), (1, 0.3, 0.1));
        let gross = reading.fields[&Field::GrossTotal].place.expect("a place");
        assert_eq!((gross.x, gross.y), (0.2, 0.15));
        assert_eq!(reading.pages.len(), 1);
        assert!(reading.notes.iter().all(|note| !note.code.contains("page")));
    }

    #[test]
    fn what_the_page_does_not_show_is_noted_where_there_is_text() {
        let read = || invoice(&[file("factur-x.xml", xml("R-100", "1190.00"))]);
        let line = "some words that fill a page and say nothing of it";
        let noted = place(read(), &[page(&[line, line, "Rechnung R-100"])]);
        let note = noted.notes.iter().find(|note| note.code == "xml_not_on_page").expect("a note");
        assert_eq!(note.message, "Not found on the page, but in the XML: gross total (1190.00)");
        let bare = place(read(), &[page(&["see attachment"])]);
        assert!(bare.notes.iter().all(|note| note.code != "xml_not_on_page"));
    }
}
