//! Whether the pages hold several invoices, one behind the other.
//!
//! Each page is read by itself. A page begins an invoice when the one before is complete (it has a total) and this page
//! says that it is another: another number, another supplier, or a count of pages that begins anew. What begins this way
//! has to turn out complete itself, so that terms, delivery notes and time sheets stay with the invoice they came with.

use super::{assemble, sheet::Sheet};
use crate::adapters::readers::pdf::PageWords;
use crate::domain::{
    field::Field,
    reading::Reading,
    splitting::{PageRange, Part, ranges},
};
use std::slice;

/// A number of which less is known is none: pages without one have words that look like it.
const CLEAR_NUMBER: f32 = 0.5;

/// The word before a page's number, in six languages, without accents.
const PAGE_WORDS: [&str; 10] =
    ["page", "seite", "blatt", "pagina", "pag", "bladzijde", "blz", "feuille", "foglio", "hoja"];
/// "Page 1 of 2".
const OF_WORDS: [&str; 7] = ["of", "von", "de", "van", "di", "sur", "su"];
/// "Continued on page 2", "carried over from page 1": that is another page.
const LEADING_WORDS: [&str; 22] = [
    "on", "to", "see", "from", "auf", "siehe", "von", "naar", "op", "zie", "van", "sur", "voir", "de", "a", "su",
    "vedi", "da", "en", "ver", "folge", "next",
];

/// What one page, or those of an invoice so far, say of whose they are.
#[derive(Clone, Debug, Default, PartialEq)]
struct Marks {
    number: Option<String>,
    vat_id: Option<String>,
    has_total: bool,
    has_date: bool,
    /// From 1, as printed.
    page: Option<u32>,
}

/// The invoices on the pages; empty when there is one, as there nearly always is.
pub(super) fn parts(pages: &[PageWords]) -> Vec<Part> {
    if pages.len() < 2 {
        return Vec::new();
    }
    let marks: Vec<Marks> = pages.iter().map(marks_of).collect();
    let starts = starts(&marks);
    if starts.is_empty() {
        return Vec::new();
    }
    let count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    ranges(starts, count).into_iter().map(|range| part(pages, range)).collect()
}

fn part(pages: &[PageWords], range: PageRange) -> Part {
    let own = pages.get(range.first as usize - 1..range.last as usize).unwrap_or_default();
    let reading = assemble::read(own);
    let value = |field: Field| reading.fields.get(&field).map(|read| read.value.clone());
    Part {
        pages: range,
        invoice_number: value(Field::InvoiceNumber),
        supplier_name: value(Field::SupplierName),
        gross_total: value(Field::GrossTotal),
        currency: value(Field::Currency),
    }
}

fn marks_of(page: &PageWords) -> Marks {
    let page = slice::from_ref(page);
    Marks { page: page_number(&Sheet::new(page)), ..marks_in(&assemble::read(page)) }
}

fn marks_in(reading: &Reading) -> Marks {
    let read = |field: Field| reading.fields.get(&field);
    let number = read(Field::InvoiceNumber).filter(|read| read.confidence >= CLEAR_NUMBER);
    let compared = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    Marks {
        number: number.map(|read| compared(&read.value)),
        vat_id: read(Field::SupplierVatId).map(|read| compared(&read.value)),
        has_total: read(Field::GrossTotal).is_some(),
        has_date: read(Field::IssueDate).is_some(),
        page: None,
    }
}

/// "Page 2 of 3": 2. The last that the page prints so, for it stands at the foot more often than at the head; else the
/// smallest, since a larger one says where it goes on.
fn page_number(sheet: &Sheet) -> Option<u32> {
    let token = |at: usize| sheet.tokens.get(at).map_or("", |token| token.text.as_str());
    let number = |at: usize| token(at).parse().ok().filter(|page| (1..1_000_u32).contains(page));
    let mut counted = None;
    let mut smallest: Option<u32> = None;
    for at in (0..sheet.tokens.len()).filter(|at| PAGE_WORDS.contains(&token(*at))) {
        let Some(page) = number(at + 1) else { continue };
        let is_of = |of: usize| number(of).is_some_and(|count| count >= page);
        if is_of(at + 2) || (OF_WORDS.contains(&token(at + 2)) && is_of(at + 3)) {
            counted = Some(page);
        } else if at == 0 || !LEADING_WORDS.contains(&token(at - 1)) {
            smallest = Some(smallest.map_or(page, |other| other.min(page)));
        }
    }
    counted.or(smallest)
}

/// The pages, from 1, on which the second invoice and those behind it begin.
fn starts(pages: &[Marks]) -> Vec<u32> {
    let mut found: Vec<(u32, Marks)> = Vec::new();
    for (page, marks) in (1..).zip(pages) {
        match found.last_mut() {
            Some((_, before)) if !begins(before, marks) => before.add(marks),
            // A letter ahead of the first invoice goes with that, whatever number it has.
            Some((1, before)) if !before.is_invoice() => {
                before.number = None;
                before.add(marks);
            }
            _ => {
                settle(&mut found);
                found.push((page, marks.clone()));
            }
        }
    }
    settle(&mut found);
    found.into_iter().skip(1).map(|(page, _)| page).collect()
}

