//! Numbers as they stand in the text, with the currency or per cent sign beside them.

use super::currency::{self, Currency};
use super::locale::Locale;
use super::sheet::Sheet;
use crate::domain::money::{self, Decimal};
use std::ops::Range;

/// A gap between groups of digits, as a share of the font size, that still is a space inside of a number.
const GROUP_GAP: f32 = 0.42;
/// Words of one number: `1 234 567,89`.
const MAX_GROUPS: usize = 4;

/// A number of the document.
#[derive(Clone, Debug)]
pub(super) struct Amount {
    pub words: Range<usize>,
    pub value: Decimal,
    /// Digits behind the decimal mark.
    pub decimals: usize,
    pub currency: Option<Currency>,
    pub percent: bool,
}

impl Amount {
    /// Whether it is written as money is: two decimals, or a currency beside it.
    pub fn is_money(&self) -> bool {
        !self.percent && (self.decimals == 2 || self.currency.is_some())
    }
}

/// Reads the number that begins at the word and ends before `end`, if one does.
pub(super) fn read(sheet: &Sheet, locale: &Locale, at: usize, end: usize) -> Option<Amount> {
    let first = undress(&sheet.words[at].text)?;
    let (number, last, tail) = grouped(sheet, locale, at, end, &first);
    // A rate is often written with a point where all sums have commas: `20.0`.
    let value = money::parse_amount(&number, locale.mark).or_else(|| {
        let other = money::parse_amount(&number, locale.other_mark());
        other.filter(|_| is_short_decimal(&number))
    })?;
    let minus = minus_before(sheet, at);
    let percent = tail.percent || percent_behind(sheet, last);
    let beside = || currency_behind(sheet, last).or_else(|| currency_before(sheet, at - usize::from(minus)));
    let currency = first.currency.or(tail.currency).or_else(|| if percent { None } else { beside() });
    let decimals = number
        .rsplit_once(locale.decimal())
        .map_or(0, |(_, fraction)| fraction.bytes().filter(u8::is_ascii_digit).count());
    let value = if minus || first.negative { -value } else { value };
    Some(Amount { words: at..last + 1, value, decimals, currency, percent })
}

/// `1 234,56`: the number with the groups of three behind narrow gaps, its last word, and what is written behind that.
/// Only with decimals at the end: "2 100,00" in two columns is a quantity and a price.
fn grouped<'a>(
    sheet: &'a Sheet,
    locale: &Locale,
    at: usize,
    end: usize,
    first: &Dressed<'a>,
) -> (String, usize, Dressed<'a>) {
    let alone = (first.number.to_owned(), at, *first);
    let lead = first.number.trim_start_matches(['-', '\u{2212}']);
    let may_begin = (1..=3).contains(&lead.len()) && lead.bytes().all(|b| b.is_ascii_digit());
    if first.dressed_behind || !may_begin {
        return alone;
    }
    let mut joined = first.number.to_owned();
    for next in at + 1..end.min(at + MAX_GROUPS) {
        let (before, word) = (&sheet.words[next - 1], &sheet.words[next]);
        let Some(more) = undress(&word.text) else {
            break;
        };
        let digits = more.number.bytes().take_while(u8::is_ascii_digit).count();
        if digits != 3 || more.dressed_before || word.x0 - before.x1 > GROUP_GAP * word.size {
            break;
        }
        joined.push(' ');
        joined.push_str(more.number);
        if more.number.len() > digits {
            let is_number = money::parse_amount(&joined, locale.mark).is_some();
            return if is_number { (joined, next, more) } else { alone };
        }
    }
    alone
}

/// A minus that stands alone before the number, at the beginning of the cell or behind the currency.
fn minus_before(sheet: &Sheet, at: usize) -> bool {
    let begin = sheet.cells[sheet.words[at].cell].words.start;
    let Some(before) = at.checked_sub(1).filter(|before| *before >= begin) else {
        return false;
    };
    let is_minus = matches!(sheet.words[before].text.as_str(), "-" | "\u{2212}" | "\u{2013}");
    is_minus && (before == begin || currency::of_sign(&sheet.words[before - 1].text).is_some())
}

