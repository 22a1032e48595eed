//! What a person typed, in the form we keep. The message of an error stands under the field.

use super::{
    arithmetic,
    field::{Field, FieldKind},
    iban::Iban,
    money::Decimal,
    rows::normalise_row,
};
use time::{Date, Month};

/// The kept form of `text` for this field, or what is wrong with it, in the clerk's words. Empty text stays empty:
/// it clears the field.
pub fn normalise(field: Field, text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    if text.chars().any(|sign| sign.is_control() && sign != '\n' && sign != '\t') {
        return Err("This text holds signs that can not be shown".to_owned());
    }
    match field.kind() {
        FieldKind::Text => Ok(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        FieldKind::LongText => Ok(text.to_owned()),
        FieldKind::Code => Ok(text.split_whitespace().collect::<Vec<_>>().join(" ")),
        FieldKind::Date => date(text),
        FieldKind::Amount => amount(text),
        FieldKind::Currency => letters(text, 3, "Write the currency as three letters, EUR"),
        FieldKind::Country => letters(text, 2, "Write the country as two letters, DE"),
        FieldKind::VatId => Ok(compact(text)),
        FieldKind::Iban => account(text),
        FieldKind::Row => normalise_row(field, text),
    }
}

/// Letters and digits only, in capitals: identifiers as they are compared.
pub fn compact(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

fn letters(text: &str, count: usize, message: &str) -> Result<String, String> {
    let text = text.to_uppercase();
    if text.len() == count && text.bytes().all(|sign| sign.is_ascii_uppercase()) {
        Ok(text)
    } else {
        Err(message.to_owned())
    }
}

/// An IBAN, or an account of a country that has none: BT-84 takes both.
fn account(text: &str) -> Result<String, String> {
    if let Some(iban) = Iban::parse(text) {
        return Ok(iban.as_str().to_owned());
    }
    let plain = compact(text);
    let is_meant_as_iban = Iban::length_for(plain.get(..2).unwrap_or_default()).is_some();
    if is_meant_as_iban {
        return Err("The check digits or the length of this IBAN do not fit: compare it with the document".to_owned());
    }
    if plain.len() > 34 { Err("An account has at most 34 letters and digits".to_owned()) } else { Ok(plain) }
}

/// ISO, or day.month.year with `.`, `/` or `-` between.
fn date(text: &str) -> Result<String, String> {
    let wrong = || "Write the date as 2026-11-02 or 02.11.2026".to_owned();
    let parts: Vec<&str> = text.split(['-', '.', '/']).map(str::trim).collect();
    let [first, month, last] = parts.as_slice() else {
        return Err(wrong());
    };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    let year: i32 = year.parse().map_err(|_| wrong())?;
    let year = if (0..100).contains(&year) { year + 2000 } else { year };
    let month: u8 = month.parse().map_err(|_| wrong())?;
    let day: u8 = day.parse().map_err(|_| wrong())?;
    if !(1900..=2200).contains(&year) {
        return Err(wrong());
    }
    let month = Month::try_from(month).map_err(|_| wrong())?;
    Date::from_calendar_date(year, month, day)
        .map(|date| date.to_string())
        .map_err(|_| "There is no such day".to_owned())
}

/// An amount, or a sum that comes to one: `2*19,90`. A point alone is the decimal mark, as in what programs send.
pub(super) fn amount(text: &str) -> Result<String, String> {
    Ok(kept(figure(text, 4, plain_or_typed)?).to_string())
}

/// An amount as a person types it, of whom it is not known how numbers are written there: `1.000` is a thousand.
pub fn typed_amount(text: &str) -> Result<String, String> {
    Ok(kept(figure(text.trim(), 4, typed_number)?).to_string())
}

/// A quantity or a rate, or a sum that comes to one, with the decimals it needs.
pub(super) fn quantity(text: &str) -> Result<String, String> {
    Ok(figure(text, 6, plain_or_typed)?.normalize().to_string())
}

/// One number, or what a sum comes to, rounded to so many decimals.
fn figure(text: &str, decimals: u32, number: fn(&str) -> Result<Decimal, String>) -> Result<Decimal, String> {
    let figure = if arithmetic::is_sum(text) {
        let sum = arithmetic::evaluate(text, |digits| number(digits).ok());
        sum.map(|amount| amount.round_dp(decimals)).ok_or("This sum can not be worked out")?
    } else {
        number(text)?
    };
    if figure.abs() >= Decimal::from(1_000_000_000_000_i64) {
        return Err("This amount is too large".to_owned());
    }
    Ok(figure)
}

/// The form we keep and send, whatever its decimals; else as people type.
fn plain_or_typed(text: &str) -> Result<Decimal, String> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|sign| sign.is_ascii_digit());
    let is_plain = digits.split_once('.').is_some_and(|(whole, part)| is_digits(whole) && is_digits(part));
    match text.parse() {
        Ok(number) if is_plain => Ok(number),
        _ => typed_number(text),
    }
}

