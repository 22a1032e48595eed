//! PDFs with the invoice's XML inside: Factur-X, ZUGFeRD, XRechnung. The XML's values count; the page tells where they
//! stand, and whether people are shown something else.

use super::{
    detect::{FileType, detect},
    locate::{Locator, is_telling},
    pdf::{Attachment, PageWords, Word},
    xml,
};
use crate::domain::{
    field::{Field, FieldKind},
    money::Decimal,
    reading::{DocumentKind, PageBox, ReadError, ReadErrorCode, ReadValue, Reading, ReadingNote},
};

/// The names that the standards give the invoice's XML, newest first.
const INVOICE_NAMES: [&str; 4] = ["factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml", "zugferd_invoice.xml"];
/// What a person would compare first.
const COMPARED: [Field; 3] = [Field::InvoiceNumber, Field::IssueDate, Field::GrossTotal];
/// Where two XMLs differ in one of these, they are two invoices; in others, two versions of one often differ.
const TELLING_APART: [Field; 7] = [
    Field::InvoiceNumber,
    Field::IssueDate,
    Field::SupplierVatId,
    Field::Currency,
    Field::GrossTotal,
    Field::AmountDue,
    Field::Iban,
];
/// UNTDID 1001: what EN 16931 takes for credit notes.
const CREDIT_NOTES: [&str; 11] = ["81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"];
/// Characters of a file's name in a note.
const MAX_NAME: usize = 60;
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
    for (at, file) in candidates.iter().enumerate() {
        match xml::read(&file.bytes) {
            Ok(mut reading) => {
                reading.kind = DocumentKind::FacturxPdf;
                let others = candidates.get(at + 1..).unwrap_or_default();
                reading.notes.extend(another_invoice(file, &reading, others));
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

/// Says so where another of the files is an invoice too, and another one than was `taken`.
fn another_invoice(taken: &Attachment, reading: &Reading, others: &[&Attachment]) -> Option<ReadingNote> {
    let is_another = |file: &&&Attachment| xml::read(&file.bytes).is_ok_and(|other| are_two(reading, &other));
    let other = others.iter().find(is_another)?;
    let name = |file: &Attachment| file.name.chars().take(MAX_NAME).collect::<String>();
    let message = format!(
        "The PDF holds another invoice as XML, “{}”, which says something else; “{}” was taken",
        name(other),
        name(taken)
    );
    Some(ReadingNote::new("several_xml_invoices", message))
}

fn are_two(one: &Reading, other: &Reading) -> bool {
    TELLING_APART.into_iter().any(|field| match (one.fields.get(&field), other.fields.get(&field)) {
        (Some(one), Some(other)) => !is_same(field, &one.value, &other.value, false),
        _ => false,
    })
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

/// Notes `xml_differs_from_page` where the page surely shows another value under the field's own label, wherever else
/// the XML's may stand, and `xml_not_on_page` where the XML's value was not found and neither was another.
fn compare(reading: &Reading, pages: &[PageWords]) -> Vec<ReadingNote> {
    let words: usize = pages.iter().map(|page| page.words.len()).sum();
    if words < MIN_WORDS || !super::leaves::has_text(pages) {
        return Vec::new();
    }
    let shown = super::layout::read_as_one(pages);
    let mut notes = Vec::new();
    let mut unseen = Vec::new();
    for field in COMPARED {
        let Some(in_xml) = reading.fields.get(&field) else {
            continue;
        };
        // What was reckoned from other values stands nowhere.
        let on_page = shown.fields.get(&field).filter(|value| value.confidence >= SURE && value.place.is_some());
        match on_page {
            Some(on_page) if agree(field, reading, &shown) || is_read_there(field, in_xml, on_page, pages) => {}
            Some(on_page) => {
                let label = field.name().replace('_', " ");
                let message = format!("The page shows {} as {label}, the XML says {}", on_page.value, in_xml.value);
                notes.push(ReadingNote::new("xml_differs_from_page", message));
            }
            None if in_xml.place.is_none() && is_telling(field, &in_xml.value) => {
                unseen.push(format!("{} ({})", field.name().replace('_', " "), in_xml.value));
            }
            None => {}
        }
    }
    if !unseen.is_empty() {
        let message = format!("Not found on the page, but in the XML: {}", unseen.join(", "));
        notes.push(ReadingNote::new("xml_not_on_page", message));
    }
    notes
}

/// Whether the XML and the page say the same of a field. Where something was paid before, many pages show what is due as
/// their total, and credit notes show amounts with and without their sign.
fn agree(field: Field, in_xml: &Reading, on_page: &Reading) -> bool {
    let is_credit_note = |reading: &Reading| {
        reading.fields.get(&Field::DocumentType).is_some_and(|kind| CREDIT_NOTES.contains(&kind.value.as_str()))
    };
    let any_sign = is_credit_note(in_xml) || is_credit_note(on_page);
    let shows = |said: Field| match (in_xml.fields.get(&said), on_page.fields.get(&field)) {
        (Some(in_xml), Some(on_page)) => is_same(field, &in_xml.value, &on_page.value, any_sign),
        _ => false,
    };
    shows(field) || (field == Field::GrossTotal && shows(Field::AmountDue))
}

/// Whether two values of a field are the same, however they are written; of amounts with `any_sign`, whatever their sign.
fn is_same(field: Field, one: &str, other: &str, any_sign: bool) -> bool {
    if field.kind() == FieldKind::Amount {
        let amount = |text: &str| text.parse().ok().map(|value: Decimal| if any_sign { value.abs() } else { value });
        return amount(one) == amount(other);
    }
    let bare = |text: &str| {
        text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    bare(one) == bare(other)
}

/// Whether the words that the page's value was read from are a part of the XML's, or it of them: a number of several words
/// is not always read whole. Amounts and dates are.
fn is_read_there(field: Field, in_xml: &ReadValue, on_page: &ReadValue, pages: &[PageWords]) -> bool {
    if matches!(field.kind(), FieldKind::Amount | FieldKind::Date) {
        return false;
    }
    let Some(place) = on_page.place else {
        return false;
    };
    let number = usize::try_from(place.page).unwrap_or_default();
    let Some(page) = number.checked_sub(1).and_then(|at| pages.get(at)) else {
        return false;
    };
    let middle = place.y + place.h / 2.0;
    let row: Vec<Word> =
        page.words.iter().filter(|word| word.y <= middle && middle <= word.y + word.h).cloned().collect();
    let row = PageWords::of_text(page.size, row);
    let overlaps = |found: PageBox| found.x < place.x + place.w && place.x < found.x + found.w;
    Locator::new(std::slice::from_ref(&row)).find(field, &in_xml.value).is_some_and(overlaps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        adapters::readers::layout,
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

    /// An invoice of this type, number, date and total, with what is due of it.
    fn dated(kind: &str, number: &str, date: &str, gross: &str, due: &str) -> Reading {
        let more = format!(
            "</b:ID><b:IssueDate>{date}</b:IssueDate><b:InvoiceTypeCode>{kind}</b:InvoiceTypeCode>\
             <a:LegalMonetaryTotal><b:PayableAmount>{due}</b:PayableAmount>"
        );
        let text = String::from_utf8(xml(number, gross)).expect("text");
        let text = text.replacen("</b:ID><a:LegalMonetaryTotal>", &more, 1);
        invoice(&[file("factur-x.xml", text.into_bytes())])
    }

    /// A page with labels for what is compared, its net total and a date of payment.
    fn labelled(number: &str, date: &str, net: &str, vat: &str, gross: &str) -> PageWords {
        let [number, date] = [["Invoice number: ", number].concat(), ["Invoice date: ", date].concat()];
        let [net, vat, gross] = [net, vat, gross].map(|amount| [">", amount].concat());
        layout::tests::page(&[
            &[(60.0, "Muster GmbH")],
            &[(60.0, &number)],
            &[(60.0, &date)],
            &[(60.0, "Due date: 2026-12-20")],
            &[],
            &[(60.0, "Net total"), (540.0, &net)],
            &[(60.0, "VAT 20%"), (540.0, &vat)],
            &[(60.0, "Grand total"), (540.0, &gross)],
            &[],
            &[(60.0, "Thank you very much")],
        ])
    }

    fn told(reading: Reading, page: PageWords) -> Vec<String> {
        let of_page = |note: &ReadingNote| note.code.contains("page");
        place(reading, &[page]).notes.into_iter().filter(of_page).map(|note| note.message).collect()
    }

    #[test]
    fn what_stands_elsewhere_on_the_page_is_another_value_all_the_same() {
        let page = || labelled("A-100", "2026-11-20", "100.00", "20.00", "120.00");
        let same = dated("380", "A-100", "2026-11-20", "120.00", "120.00");
        assert_eq!(told(same, page()), [""; 0]);
        let net = dated("380", "A-100", "2026-11-20", "100.00", "100.00");
        assert_eq!(told(net, page()), ["The page shows 120.00 as gross total, the XML says 100.00"]);
        let due = dated("380", "A-100", "2026-12-20", "120.00", "120.00");
        assert_eq!(told(due, page()), ["The page shows 2026-11-20 as issue date, the XML says 2026-12-20"]);
        let nothing = dated("380", "A-100", "2026-11-20", "0.00", "0.00");
        assert_eq!(told(nothing, page()), ["The page shows 120.00 as gross total, the XML says 0.00"]);
        let short = dated("380", "7", "2026-11-20", "120.00", "120.00");
        assert_eq!(told(short, page()), ["The page shows A-100 as invoice number, the XML says 7"]);
    }

    #[test]
    fn a_page_that_shows_what_is_due_as_its_total_agrees() {
        let page = labelled("A-100", "2026-11-20", "50.00", "10.00", "60.00");
        assert_eq!(told(dated("380", "A-100", "2026-11-20", "120.00", "60.00"), page), [""; 0]);
    }

    #[test]
    fn a_page_whose_sums_do_not_add_up_says_nothing() {
        let page = labelled("A-100", "2026-11-20", "100.00", "20.00", "125.00");
        assert_eq!(told(dated("380", "A-100", "2026-11-20", "100.00", "100.00"), page), [""; 0]);
    }

    #[test]
    fn only_credit_notes_show_amounts_with_any_sign() {
        assert!(!is_same(Field::GrossTotal, "-119.00", "119", false));
        assert!(is_same(Field::GrossTotal, "-119.00", "119", true));
        let credit = |kind: &str| dated(kind, "A-100", "2026-11-20", "120.00", "120.00");
        let shown = dated("380", "A-100", "2026-11-20", "-120.00", "-120.00");
        assert!(agree(Field::GrossTotal, &credit("381"), &shown));
        assert!(!agree(Field::GrossTotal, &credit("380"), &shown));
    }

    #[test]
    fn a_number_that_is_read_in_part_is_the_same() {
        let page = page(&["Nr. RE 2026 / 17 vom", "17"]);
        let value = |text: &str, column: f32, row: f32| {
            let place = PageBox { page: 1, x: 0.1 + column * 0.1, y: 0.1 + row * 0.05, w: 0.08, h: 0.02 };
            let source = crate::domain::reading::Source::Text;
            ReadValue { value: text.to_owned(), raw: None, confidence: 0.9, place: Some(place), source }
        };
        let is_there = |row: f32, column: f32| {
            let in_xml = value("RE2026/17", 0.0, 0.0);
            is_read_there(Field::InvoiceNumber, &in_xml, &value("17", column, row), std::slice::from_ref(&page))
        };
        assert!(is_there(0.0, 4.0));
        assert!(!is_there(0.0, 5.0), "beside it");
        assert!(!is_there(1.0, 0.0), "in another row");
    }

    #[test]
    fn another_invoice_among_the_files_is_noted() {
        let noted = |other: Vec<u8>| {
            let files = [file("copy.xml", other), file("factur-x.xml", xml("R-100", "119.00"))];
            let reading = invoice(&files);
            assert_eq!(reading.fields[&Field::InvoiceNumber].value, "R-100");
            reading.notes.into_iter().find(|note| note.code == "several_xml_invoices").map(|note| note.message)
        };
        let said =
            "The PDF holds another invoice as XML, “copy.xml”, which says something else; “factur-x.xml” was taken";
        assert_eq!(noted(xml("R-100", "118.00")).as_deref(), Some(said));
        assert_eq!(noted(xml("R-101", "119.00")).as_deref(), Some(said));
        assert_eq!(noted(xml("R-100", "119")), None, "the same once more");
        assert_eq!(noted(b"<a/>".to_vec()), None);
    }
}
