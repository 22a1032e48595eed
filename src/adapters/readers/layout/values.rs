//! Amounts and dates wherever they stand, by the document's own way of writing them.

use super::amounts::{self, Amount};
use super::locale::Locale;
use super::sheet::Sheet;
use crate::domain::dates::{self, Date};
use std::ops::Range;

#[derive(Clone, Debug)]
pub(super) struct DateAt {
    pub words: Range<usize>,
    pub date: Date,
}

/// All amounts and dates, in reading order, and which of them begins at a word.
pub(super) struct Values {
    pub amounts: Vec<Amount>,
    pub dates: Vec<DateAt>,
    amount_at: Vec<u32>,
    date_at: Vec<u32>,
}

const NONE: u32 = u32::MAX;
/// Words that one date spreads over at most: `2 de noviembre de 2026`.
const DATE_WORDS: usize = 5;

impl Values {
    pub fn find(sheet: &Sheet, locale: &Locale) -> Values {
        let count = sheet.words.len();
        let mut values =
            Values { amounts: Vec::new(), dates: Vec::new(), amount_at: vec![NONE; count], date_at: vec![NONE; count] };
        for cell in &sheet.cells {
            let mut at = cell.words.start;
            while at < cell.words.end {
                let end = values
                    .take_date(sheet, locale, at, cell.words.end)
                    .or_else(|| values.take_amount(sheet, locale, at, cell.words.end));
                at = end.unwrap_or(at + 1);
            }
        }
        values
    }

    pub fn amount_at(&self, word: usize) -> Option<&Amount> {
        self.amounts.get(*self.amount_at.get(word)? as usize)
    }

    pub fn date_at(&self, word: usize) -> Option<&DateAt> {
        self.dates.get(*self.date_at.get(word)? as usize)
    }

    /// The amounts that begin inside of the words.
    pub fn amounts_in(&self, words: Range<usize>) -> &[Amount] {
        let begin = self.amounts.partition_point(|amount| amount.words.start < words.start);
        let end = self.amounts.partition_point(|amount| amount.words.start < words.end);
        self.amounts.get(begin..end).unwrap_or_default()
    }

    fn take_date(&mut self, sheet: &Sheet, locale: &Locale, at: usize, end: usize) -> Option<usize> {
        let starts = sheet.words[at].text.trim_start_matches(['(', '[']);
        if !starts.chars().next()?.is_alphanumeric() {
            return None;
        }
        let mut text = String::new();
        let mut best = None;
        for (count, word) in sheet.words[at..end.min(at + DATE_WORDS)].iter().enumerate() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word.text);
            let plain = text.trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | ',' | ';' | ':' | '.'));
            if let Some(date) = dates::parse(plain, locale.order) {
                best = Some((date, at + count + 1));
                break;
            }
            if plain.len() > 24 || (count == 0 && !plain.chars().all(may_begin_date)) {
                break;
            }
        }
        // A word that holds more than the date: `08.10.2015,18:22` or `2015-10-08T10:00`.
        let (date, end) = best.or_else(|| Some((leading_date(starts, locale)?, at + 1)))?;
        self.date_at[at] = self.dates.len() as u32;
        self.dates.push(DateAt { words: at..end, date });
        Some(end)
    }

    fn take_amount(&mut self, sheet: &Sheet, locale: &Locale, at: usize, end: usize) -> Option<usize> {
        let amount = amounts::read(sheet, locale, at, end)?;
        let end = amount.words.end;
        self.amount_at[at] = self.amounts.len() as u32;
        self.amounts.push(amount);
        Some(end)
    }
}

fn may_begin_date(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '/' | '-' | ',' | '\'')
}

/// The date at the beginning of a word that goes on with a time or a remark.
fn leading_date(word: &str, locale: &Locale) -> Option<Date> {
    let end = word.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '/' | '-'))?;
    let (date, rest) = word.split_at(end);
    let date = date.trim_end_matches(['.', '-', '/']);
    (date.len() >= 8 && rest.starts_with(['T', ',', ';', ')', '*'])).then(|| dates::parse(date, locale.order)).flatten()
}
