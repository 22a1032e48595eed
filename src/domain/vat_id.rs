//! VAT identification numbers.

mod check_digits;

use std::fmt;

/// A VAT identification number of the form its country uses, and whether its check digits are right.
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
        let fitting = FORMS.iter().find_map(|(country, forms)| {
            let rest = plain.strip_prefix(country)?;
            forms.iter().any(|form| matches_form(rest, form)).then_some((country.get(..2)?, rest))
        });
        let (country, rest) = fitting?;
        let checks = check_digits::check(country, rest);
        Some(VatId { text: plain, checks })
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

    /// Ids that the countries' descriptions of their rules use as examples, with right check digits.
    const RIGHT: [&str; 39] = [
        "ATU13585627",
        "BE0776091951",
        "BE0428759497",
        "BG175074752",
        "CHE107787577IVA",
        "CY10259033P",
        "CZ25123891",
        "CZ7103192745",
        "CZ640903926",
        "DE136695976",
        "DK13585628",
        "EE100931558",
        "EL094259216",
        "ES54362315K",
        "ESX5253868R",
        "ESM1234567L",
        "ESJ99216582",
        "ESB58378431",
        "FI20774740",
        "FR40303265045",
        "FRK7399859412",
        "GB980780684",
        "HR33392005961",
        "HU12892312",
        "IE6433435F",
        "IE6433435OA",
        "IE8D79739I",
        "IT00743110157",
        "LT119511515",
        "LT100001919017",
        "LU15027442",
        "LV40003521600",
        "MT11679112",
        "NL004495445B01",
        "NL002455799B11",
        "PL8567346215",
        "PT501964843",
        "RO18547290",
        "SK2022749619",
    ];

    #[test]
    fn knows_check_digits() {
        for text in RIGHT.iter().chain(&["SE123456789701", "SI50223054", "NO995525828MVA", "GBGD499", "GBHA500"]) {
            assert_eq!(VatId::parse(text).and_then(|id| id.check_digits()), Some(true), "{text}");
        }
        for text in [
            "ATU13585626",
            "BE0776091952",
            "CY10259033Z",
            "DE123456789",
            "ES54362315Z",
            "ESX5253868A",
            "FR41303265045",
            "FRIO303265045",
            "GB802311781",
            "GBGD500",
            "IE6433435E",
            "IT00743110158",
            "LV40003521601",
            "NL123456789B90",
            "SI50223055",
        ] {
            assert_eq!(VatId::parse(text).and_then(|id| id.check_digits()), Some(false), "{text}");
        }
        // A person's.
        assert_eq!(VatId::parse("LV16117519997").and_then(|id| id.check_digits()), None);
    }

    proptest! {
        #[test]
        fn is_stable(digits in "[0-9]{9}") {
            let id = VatId::parse(&format!("DE{digits}")).unwrap();
            prop_assert_eq!(VatId::parse(id.as_str()), Some(id.clone()));
        }

        /// Where a rule gives away every single misread digit, it does so here.
        #[test]
        fn a_misread_digit_is_found(at in 0..RIGHT.len(), place in 2..14usize, by in 1..10u8) {
            let text = RIGHT[at];
            let digit = text.as_bytes().get(place).copied().filter(u8::is_ascii_digit);
            let finds_all = ["AT", "DE", "DK", "EE", "FI", "HR", "HU", "IT", "LU", "MT", "PL", "SK"];
            if let Some(digit) = digit.filter(|_| finds_all.contains(&&text[..2])) {
                let mut misread = text.to_owned().into_bytes();
                misread[place] = b'0' + (digit - b'0' + by) % 10;
                let misread = String::from_utf8(misread).unwrap();
                prop_assert_eq!(VatId::parse(&misread).and_then(|id| id.check_digits()), Some(false), "{}", misread);
            }
        }

        /// Whatever letters and digits stand where its country has them.
        #[test]
        fn every_form_is_judged_without_a_panic(at in 0..FORMS.len(), signs in "[0-9A-Z]{20}") {
            let (country, forms) = FORMS[at];
            for form in forms {
                let filled = form.bytes().zip(signs.bytes()).map(|(form, sign)| match form {
                    b'9' => char::from(b'0' + sign % 10),
                    b'A' => char::from(b'A' + sign % 26),
                    b'*' => char::from(sign),
                    other => char::from(other),
                });
                let id: String = country.chars().chain(filled).collect();
                prop_assert!(VatId::parse(&id).is_some(), "{}", id);
            }
        }

        #[test]
        fn never_panics(text in "\\PC{0,45}") {
            let _ = VatId::parse(&text);
        }
    }
}
