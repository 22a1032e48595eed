//! The project's own sample invoices: made up, complete, and with the truth beside them. The demo shows them, tests and
//! measurements read them. The same seed makes the same document, byte for byte.

mod canvas;
mod check_digits;
mod cii;
mod companies;
mod invoice;
mod language;
mod layout;
mod pdf;
mod random;
mod scan;
mod ubl;
mod xml;

use crate::domain::field::Field;
use crate::domain::own_company::OwnCompany;
use crate::domain::reading::{DocumentKind, InvoiceLine};
use companies::{
    ARDMULLEN, BUYERS, GRUENBACH, KEMPENVELD, LINDHAGEN, OSTERTAL, PENARRUBIA, VALTORRE, VAUCLAIR, ZUIDERHAVEN,
};
use invoice::{Invoice, Order, Type};
use layout::Layout;
use random::Random;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use time::{Date, Duration, Month};

/// What is special about a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quirk {
    None,
    /// The same invoice as another sample of the set, in another form.
    Duplicate,
    /// Net and VAT do not add up to the gross total it states: that is 0.02 higher.
    TotalOff,
    Overdue,
    CreditNote,
}

/// A document and what stands in it.
#[derive(Clone, Debug)]
pub struct Sample {
    pub filename: String,
    pub bytes: Vec<u8>,
    pub kind: DocumentKind,
    pub quirk: Quirk,
    /// What a perfect reader finds: every field that the document states, normalised.
    pub truth: BTreeMap<Field, String>,
    /// The lines of the invoice. On paper, a unit's code and the VAT category are not printed as such.
    pub lines: Vec<InvoiceLine>,
}

/// The buyers of all samples: who "we" are in the demo.
pub fn own_companies() -> Vec<OwnCompany> {
    BUYERS
        .iter()
        .map(|company| invoice::buyer(company.country))
        .map(|buyer| OwnCompany { name: buyer.name.to_owned(), vat_id: buyer.vat_id })
        .collect()
}

/// The day that `all` and `generate` take for today: 2 November 2026.
pub fn reference_day() -> Date {
    Date::from_calendar_date(2026, Month::November, 2).unwrap_or(Date::MIN)
}

/// The samples of the demo, as of the reference day.
pub fn all() -> Vec<Sample> {
    all_as_of(reference_day())
}

/// The samples of the demo, issued in the weeks before `today`: fifteen documents of every kind, in six languages, with
/// one pair of duplicates, one wrong total, one overdue invoice and one credit note.
pub fn all_as_of(today: Date) -> Vec<Sample> {
    let issued = |days_ago| today.saturating_sub(Duration::days(days_ago));
    let plain = |seller, seed, days_ago| Order::new(seller, seed, issued(days_ago)).invoice();

    let corrected = plain(&OSTERTAL, 101, 24);
    let credit = Order {
        kind: Type::CreditNote,
        lines: 1,
        corrects: Some(corrected.number.clone()),
        ..Order::new(&OSTERTAL, 113, issued(3))
    };
    let discounted = || Order { discount_per_cent: 5, lines: 6, ..Order::new(&LINDHAGEN, 104, issued(9)) }.invoice();
    let wrong = Order { gross_error: Decimal::new(2, 2), ..Order::new(&OSTERTAL, 106, issued(6)) };
    let long = Order { lines: 46, ..Order::new(&PENARRUBIA, 115, issued(2)) };

    vec![
        ubl_sample(corrected),
        cii_sample(plain(&GRUENBACH, 102, 12)),
        facturx_sample(plain(&VAUCLAIR, 103, 15), Layout::Banner),
        facturx_sample(discounted(), Layout::Columns),
        text_sample(plain(&ARDMULLEN, 105, 4), Layout::Banner, Quirk::None),
        text_sample(wrong.invoice(), Layout::Letter, Quirk::TotalOff),
        text_sample(plain(&VAUCLAIR, 107, 30), Layout::Columns, Quirk::None),
        text_sample(plain(&ZUIDERHAVEN, 108, 76), Layout::Letter, Quirk::Overdue),
        text_sample(plain(&VALTORRE, 109, 20), Layout::Plain, Quirk::None),
        text_sample(plain(&PENARRUBIA, 110, 11), Layout::Banner, Quirk::None),
        text_sample(plain(&KEMPENVELD, 111, 8), Layout::Columns, Quirk::None),
        text_sample(discounted(), Layout::Letter, Quirk::Duplicate),
        Sample { quirk: Quirk::CreditNote, ..ubl_sample(credit.invoice()) },
        scan_sample(plain(&ZUIDERHAVEN, 114, 5), Layout::Letter, 114),
        text_sample(long.invoice(), Layout::Plain, Quirk::None),
    ]
}

