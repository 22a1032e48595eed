//! Finds known values among the words of pages.

use super::pdf::{PageWords, Word};
use crate::domain::{
    dates::{self, Date, DateOrder},
    field::{Field, FieldKind},
    money::{Decimal, DecimalMark, parse_amount},
    reading::{PageBox, PageSize, PageWord},
};
use std::ops::Range;

/// Words of a page beyond this are not looked at.
const MAX_WORDS: usize = 20_000;
/// Shorter texts stand everywhere and mean nothing.
const MIN_CHARACTERS: usize = 3;
/// A date is written in at most so many words: `2. November 2026`, `2 de noviembre de 2026`.
const DATE_WORDS: usize = 5;
/// An amount whose thousands are set apart by spaces.
const AMOUNT_WORDS: usize = 3;

/// The words of a document, prepared for looking values up.
pub struct Locator<'p> {
    pages: Vec<Page<'p>>,
}

struct Page<'p> {
    number: u32,
    /// Row by row, left to right.
    words: Vec<&'p Word>,
    /// The row that each word stands in.
    rows: Vec<usize>,
    /// Letters and digits of all words, in lower case.
    letters: Vec<Letter>,
    dates: Vec<(Date, Range<usize>)>,
    amounts: Vec<(Decimal, Range<usize>)>,
}

struct Letter {
    character: char,
    word: usize,
    /// Whether a word, or a part of one behind a sign, begins here.
    starts: bool,
}

impl<'p> Locator<'p> {
    pub fn new(pages: &'p [PageWords]) -> Self {
        Locator { pages: pages.iter().zip(1..).map(|(page, number)| Page::new(page, number)).collect() }
    }

    /// Where the value stands: of totals the last place, of everything else the first. None where it is not found, or
    /// where finding it would mean nothing.
    pub fn find(&self, field: Field, value: &str) -> Option<PageBox> {
        self.find_as(field, value, |stands, wanted| stands.abs() == wanted.abs())
    }

    /// The same, but an amount has to stand there with its sign.
    pub fn find_signed(&self, field: Field, value: &str) -> Option<PageBox> {
        self.find_as(field, value, |stands, wanted| stands == wanted)
    }

    fn find_as(&self, field: Field, value: &str, is_same: fn(Decimal, Decimal) -> bool) -> Option<PageBox> {
        if !is_telling(field, value) {
            return None;
        }
        match field.kind() {
            FieldKind::Amount => {
                let amount: Decimal = value.parse().ok()?;
                self.pages.iter().rev().find_map(|page| page.amount(|stands| is_same(stands, amount)))
            }
            FieldKind::Date => {
                let date = dates::parse_iso(value)?;
                self.pages.iter().find_map(|page| page.date(date))
            }
            _ => {
                let letters: Vec<char> = letters_of(value).collect();
                self.pages.iter().find_map(|page| page.text(&letters))
            }
        }
    }
}

/// Words as people point at them, page by page, as the words of pages.
pub fn unstyled_pages(words: &[Vec<PageWord>], sizes: &[PageSize]) -> Vec<PageWords> {
    let pages =
        words.iter().zip(sizes).map(|(words, size)| PageWords::of_text(*size, words.iter().map(unstyled).collect()));
    pages.collect()
}

/// The text of a page, row by row.
pub fn rows_of_text(page: &PageWords) -> String {
    let (words, rows) = in_rows(page);
    let mut text = String::new();
    let mut before = None;
    for (word, row) in words.into_iter().zip(rows) {
        if let Some(before) = before.replace(row) {
            text.push(if before == row { ' ' } else { '\n' });
        }
        text.push_str(&word.text);
    }
    text
}

fn unstyled(word: &PageWord) -> Word {
    let PageBox { x, y, w, h, .. } = word.place;
    Word { text: word.text.clone(), x, y, w, h, font_size: 0.0, bold: false, confidence: 1.0 }
}

/// Whether finding the value on a page would mean anything. It does not for what stands in many places, as nought and
/// very short texts do, and for codes that no page spells out.
pub(super) fn is_telling(field: Field, value: &str) -> bool {
    match field.kind() {
        FieldKind::Amount => value.parse().is_ok_and(|amount: Decimal| !amount.is_zero()),
        FieldKind::Date => true,
        FieldKind::Country | FieldKind::LongText => false,
        FieldKind::Code if matches!(field, Field::DocumentType | Field::PaymentMeans) => false,
        _ => letters_of(value).nth(MIN_CHARACTERS - 1).is_some(),
    }
}

fn letters_of(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase)
}

