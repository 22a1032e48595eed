//! VAT identification numbers.

use std::fmt;

/// A VAT identification number of the form its country uses, and with right check digits where they are easy to know
/// (Germany, Italy, Belgium, Netherlands' old numbers, Luxembourg, Poland, Portugal, Finland, Denmark).
///
/// The check digits are told, not demanded: sample documents and typing errors are common, and a person decides.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VatId {
    text: String,
    checks: Option<bool>,
}

/// The form behind the country's code: `9` a digit, `A` a letter, `*` either.
#[rustfmt::skip]
const FORMS: &[(&str, &[&str])] = &[
    ("AT", &["U99999999"]),
    ("BE", &["0999999999", "1999999999"]),
    ("BG", &["999999999", "9999999999"]),
    (
        "CHE",
        &["999999999", "999999999MWST", "999999999TVA", "999999999IVA"],
    ),
    ("CY", &["99999999A"]),
    ("CZ", &["99999999", "999999999", "9999999999"]),
    ("DE", &["999999999"]),
    ("DK", &["99999999"]),
    ("EE", &["999999999"]),
    ("EL", &["999999999"]),
    ("ES", &["A99999999", "A9999999A", "99999999A"]),
    ("FI", &["99999999"]),
    ("FR", &["**999999999"]),
    ("GB", &["999999999", "999999999999", "GD999", "HA999"]),
    ("HR", &["99999999999"]),
    ("HU", &["99999999"]),
    ("IE", &["9999999A", "9999999AA", "9*99999A"]),
    ("IT", &["99999999999"]),
    ("LT", &["999999999", "999999999999"]),
    ("LU", &["99999999"]),
    ("LV", &["99999999999"]),
    ("MT", &["99999999"]),
    ("NL", &["999999999B99", "**********99"]),
    ("NO", &["999999999MVA"]),
    ("PL", &["9999999999"]),
    ("PT", &["999999999"]),
    (
        "RO",
        &[
            "99",
            "999",
            "9999",
            "99999",
            "999999",
            "9999999",
            "99999999",
            "999999999",
            "9999999999",
        ],
    ),
    ("SE", &["999999999901"]),
    ("SI", &["99999999"]),
    ("SK", &["9999999999"]),
    ("XI", &["999999999", "999999999999"]),
];

impl VatId {
    /// Reads a VAT id; spaces, points, hyphens and lower case are allowed. None when no country writes them so.
    pub fn parse(text: &str) -> Option<VatId> {
        if text.len() > 40 {
            return None;
        }
        let plain: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '\u{a0}' | '.' | '-' | '/'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if !plain.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let fits = FORMS.iter().any(|(country, forms)| {
            plain.strip_prefix(country).is_some_and(|rest| forms.iter().any(|form| matches_form(rest, form)))
        });
        let checks = check(&plain);
        fits.then_some(VatId { text: plain, checks })
    }

    /// Without spaces and points, upper case, country first.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first two letters: ISO 3166, but EL for Greece and XI for Northern Ireland.
    pub fn country(&self) -> &str {
        self.text.get(..2).unwrap_or_default()
    }

    /// Whether the check digits are right; none where we do not know the country's rule.
    pub fn check_digits(&self) -> Option<bool> {
        self.checks
    }

    /// Whether any country's VAT ids begin with these two letters.
    pub fn is_country(code: &str) -> bool {
        FORMS.iter().any(|(country, _)| country.get(..2) == Some(code))
    }
}

impl fmt::Display for VatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn matches_form(rest: &str, form: &str) -> bool {
    rest.len() == form.len()
        && rest.bytes().zip(form.bytes()).all(|(b, f)| match f {
            b'9' => b.is_ascii_digit(),
            b'A' => b.is_ascii_uppercase(),
            b'*' => true,
            // The fixed digits of Belgium and Sweden, the fixed letters elsewhere.
            other => b == other,
        })
}

fn check(plain: &str) -> Option<bool> {
    let rest = plain.get(2..)?;
    let digits: Vec<u32> = rest.chars().map_while(|c| c.to_digit(10)).collect();
    let number = |range: std::ops::Range<usize>| -> Option<u64> { rest.get(range)?.parse().ok() };
    match (plain.get(..2)?, digits.len()) {
        ("DE", 9) => Some(iso_7064_mod_11_10(&digits)),
        ("IT", 11) => Some(luhn(&digits)),
        ("BE", 10) => Some(97 - number(0..8)? % 97 == number(8..10)?),
        ("LU", 8) => Some(number(0..6)? % 89 == number(6..8)?),
        ("NL", 9) => Some(weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == *digits.last()?),
        ("PL", 10) => Some(weighted(&digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == *digits.last()?),
        ("DK", 8) => Some(weighted(&digits, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)),
        ("PT", 9) => Some(eleven_minus(&digits, &[9, 8, 7, 6, 5, 4, 3, 2])),
        ("FI", 8) => Some(eleven_minus(&digits, &[7, 9, 10, 5, 8, 4, 2])),
        _ => None,
    }
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum()
}

/// The last digit is eleven less the weighted sum's remainder; ten and eleven are written 0.
fn eleven_minus(digits: &[u32], weights: &[u32]) -> bool {
    let expected = (11 - weighted(digits, weights) % 11) % 11;
    digits.last() == Some(&(expected % 10))
}

fn iso_7064_mod_11_10(digits: &[u32]) -> bool {
    let Some((last, body)) = digits.split_last() else {
        return false;
    };
    let product = body.iter().fold(10, |product, d| {
        let sum = (d + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == *last
}

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(i, &d)| if i % 2 == 1 { d * 2 / 10 + d * 2 % 10 } else { d }).sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_forms_of_many_countries() {
        for text in [
            "DE136695976",
            "DE 136 695 976",
            "ATU12345678",
            "BE 0123.456.789",
            "FR 12 345678901",
            "NL123456789B01",
            "ESB12345678",
            "IT12345678901",
            "GB 123 4567 89",
            "CHE-123.456.789 MWST",
            "PL1234567890",
            "IE1234567AB",
        ] {
            assert!(VatId::parse(text).is_some(), "{text}");
        }
        assert_eq!(VatId::parse("de 136-695.976").map(|v| v.to_string()).as_deref(), Some("DE136695976"));
    }

    #[test]
    fn refuses_other_forms() {
        for text in ["", "DE", "DE12345678", "DE1234567890", "XX123456789", "FR1234", "USt123", "IBAN"] {
            assert_eq!(VatId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn knows_check_digits() {
        for (text, want) in [
            ("DE136695976", Some(true)),
            ("DE136695975", Some(false)),
            ("IT00743110157", Some(true)),
            ("IT00743110158", Some(false)),
            ("BE0776091951", Some(true)),
            ("BE0776091952", Some(false)),
            ("PL8567346215", Some(true)),
            ("PT501964843", Some(true)),
            ("FI20774740", Some(true)),
            ("DK13585628", Some(true)),
            ("LU15027442", Some(true)),
            ("FR40303265045", None),
        ] {
            assert_eq!(VatId::parse(text).and_then(|v| v.check_digits()), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn is_stable(digits in "[0-9]{9}") {
            let id = VatId::parse(&format!("DE{digits}")).unwrap();
            prop_assert_eq!(VatId::parse(id.as_str()), Some(id.clone()));
        }

        #[test]
        fn never_panics(text in "\\PC{0,45}") {
            let _ = VatId::parse(&text);
        }
    }
}