/// A document of `kind`; seller, language, size and figures follow from `seed`.
pub fn generate(kind: DocumentKind, seed: u64) -> Sample {
    let invoice = Order::any(seed, reference_day()).invoice();
    let layout = Layout::ALL[(Random::new(seed).next() % Layout::ALL.len() as u64) as usize];
    match kind {
        DocumentKind::Ubl => ubl_sample(invoice),
        DocumentKind::Cii => cii_sample(invoice),
        DocumentKind::FacturxPdf => facturx_sample(invoice, layout),
        DocumentKind::TextPdf => text_sample(invoice, layout, Quirk::None),
        DocumentKind::ScanImage => scan_sample(invoice, layout, seed),
    }
}

/// A Factur-X invoice with another file in it, the hours that are charged.
pub fn with_attachment(seed: u64) -> Sample {
    let invoice = Order::any(seed, reference_day()).invoice();
    let hours = b"day;hours\r\n2026-10-05;7.5\r\n2026-10-06;8\r\n".as_slice();
    let pages = Layout::Banner.draw(&invoice);
    let bytes = pdf::pdf_with(&invoice, &pages, Some(&cii::cii(&invoice)), Some(("time-sheet.csv", hours)));
    sample(&invoice, DocumentKind::FacturxPdf, bytes)
}

/// A PDF of always the same supplier whose due date and order stand behind words that no reader knows: another invoice for
/// each `seed`, in one of four designs.
pub fn with_unusual_labels(design: usize, seed: u64) -> Sample {
    let order = Order { has_unusual_labels: true, ..Order::new(&OSTERTAL, seed, reference_day()) };
    text_sample(order.invoice(), Layout::ALL[design % Layout::ALL.len()], Quirk::None)
}

/// A PDF that holds several invoices, one behind the other, each of another supplier or number; the second is longer than a
/// page. Gives the page on which each begins, from 1, with its number.
pub fn batch(seed: u64, count: usize) -> (Sample, Vec<(u32, String)>) {
    let mut pages = Vec::new();
    let mut begins = Vec::new();
    let invoices: Vec<Invoice> = (0..count)
        .map(|at| {
            let order = Order::any(seed.wrapping_add(at as u64), reference_day());
            let lines = if at == 1 { 40 } else { order.lines };
            Order { lines, ..order }.invoice()
        })
        .collect();
    for (at, invoice) in invoices.iter().enumerate() {
        begins.push((u32::try_from(pages.len()).unwrap_or(u32::MAX).saturating_add(1), invoice.number.clone()));
        let layout =
            Layout::ALL[(Random::new(seed.wrapping_add(at as u64)).next() % Layout::ALL.len() as u64) as usize];
        pages.extend(layout.draw(invoice));
    }
    let bytes = invoices.first().map(|first| pdf::pdf(first, &pages, None)).unwrap_or_default();
    let whole = Sample {
        filename: "batch.pdf".to_owned(),
        bytes,
        kind: DocumentKind::TextPdf,
        quirk: Quirk::None,
        truth: BTreeMap::new(),
        lines: Vec::new(),
    };
    (whole, begins)
}

fn ubl_sample(invoice: Invoice) -> Sample {
    sample(&invoice, DocumentKind::Ubl, ubl::ubl(&invoice).into_bytes())
}

fn cii_sample(invoice: Invoice) -> Sample {
    sample(&invoice, DocumentKind::Cii, cii::cii(&invoice).into_bytes())
}

fn facturx_sample(invoice: Invoice, layout: Layout) -> Sample {
    let bytes = pdf::pdf(&invoice, &layout.draw(&invoice), Some(&cii::cii(&invoice)));
    sample(&invoice, DocumentKind::FacturxPdf, bytes)
}

fn text_sample(invoice: Invoice, layout: Layout, quirk: Quirk) -> Sample {
    let bytes = pdf::pdf(&invoice, &layout.draw(&invoice), None);
    Sample { quirk, ..sample(&invoice, DocumentKind::TextPdf, bytes) }
}

fn scan_sample(invoice: Invoice, layout: Layout, seed: u64) -> Sample {
    let paper = pdf::pdf(&invoice, &layout.draw(&invoice), None);
    sample(&invoice, DocumentKind::ScanImage, scan::scan(paper, &mut Random::new(seed)))
}

fn sample(invoice: &Invoice, kind: DocumentKind, bytes: Vec<u8>) -> Sample {
    let (truth, ending) = match kind {
        DocumentKind::Ubl | DocumentKind::Cii => (invoice.truth_of_xml(), "xml"),
        DocumentKind::FacturxPdf => (invoice.truth_of_xml(), "pdf"),
        DocumentKind::TextPdf | DocumentKind::ScanImage => (invoice.truth(), "pdf"),
    };
    let title = invoice.company.language.title(invoice.kind).replace(' ', "-");
    let number = invoice.number.replace('/', "-");
    let prefix = if kind == DocumentKind::ScanImage { "scan-" } else { "" };
    let filename = format!("{prefix}{title}_{number}.{ending}");
    Sample { filename, bytes, kind, quirk: Quirk::None, truth, lines: invoice.true_lines() }
}

#[cfg(test)]
mod tests;
