//! Exact amounts. Never floating point.

pub use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The sign between whole and fraction in a document's numbers. The other one groups thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    /// `1,234.56`
    Point,
    /// `1.234,56`
    Comma,
}

/// No amount on an invoice has more digits than this; longer runs are identifiers.
const MAX_DIGITS: usize = 18;

/// Reads an amount as a document writes it: `1.234,56`, `1 234,56`, `1'234.56`, `(12.00)`, `12,00-`, `−3.50`.
///
/// Takes the number alone, without currency signs. Gives none for anything that is not wholly a number: letters,
/// groups that are not of three digits, two decimal marks. A lone group such as `1.234` is read by `mark`.
pub fn parse_amount(text: &str, mark: DecimalMark) -> Option<Decimal> {
    let (negative, body) = strip_sign(text.trim())?;
    let decimal = match mark {
        DecimalMark::Point => '.',
        DecimalMark::Comma => ',',
    };
    let (whole, fraction) = split_fraction(body, decimal)?;
    let mut digits = plain_whole(whole, decimal)?;
    if digits.len() + fraction.len() > MAX_DIGITS || digits.len() + fraction.len() == 0 {
        return None;
    }
    if digits.is_empty() {
        digits.push('0');
    }
    if !fraction.is_empty() {
        digits.push('.');
        digits.push_str(fraction);
    }
    let value: Decimal = digits.parse().ok()?;
    Some(if negative { -value } else { value })
}

/// Takes a minus before or behind, or accounting brackets, off the number.
fn strip_sign(text: &str) -> Option<(bool, &str)> {
    let is_minus = |c: char| matches!(c, '-' | '\u{2212}' | '\u{2013}');
    if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        return Some((true, inner.trim()));
    }
    if let Some(rest) = text.strip_prefix(is_minus) {
        return Some((true, rest.trim_start()));
    }
    if let Some(rest) = text.strip_suffix(is_minus) {
        // `12,-` is twelve and no cents, not minus twelve.
        if let Some(whole) = rest.strip_suffix([',', '.']) {
            return Some((false, whole));
        }
        return Some((true, rest.trim_end()));
    }
    Some((false, text.strip_prefix('+').unwrap_or(text)))
}

/// Cuts at the decimal mark. A mark that stands twice, or with no digit behind it, makes it no number.
fn split_fraction(body: &str, decimal: char) -> Option<(&str, &str)> {
    match body.split_once(decimal) {
        None => Some((body, "")),
        Some((whole, fraction)) => {
            let is_fraction = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
            is_fraction.then_some((whole, fraction))
        }
    }
}

/// The digits of the whole part, its thousands marks removed; the groups behind the first have three digits each.
fn plain_whole(whole: &str, decimal: char) -> Option<String> {
    let is_group_mark =
        |c: char| c != decimal && matches!(c, '.' | ',' | '\'' | '\u{2019}' | ' ' | '\u{a0}' | '\u{202f}');
    let mut digits = String::with_capacity(whole.len());
    let mut groups = whole.split(is_group_mark);
    let first = groups.next().unwrap_or_default();
    digits.push_str(first);
    let mut grouped = false;
    for group in groups {
        grouped = true;
        if group.len() != 3 {
            return None;
        }
        digits.push_str(group);
    }
    if grouped && (first.is_empty() || first.len() > 3) {
        return None;
    }
    digits.bytes().all(|b| b.is_ascii_digit()).then_some(digits)
}

/// An amount in sentences: `5,000.00`.
pub fn grouped(amount: Decimal) -> String {
    let text = format!("{:.2}", amount.abs());
    let whole = text.len() - 3;
    let mut out = String::from(if amount.is_sign_negative() { "-" } else { "" });
    for (at, sign) in text.char_indices() {
        if at > 0 && at < whole && (whole - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(sign);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_in_sentences() {
        for (amount, said) in
            [("5", "5.00"), ("500", "500.00"), ("5000", "5,000.00"), ("-1234567.891", "-1,234,567.89")]
        {
            assert_eq!(grouped(amount.parse().unwrap()), said);
        }
    }

    fn amount(text: &str, mark: DecimalMark) -> Option<String> {
        parse_amount(text, mark).map(|d| d.to_string())
    }

    #[test]
    fn reads_what_documents_write() {
        use DecimalMark::{Comma, Point};
        for (text, mark, want) in [
            ("1.234,56", Comma, "1234.56"),
            ("1 234,56", Comma, "1234.56"),
            ("1\u{a0}234\u{202f}567,8", Comma, "1234567.8"),
            ("1,234.56", Point, "1234.56"),
            ("1'234.56", Point, "1234.56"),
            ("(12.00)", Point, "-12.00"),
            ("12,00-", Comma, "-12.00"),
            ("-12,00", Comma, "-12.00"),
            ("\u{2212}3.50", Point, "-3.50"),
            ("12,-", Comma, "12"),
            (",50", Comma, "0.50"),
            ("1.234", Comma, "1234"),
            ("1.234", Point, "1.234"),
        ] {
            assert_eq!(amount(text, mark).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_amount() {
        use DecimalMark::{Comma, Point};
        for (text, mark) in [
            ("", Point),
            ("-", Point),
            (".", Point),
            ("12.", Point),
            ("1.2.3", Point),
            ("20.09.2018", Comma),
            ("12,34,56", Point),
            ("1234.567,00", Comma),
            ("12a", Point),
            ("123456789012345678901", Point),
        ] {
            assert_eq!(amount(text, mark), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_back_what_it_is_given(cents in -99_999_999_999i64..99_999_999_999) {
            let value = Decimal::new(cents, 2);
            let point = value.to_string();
            let comma = point.replace('.', ",");
            prop_assert_eq!(parse_amount(&point, DecimalMark::Point), Some(value));
            prop_assert_eq!(parse_amount(&comma, DecimalMark::Comma), Some(value));
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}") {
            let _ = parse_amount(&text, DecimalMark::Point);
            let _ = parse_amount(&text, DecimalMark::Comma);
        }
    }
}