impl<'p> Page<'p> {
    fn new(page: &'p PageWords, number: u32) -> Self {
        let (words, rows) = in_rows(page);
        let letters = letters(&words);
        let mut page = Page { number, words, rows, letters, dates: Vec::new(), amounts: Vec::new() };
        page.dates = page.runs(DATE_WORDS, |text, found| {
            for order in [DateOrder::DayMonth, DateOrder::MonthDay] {
                found.extend(dates::parse(text, order));
            }
        });
        page.amounts = page.runs(AMOUNT_WORDS, |text, found| {
            for mark in [DecimalMark::Comma, DecimalMark::Point] {
                found.extend(parse_amount(text, mark));
            }
        });
        page
    }

    /// What `parse` finds in every run of up to `longest` words of one row.
    fn runs<T>(&self, longest: usize, parse: impl Fn(&str, &mut Vec<T>)) -> Vec<(T, Range<usize>)> {
        let mut all = Vec::new();
        let mut found = Vec::new();
        let has_digit = |word: &Word| word.text.bytes().any(|byte| byte.is_ascii_digit());
        for (start, first) in self.words.iter().enumerate() {
            // Before the first digit there can be only the name of a month, and no label.
            let may_begin = has_digit(first) || (first.text.len() <= 12 && !first.text.ends_with(':'));
            let mut text = String::new();
            for (end, word) in self.words.iter().enumerate().skip(start).take(longest) {
                if !may_begin || self.rows.get(end) != self.rows.get(start) || text.len() > 40 {
                    break;
                }
                if end > start {
                    text.push(' ');
                }
                text.push_str(&word.text);
                // What does not end in a digit is the same value as without its last word.
                if has_digit(word) {
                    parse(bare(&text), &mut found);
                    all.extend(found.drain(..).map(|value| (value, start..end + 1)));
                }
            }
        }
        all
    }

    fn amount(&self, is_wanted: impl Fn(Decimal) -> bool) -> Option<PageBox> {
        let hit = self.amounts.iter().rev().find(|(amount, _)| is_wanted(*amount))?;
        self.around(hit.1.clone())
    }

    fn date(&self, wanted: Date) -> Option<PageBox> {
        let hit = self.dates.iter().find(|(date, _)| *date == wanted)?;
        self.around(hit.1.clone())
    }

    fn text(&self, wanted: &[char]) -> Option<PageBox> {
        let starts = |at: usize| self.letters.get(at).is_none_or(|letter| letter.starts);
        let matches = |window: &[Letter]| window.iter().zip(wanted).all(|(letter, wanted)| letter.character == *wanted);
        let at = self
            .letters
            .windows(wanted.len())
            .enumerate()
            .position(|(at, window)| starts(at) && starts(at + wanted.len()) && matches(window))?;
        let first = self.letters.get(at)?.word;
        let last = self.letters.get(at + wanted.len() - 1)?.word;
        self.around(first..last + 1)
    }

    /// The smallest box around some words.
    fn around(&self, words: Range<usize>) -> Option<PageBox> {
        let words = self.words.get(words)?;
        let least = |edge: fn(&Word) -> f32| words.iter().map(|word| edge(word)).reduce(f32::min);
        let most = |edge: fn(&Word) -> f32| words.iter().map(|word| edge(word)).reduce(f32::max);
        let (x, y) = (least(|word| word.x)?, least(|word| word.y)?);
        let (right, bottom) = (most(|word| word.x + word.w)?, most(|word| word.y + word.h)?);
        Some(PageBox { page: self.number, x, y, w: right - x, h: bottom - y })
    }
}

/// A number without the words, currency signs and marks that cling to it.
fn bare(text: &str) -> &str {
    let text = text.rsplit(':').next().unwrap_or(text);
    text.trim_matches(|sign: char| sign.is_whitespace() || "€$£*;|".contains(sign))
        .trim_end_matches("EUR")
        .trim_start_matches("EUR")
        .trim_end_matches([',', ';'])
        .trim()
}

/// The words row by row and left to right, and the row of each.
fn in_rows(page: &PageWords) -> (Vec<&Word>, Vec<usize>) {
    let mut words: Vec<&Word> = page.words.iter().take(MAX_WORDS).collect();
    let middle = |word: &Word| word.y + word.h / 2.0;
    words.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
    // A word whose middle is beneath the foot of the row's first word begins the next row.
    let mut rows: Vec<Vec<&Word>> = Vec::new();
    for word in words {
        match rows.last_mut() {
            Some(row) if row.first().is_some_and(|first| middle(word) < first.y + first.h * 0.9) => row.push(word),
            _ => rows.push(vec![word]),
        }
    }
    let mut sorted = Vec::new();
    let mut numbers = Vec::new();
    for (number, mut row) in rows.into_iter().enumerate() {
        row.sort_by(|a, b| a.x.total_cmp(&b.x));
        numbers.extend(std::iter::repeat_n(number, row.len()));
        sorted.extend(row);
    }
    (sorted, numbers)
}

