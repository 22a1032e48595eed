//! Values by their kinds, as documents spell them.

use super::Style;
use crate::domain::{
    dates::{self, DateOrder},
    field::{Field, FieldKind},
    iban::Iban,
    money::{DecimalMark, parse_amount},
    normalise::{compact, kept, normalise},
    vat_id::VatId,
};

const MARKS: [DecimalMark; 2] = [DecimalMark::Comma, DecimalMark::Point];
const ORDERS: [DateOrder; 2] = [DateOrder::DayMonth, DateOrder::MonthDay];
const CURRENCIES: [&str; 11] = ["EUR", "USD", "CHF", "GBP", "SEK", "DKK", "NOK", "PLN", "CZK", "EURO", "FR."];
const SIGNS: [char; 3] = ['€', '$', '£'];

/// Letters and digits, in lower case.
pub(super) fn letters_of(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// Whether both are the same words, whatever signs stand between.
pub(super) fn is_same_text(one: &str, other: &str) -> bool {
    letters_of(one).eq(letters_of(other))
}

pub(super) fn is_currency(text: &str) -> bool {
    let plain = text.trim_matches(|sign: char| matches!(sign, '(' | ')' | ':' | ','));
    CURRENCIES.iter().any(|code| plain.eq_ignore_ascii_case(code)) || plain.chars().all(|sign| SIGNS.contains(&sign))
}

/// The signs by which a currency is printed.
pub(super) fn names_currency(text: &str, code: &str) -> bool {
    let sign = match code {
        "EUR" => '€',
        "USD" => '$',
        "GBP" => '£',
        _ => '\0',
    };
    text.contains(sign) || text.split(|sign: char| !sign.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case(code))
}

/// The value that a text spells, in the form we keep; None where it spells none, or where that depends on a style which
/// is not known.
pub(super) fn read(field: Field, text: &str, style: Style) -> Option<String> {
    let value = match field.kind() {
        FieldKind::Amount => {
            let number = without_currency(text)?;
            let amount = one_of(&MARKS, style.mark, |mark| parse_amount(&number, mark))?;
            kept(amount.normalize()).to_string()
        }
        FieldKind::Date => {
            let text = text.trim_matches(|sign: char| matches!(sign, ',' | ';' | '.' | ':' | '(' | ')'));
            dates::to_iso(one_of(&ORDERS, style.order, |order| dates::parse(text, order))?)
        }
        FieldKind::Iban => Iban::parse(bare(text))?.as_str().to_owned(),
        FieldKind::VatId => VatId::parse(bare(text))?.as_str().to_owned(),
        FieldKind::Code | FieldKind::Text => bare(text).to_owned(),
        FieldKind::Currency | FieldKind::Country | FieldKind::LongText | FieldKind::Row => return None,
    };
    normalise(field, &value).ok().filter(|value| !value.is_empty())
}

/// What a text says in the style given, or in every style that it fits, if that is the same.
fn one_of<S: Copy, T: PartialEq>(styles: &[S], known: Option<S>, parse: impl Fn(S) -> Option<T>) -> Option<T> {
    if let Some(style) = known {
        return parse(style);
    }
    let mut found = styles.iter().filter_map(|style| parse(*style));
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

/// The style in which a text spells this value; None: it does not spell it.
pub(super) fn style_of(field: Field, text: &str, value: &str) -> Option<Style> {
    let spells = |style: &Style| match field.kind() {
        FieldKind::Code | FieldKind::VatId => {
            read(field, text, *style).is_some_and(|read| compact(&read) == compact(value))
        }
        FieldKind::Text => is_same_text(text, value),
        _ => read(field, text, *style).as_deref() == Some(value),
    };
    let styles: Vec<Style> = match field.kind() {
        FieldKind::Amount => MARKS.iter().map(|mark| Style { mark: Some(*mark), order: None }).collect(),
        FieldKind::Date => ORDERS.iter().map(|order| Style { mark: None, order: Some(*order) }).collect(),
        _ => vec![Style::default()],
    };
    let fitting: Vec<Style> = styles.into_iter().filter(spells).collect();
    match fitting.as_slice() {
        [] => None,
        [one] => Some(*one),
        // `500` says nothing of how `1.500` would be meant.
        _ => Some(Style::default()),
    }
}

/// The number of an amount; None where other words stand beside it.
fn without_currency(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().filter(|word| !is_currency(word)).collect();
    let number = words.join(" ");
    let number = number.trim_matches(|sign: char| SIGNS.contains(&sign) || matches!(sign, '*' | ':' | ' '));
    let number = number.strip_prefix("EUR").or_else(|| number.strip_suffix("EUR")).unwrap_or(number);
    (!number.is_empty()).then(|| number.to_owned())
}

/// Without the signs that cling to it.
fn bare(text: &str) -> &str {
    text.trim_matches(|sign: char| {
        sign.is_whitespace() || matches!(sign, ':' | ';' | ',' | '.' | '#' | '(' | ')' | '|')
    })
}

/// The kinds of signs of a text: letters `A`, digits `9`, spaces one, other signs themselves; repeated ones once.
pub(super) fn shape(text: &str) -> String {
    let mut shape = String::new();
    for sign in bare(text).chars() {
        let kind = match sign {
            sign if sign.is_alphabetic() => 'A',
            sign if sign.is_numeric() => '9',
            sign if sign.is_whitespace() => ' ',
            sign => sign,
        };
        if !shape.ends_with(kind) {
            shape.push(kind);
        }
    }
    shape
}
