//! Amounts and dates wherever they stand, by the document's own way of writing them.

use super::currency::{self, Currency};
use super::locale::Locale;
use super::sheet::Sheet;
use crate::domain::dates::{self, Date};
use crate::domain::money::{self, Decimal};
use std::ops::Range;

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
/// A gap between groups of digits, as a share of the font size, that still is a space inside of a number.
const GROUP_GAP: f32 = 0.42;

impl Values {
    pub fn find(sheet: &Sheet, locale: &Locale) -> Values {
        let count = sheet.words.len();
        let mut values = Values {
            amounts: Vec::new(),
            dates: Vec::new(),
            amount_at: vec![NONE; count],
            date_at: vec![NONE; count],
        };
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
        let begin = self
            .amounts
            .partition_point(|amount| amount.words.start < words.start);
        let end = self
            .amounts
            .partition_point(|amount| amount.words.start < words.end);
        self.amounts.get(begin..end).unwrap_or_default()
    }

    fn take_date(
        &mut self,
        sheet: &Sheet,
        locale: &Locale,
        at: usize,
        end: usize,
    ) -> Option<usize> {
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
            let plain = text
                .trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | ',' | ';' | ':' | '.'));
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
        self.dates.push(DateAt {
            words: at..end,
            date,
        });
        Some(end)
    }

    fn take_amount(
        &mut self,
        sheet: &Sheet,
        locale: &Locale,
        at: usize,
        end: usize,
    ) -> Option<usize> {
        let first = &sheet.words[at];
        let dressed = undress(&first.text)?;
        let mut value = money::parse_amount(dressed.number, locale.mark);
        let mut number = dressed.number.to_owned();
        let mut percent = dressed.percent;
        let mut currency = dressed.currency;
        let mut last = at;
        // `1 234,56`: groups of three behind a narrow gap. Only with decimals at the end, for "2 100,00" in two
        // columns is a quantity and a price.
        let mut joined = dressed.number.to_owned();
        let lead = dressed.number.trim_start_matches(['-', '\u{2212}']);
        if !dressed.dressed_behind
            && (1..=3).contains(&lead.len())
            && lead.bytes().all(|b| b.is_ascii_digit())
        {
            for next in at + 1..end.min(at + 4) {
                let (before, word) = (&sheet.words[next - 1], &sheet.words[next]);
                let Some(more) = undress(&word.text) else {
                    break;
                };
                let is_group = more.number.bytes().take_while(u8::is_ascii_digit).count() == 3
                    && !more.dressed_before;
                if !is_group || word.x0 - before.x1 > GROUP_GAP * word.size {
                    break;
                }
                joined.push(' ');
                joined.push_str(more.number);
                if more.number.len() > 3 {
                    if let Some(whole) = money::parse_amount(&joined, locale.mark) {
                        (value, number, last) = (Some(whole), joined.clone(), next);
                        (percent, currency) = (more.percent, currency.or(more.currency));
                    }
                    break;
                }
            }
        }
        // A rate is often written with a point where all sums have commas: `20.0`.
        let value = value.or_else(|| {
            money::parse_amount(number.as_str(), locale.other_mark())
                .filter(|_| is_short_decimal(&number))
        })?;
        let negative = at
            .checked_sub(1)
            .filter(|_| at > sheet.cells[first.cell].words.start)
            .is_some_and(|before| {
                matches!(
                    sheet.words[before].text.as_str(),
                    "-" | "\u{2212}" | "\u{2013}"
                ) && (before == sheet.cells[first.cell].words.start
                    || currency::of_sign(&sheet.words[before - 1].text).is_some())
            });
        let behind = sheet.words.get(last + 1).filter(|word| {
            word.row == first.row && word.x0 - sheet.words[last].x1 < 1.2 * word.size
        });
        if let Some(word) = behind {
            percent |= word.text == "%" || word.text.starts_with("%)");
            if currency.is_none() && !percent {
                currency = currency::of_sign(&word.text);
            }
        }
        if currency.is_none() && !percent {
            let before = at
                .checked_sub(if negative { 2 } else { 1 })
                .map(|index| &sheet.words[index]);
            currency = before
                .filter(|word| word.row == first.row)
                .and_then(|word| currency::of_sign(&word.text));
        }
        let decimals = number
            .rsplit_once(locale.decimal())
            .map_or(0, |(_, f)| f.bytes().filter(u8::is_ascii_digit).count());
        self.amount_at[at] = self.amounts.len() as u32;
        let value = if negative || dressed.negative {
            -value
        } else {
            value
        };
        self.amounts.push(Amount {
            words: at..last + 1,
            value,
            decimals,
            currency,
            percent,
        });
        Some(last + 1)
    }
}

/// Two digits at most on both sides of the mark.
fn is_short_decimal(number: &str) -> bool {
    let mut parts = number.trim_start_matches('-').split(['.', ',']);
    let is_short = |part: Option<&str>| part.is_some_and(|part| (1..=2).contains(&part.len()));
    is_short(parts.next()) && is_short(parts.next()) && parts.next().is_none()
}

fn may_begin_date(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '/' | '-' | ',' | '\'')
}

/// The date at the beginning of a word that goes on with a time or a remark.
fn leading_date(word: &str, locale: &Locale) -> Option<Date> {
    let end = word.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '/' | '-'))?;
    let (date, rest) = word.split_at(end);
    let date = date.trim_end_matches(['.', '-', '/']);
    (date.len() >= 8 && rest.starts_with(['T', ',', ';', ')', '*']))
        .then(|| dates::parse(date, locale.order))
        .flatten()
}

/// A word's number without what is written around it.
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
    if let Some(rest) = word
        .strip_prefix(['-', '\u{2212}'])
        .filter(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        let dressed =
            undress(rest).filter(|dressed| dressed.dressed_before && !dressed.negative)?;
        return Some(Dressed {
            negative: true,
            ..dressed
        });
    }
    let is_number_sign = |c: char| {
        c.is_ascii_digit() || matches!(c, '-' | '\u{2212}' | '\u{2013}' | '+' | '(' | '.' | ',')
    };
    let begin = word.find(is_number_sign)?;
    let (before, rest) = word.split_at(begin);
    let last_digit = rest.rfind(|c: char| c.is_ascii_digit())?;
    let mut end = last_digit + 1;
    if rest[end..].starts_with(['-', '\u{2212}', ')'])
        && (rest.starts_with('(') || !rest[end..].starts_with(')'))
    {
        end += rest[end..].chars().next().map_or(0, char::len_utf8);
    } else if let Some(dash) = [",-", ",--", ".-", ",\u{2013}", ".\u{2013}"]
        .iter()
        .find(|d| rest[end..].starts_with(**d))
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