fn letters(words: &[&Word]) -> Vec<Letter> {
    let mut letters = Vec::new();
    for (word, text) in words.iter().map(|word| &word.text).enumerate() {
        let mut starts = true;
        for character in text.chars() {
            if !character.is_alphanumeric() {
                // What these signs join is one number: `R-12` is no part of `R-12/34`.
                starts |= !matches!(character, '-' | '/' | '_');
                continue;
            }
            for character in character.to_lowercase() {
                letters.push(Letter { character, word, starts });
                starts = false;
            }
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words at places given as column and row of a coarse grid.
    fn page(words: &[(&str, u8, u8)]) -> PageWords {
        let words = words.iter().map(|(text, column, row)| Word {
            text: (*text).to_owned(),
            x: f32::from(*column) / 10.0,
            y: f32::from(*row) / 10.0,
            w: 0.1,
            h: 0.05,
            font_size: 10.0,
            bold: false,
            confidence: 1.0,
        });
        PageWords::of_text(PageSize { width: 595.0, height: 842.0 }, words.collect())
    }

    fn spot(pages: &[PageWords], field: Field, value: &str) -> Option<(u32, u8, u8, u8)> {
        let place = Locator::new(pages).find(field, value)?;
        let tenth = |length: f32| (length * 10.0).round() as u8;
        Some((place.page, tenth(place.x), tenth(place.y), tenth(place.w)))
    }

    #[test]
    fn texts_are_found_whole_whatever_their_signs() {
        // Drawn in no order of reading.
        let pages = [page(&[("GmbH", 3, 1), ("Nr.:R-12/3", 6, 1), ("Müller", 2, 1), ("R-12/34", 1, 2)])];
        assert_eq!(spot(&pages, Field::SupplierName, "MÜLLER GmbH"), Some((1, 2, 1, 2)));
        assert_eq!(spot(&pages, Field::InvoiceNumber, "R-12/3"), Some((1, 6, 1, 1)));
        assert_eq!(spot(&pages, Field::InvoiceNumber, "R123"), Some((1, 6, 1, 1)));
        assert_eq!(spot(&pages, Field::InvoiceNumber, "12"), None, "two characters stand everywhere");
        assert_eq!(spot(&pages, Field::InvoiceNumber, "R-12"), None, "a part of a number is another number");
        assert_eq!(spot(&pages, Field::SupplierName, "---"), None);
    }

    #[test]
    fn ibans_are_found_in_groups() {
        let pages = [page(&[("IBAN", 0, 1), ("DE75", 1, 1), ("5121", 2, 1), ("0800", 3, 1), ("1245126199", 4, 1)])];
        assert_eq!(spot(&pages, Field::Iban, "DE75512108001245126199"), Some((1, 1, 1, 4)));
    }

    #[test]
    fn dates_are_found_as_people_write_them() {
        let words =
            [("Datum:02.11.2026", 0, 1), ("3.", 0, 2), ("Dezember", 1, 2), ("2026", 2, 2), ("01/31/2026", 0, 3)];
        let pages = [page(&words)];
        assert_eq!(spot(&pages, Field::IssueDate, "2026-11-02"), Some((1, 0, 1, 1)));
        assert_eq!(spot(&pages, Field::DueDate, "2026-12-03"), Some((1, 0, 2, 3)));
        assert_eq!(spot(&pages, Field::DueDate, "2026-01-31"), Some((1, 0, 3, 1)));
        assert_eq!(spot(&pages, Field::DueDate, "2026-01-30"), None);
    }

    #[test]
    fn of_an_amount_the_last_place_counts() {
        let words = [("1.190,00", 0, 1), ("1", 0, 2), ("190,00", 1, 2), ("€", 2, 2), ("€99.50", 5, 3), ("0,00", 1, 4)];
        let pages = [page(&words), page(&[("Seite", 0, 0), ("2", 1, 0)])];
        assert_eq!(spot(&pages, Field::GrossTotal, "1190.00"), Some((1, 0, 2, 2)));
        assert_eq!(spot(&pages, Field::TaxTotal, "-99.5"), Some((1, 5, 3, 1)));
        assert_eq!(spot(&pages, Field::PaidAmount, "0.00"), None, "nothing stands in many places");
    }

    #[test]
    fn the_sign_of_an_amount_counts_where_it_is_asked_for() {
        let pages = [page(&[("100,00", 0, 1), ("19,00-", 0, 2), ("(119.00)", 0, 3), ("-7,50", 0, 4), ("R-12", 0, 5)])];
        let locator = Locator::new(&pages);
        for (value, stands) in [
            ("100", true),
            ("-100", false),
            ("-19", true),
            ("19", false),
            ("-119", true),
            ("-7.5", true),
            ("7.5", false),
        ] {
            assert_eq!(locator.find_signed(Field::NetTotal, value).is_some(), stands, "{value}");
            assert!(locator.find(Field::NetTotal, value).is_some(), "{value}");
        }
        assert!(locator.find_signed(Field::InvoiceNumber, "R-12").is_some());
    }
}