fn percent_behind(sheet: &Sheet, last: usize) -> bool {
    behind(sheet, last).is_some_and(|text| text == "%" || text.starts_with("%)"))
}

fn currency_behind(sheet: &Sheet, last: usize) -> Option<Currency> {
    currency::of_sign(behind(sheet, last)?)
}

/// The word close behind.
fn behind(sheet: &Sheet, last: usize) -> Option<&str> {
    let (number, next) = (&sheet.words[last], sheet.words.get(last + 1)?);
    let is_close = next.row == number.row && next.x0 - number.x1 < 1.2 * next.size;
    is_close.then_some(next.text.as_str())
}

/// The currency of the word before, wherever in the row that is: tables put it at the column's left edge.
fn currency_before(sheet: &Sheet, at: usize) -> Option<Currency> {
    let before = &sheet.words[at.checked_sub(1)?];
    let same_row = before.row == sheet.words[at].row;
    same_row.then(|| currency::of_sign(&before.text)).flatten()
}

/// Two digits at most on both sides of the mark.
fn is_short_decimal(number: &str) -> bool {
    let mut parts = number.trim_start_matches('-').split(['.', ',']);
    let is_short = |part: Option<&str>| part.is_some_and(|part| (1..=2).contains(&part.len()));
    is_short(parts.next()) && is_short(parts.next()) && parts.next().is_none()
}

/// A word's number without what is written around it.
#[derive(Clone, Copy)]
pub(super) struct Dressed<'a> {
    pub number: &'a str,
    /// Whether a minus stood before the currency, which `number` no longer has.
    pub negative: bool,
    pub currency: Option<Currency>,
    pub percent: bool,
    pub dressed_before: bool,
    pub dressed_behind: bool,
}

/// Takes currency signs, per cent signs, brackets and footnote marks off a number. None when no number is left.
pub(super) fn undress(word: &str) -> Option<Dressed<'_>> {
    // The minus may stand before the currency: `-€80.00`.
    if let Some(rest) =
        word.strip_prefix(['-', '\u{2212}']).filter(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        let dressed = undress(rest).filter(|dressed| dressed.dressed_before && !dressed.negative)?;
        return Some(Dressed { negative: true, ..dressed });
    }
    let is_number_sign =
        |c: char| c.is_ascii_digit() || matches!(c, '-' | '\u{2212}' | '\u{2013}' | '+' | '(' | '.' | ',');
    let begin = word.find(is_number_sign)?;
    let (before, rest) = word.split_at(begin);
    let last_digit = rest.rfind(|c: char| c.is_ascii_digit())?;
    let mut end = last_digit + 1;
    if rest[end..].starts_with(['-', '\u{2212}', ')']) && (rest.starts_with('(') || !rest[end..].starts_with(')')) {
        end += rest[end..].chars().next().map_or(0, char::len_utf8);
    } else if let Some(dash) =
        [",-", ",--", ".-", ",\u{2013}", ".\u{2013}"].iter().find(|d| rest[end..].starts_with(**d))
    {
        end += dash.len();
    }
    let (number, behind) = rest.split_at(end);
    let number = number.trim_start_matches(['+']).trim_end_matches(",--");
    // A number inside of letters is a code, unless the letters are a currency.
    let before_currency = currency::of_sign(before);
    if !(before.is_empty() || before_currency.is_some() || before == "*" || before == "=") {
        return None;
    }
    let behind_plain = behind.trim_end_matches(['*', ')', ',', '.', ';', ':', '¹', '²']);
    let percent = behind_plain.starts_with('%');
    let behind_currency = currency::of_sign(behind_plain.split('/').next().unwrap_or_default());
    if !(behind_plain.is_empty() || percent || behind_currency.is_some()) {
        return None;
    }
    Some(Dressed {
        number,
        negative: false,
        currency: before_currency.or(behind_currency),
        percent,
        dressed_before: !before.is_empty(),
        dressed_behind: !behind_plain.is_empty(),
    })
}