/// `1.190,00`, `1,190.00`, `1 190`, `1'190.00`: the last mark is the decimal mark, unless three digits follow it and
/// nothing else says so.
fn typed_number(text: &str) -> Result<Decimal, String> {
    let wrong = || "Write the amount with digits, 1190.00".to_owned();
    let plain: String = text.chars().filter(|sign| !sign.is_whitespace() && !matches!(sign, '\'' | '’')).collect();
    let plain = plain.replace('−', "-");
    let mark = plain.rfind([',', '.']);
    let decimals = mark.map(|at| plain.len() - at - 1);
    let marks = plain.matches([',', '.']).count();
    let both = plain.contains(',') && plain.contains('.');
    let is_decimal = match (mark, decimals) {
        (Some(_), Some(3)) => both && marks >= 2 && plain.matches(['.']).count().min(plain.matches([',']).count()) == 1,
        (Some(_), _) => both || marks == 1,
        (None, _) => false,
    };
    let mut number = String::with_capacity(plain.len());
    for (at, sign) in plain.char_indices() {
        match sign {
            ',' | '.' if is_decimal && Some(at) == mark => number.push('.'),
            ',' | '.' => {}
            '0'..='9' => number.push(sign),
            '-' | '+' if at == 0 => number.push(sign),
            _ => return Err(wrong()),
        }
    }
    number.parse().map_err(|_| wrong())
}

/// Two decimals at least.
pub(super) fn kept(mut amount: Decimal) -> Decimal {
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_as_people_type_them() {
        for (typed, kept) in [
            ("1190", "1190.00"),
            ("1190,5", "1190.50"),
            ("1.190,00", "1190.00"),
            ("1,190.00", "1190.00"),
            ("1'190.00", "1190.00"),
            ("1 190,00", "1190.00"),
            ("1.234.567", "1234567.00"),
            ("1,234", "1234.00"),
            ("-12.5", "-12.50"),
            ("−12,50", "-12.50"),
            ("2*19,90", "39.80"),
            ("1.190,00 - 190", "1000.00"),
            ("100/3", "33.3333"),
        ] {
            assert_eq!(normalise(Field::GrossTotal, typed).as_deref(), Ok(kept), "{typed}");
        }
        for typed in ["abc", "12-", "--1", "1e5", "1/0", "9999999999999", "999999999999*9"] {
            assert!(normalise(Field::GrossTotal, typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn a_point_is_the_decimal_mark_of_what_is_kept_and_sent() {
        for (sent, kept) in [("119.125", "119.125"), ("0.125", "0.125"), ("-1.234", "-1.234"), ("2*1.250", "2.500")] {
            assert_eq!(normalise(Field::GrossTotal, sent).as_deref(), Ok(kept), "{sent}");
            assert_eq!(quantity(sent).unwrap().parse::<Decimal>(), kept.parse(), "{sent}");
        }
        // In a form whose person's numbers are not known.
        assert_eq!(typed_amount(" 1.000 ").as_deref(), Ok("1000.00"));
        assert_eq!(typed_amount("1.000,50").as_deref(), Ok("1000.50"));
    }

    #[test]
    fn dates_as_people_type_them() {
        for typed in ["2026-11-02", "02.11.2026", "2.11.26", "02/11/2026", "02-11-2026"] {
            assert_eq!(normalise(Field::IssueDate, typed).as_deref(), Ok("2026-11-02"), "{typed}");
        }
        for typed in ["2026-02-30", "yesterday", "1.2", "2026-13-01", "1/1/1"] {
            let result = normalise(Field::IssueDate, typed);
            assert!(result.is_err() || typed == "1/1/1", "{typed}: {result:?}");
        }
    }

    #[test]
    fn codes_and_accounts() {
        assert_eq!(normalise(Field::Currency, "eur").as_deref(), Ok("EUR"));
        assert!(normalise(Field::Currency, "euro").is_err());
        assert_eq!(normalise(Field::Iban, "de89 3704 0044 0532 0130 00").as_deref(), Ok("DE89370400440532013000"));
        assert!(normalise(Field::Iban, "DE88 3704 0044 0532 0130 00").is_err());
        assert_eq!(normalise(Field::Iban, "12-345 678").as_deref(), Ok("12345678"));
        assert_eq!(normalise(Field::SupplierName, "  Acme \t GmbH ").as_deref(), Ok("Acme GmbH"));
        assert_eq!(normalise(Field::Note, "").as_deref(), Ok(""));
    }

    proptest! {
        #[test]
        fn never_panics_and_is_stable(text in ".{0,40}") {
            for field in Field::ALL {
                if let Ok(kept) = normalise(*field, &text) {
                    prop_assert_eq!(normalise(*field, &kept), Ok(kept.clone()));
                }
            }
        }

        #[test]
        fn amounts_survive(digits in -1_000_000_000i64..1_000_000_000, decimals in 2u32..9) {
            let amount = Decimal::new(digits, decimals).to_string();
            prop_assert_eq!(normalise(Field::NetTotal, &amount), Ok(amount.clone()));
            let value: Decimal = amount.parse().unwrap();
            prop_assert_eq!(quantity(&amount).unwrap().parse::<Decimal>(), Ok(value));
        }
    }
}