/// What turned out to be no invoice by itself goes with the one before.
fn settle(found: &mut Vec<(u32, Marks)>) {
    if found.last().is_none_or(|(_, last)| last.is_invoice()) || found.len() < 2 {
        return;
    }
    if let (Some((_, last)), Some((_, before))) = (found.pop(), found.last_mut()) {
        before.add(&last);
    }
}

fn begins(before: &Marks, page: &Marks) -> bool {
    if page.page.is_some_and(|count| count > 1) {
        return false;
    }
    let differ = |one: &Option<String>, other: &Option<String>| match (one, other) {
        (Some(one), Some(other)) => Some(one != other),
        _ => None,
    };
    match differ(&before.number, &page.number) {
        Some(differ) => differ && (before.has_total || page.is_invoice()),
        None => {
            let counts_anew = before.page.is_some() && page.page == Some(1) && page.is_invoice();
            let is_other = page.has_total && differ(&before.vat_id, &page.vat_id) == Some(true);
            before.has_total && (counts_anew || is_other)
        }
    }
}

impl Marks {
    fn add(&mut self, page: &Marks) {
        self.number = self.number.take().or_else(|| page.number.clone());
        self.vat_id = self.vat_id.take().or_else(|| page.vat_id.clone());
        self.has_total |= page.has_total;
        self.has_date |= page.has_date;
        self.page = page.page.or(self.page);
    }

    fn is_invoice(&self) -> bool {
        self.has_total && (self.number.is_some() || self.has_date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page: its number, whether it has a total, the count it prints.
    fn page(number: &str, has_total: bool, count: u32) -> Marks {
        Marks {
            number: Some(number.to_owned()).filter(|number| !number.is_empty()),
            vat_id: None,
            has_total,
            has_date: !number.is_empty(),
            page: Some(count).filter(|count| *count > 0),
        }
    }

    fn rows(text: &str) -> PageWords {
        let rows: Vec<(f32, &str)> = text.lines().map(|row| (50.0, row)).collect();
        crate::adapters::readers::layout::tests::page(&rows.iter().map(std::slice::from_ref).collect::<Vec<_>>())
    }

    #[test]
    fn the_count_is_that_of_the_page_itself() {
        for (text, page) in [
            ("Seite 1 von 2\nFortsetzung auf Seite 2", Some(1)),
            ("Page 2/3\nCarried over from page 1", Some(2)),
            ("Übertrag von Seite 1\nSeite 2", Some(2)),
            ("Page 1\nContinued: page 2", Some(1)),
            ("Zwischensumme Seite 2", Some(2)),
            ("Fortsetzung auf Seite 2", None),
            ("Web-Seite 2026", None),
        ] {
            assert_eq!(page_number(&Sheet::new(&[rows(text)])), page, "{text}");
        }
    }

    #[test]
    fn another_number_begins_another_invoice() {
        assert_eq!(starts(&[page("R1", true, 0), page("R2", true, 0), page("R3", true, 0)]), [2, 3]);
        let two_pages_each = [page("R1", false, 0), page("R1", true, 0), page("R2", false, 0), page("", true, 0)];
        assert_eq!(starts(&two_pages_each), [3]);
    }

    #[test]
    fn what_comes_with_an_invoice_stays_with_it() {
        // The same number again: its second page, or a copy.
        assert_eq!(starts(&[page("R1", true, 0), page("R1", true, 0)]), [0; 0]);
        // Terms and a delivery note have no total.
        assert_eq!(starts(&[page("R1", true, 0), page("", false, 1), page("L9", false, 0)]), [0; 0]);
        // A letter ahead of the invoice, with a number of its own.
        assert_eq!(starts(&[page("B1", false, 0), page("K5", true, 0)]), [0; 0]);
        // The second page counts on.
        assert_eq!(starts(&[page("R1", true, 1), page("K5", true, 2)]), [0; 0]);
    }

    #[test]
    fn terms_do_not_cut_off_the_next_invoice() {
        let pages = [page("R1", true, 1), page("", false, 1), page("R2", true, 1), page("", false, 0)];
        assert_eq!(starts(&pages), [3]);
        // A delivery note between them goes with the first.
        assert_eq!(starts(&[page("R1", true, 0), page("L9", false, 0), page("R2", true, 0)]), [3]);
    }

    #[test]
    fn without_numbers_the_count_or_the_supplier_tells() {
        let dated = |count| Marks { has_date: true, ..page("", true, count) };
        assert_eq!(starts(&[dated(1), dated(1)]), [2]);
        assert_eq!(starts(&[dated(0), dated(0)]), [0; 0]);
        let of = |vat_id: &str| Marks { vat_id: Some(vat_id.to_owned()), ..dated(0) };
        assert_eq!(starts(&[of("DE1"), of("FR2"), of("FR2")]), [2]);
    }
}
