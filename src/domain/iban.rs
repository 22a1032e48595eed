//! International bank account numbers, ISO 13616.

use std::fmt;

/// An IBAN whose length fits its country and whose check digits are right.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Iban(String);

/// Country and length, from the SWIFT IBAN registry.
#[rustfmt::skip]
const LENGTHS: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

impl Iban {
    /// Reads an IBAN, spaces and lower case allowed. None when country, length or check digits are wrong.
    pub fn parse(text: &str) -> Option<Iban> {
        let plain = compact(text)?;
        let country = plain.get(..2)?;
        let length = LENGTHS.iter().find(|(code, _)| *code == country)?.1;
        let digits_follow = plain.as_bytes().get(2..4)?.iter().all(u8::is_ascii_digit);
        (plain.len() == length && digits_follow && remainder(&plain) == 1).then_some(Iban(plain))
    }

    /// The length an IBAN of this country has; none for a country without IBANs.
    pub fn length_for(country: &str) -> Option<usize> {
        LENGTHS.iter().find(|(code, _)| *code == country).map(|(_, length)| *length)
    }

    /// Without spaces, upper case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// ISO 3166 code of the bank's country.
    pub fn country(&self) -> &str {
        self.0.get(..2).unwrap_or_default()
    }
}

impl fmt::Display for Iban {
    /// In groups of four, as people read it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, c) in self.0.chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                f.write_str(" ")?;
            }
            write!(f, "{c}")?;
        }
        Ok(())
    }
}

/// Without spaces, in upper case; none when anything else than ASCII letters and digits is left.
fn compact(text: &str) -> Option<String> {
    if text.len() > 80 {
        return None;
    }
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    plain.bytes().all(|b| b.is_ascii_alphanumeric()).then_some(plain)
}

/// ISO 7064 mod 97-10 over the number with its first four characters moved to the end.
fn remainder(plain: &str) -> u32 {
    let bytes = plain.as_bytes();
    let split = bytes.len().min(4);
    bytes[split..].iter().chain(&bytes[..split]).fold(0, |rest, &b| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        b'A'..=b'Z' => (rest * 100 + u32::from(b - b'A') + 10) % 97,
        _ => rest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The account with the check digits that ISO 13616 gives it.
    fn with_check_digits(country: &str, account: &str) -> String {
        let check = 98 - remainder(&format!("{country}00{account}"));
        format!("{country}{check:02}{account}")
    }

    #[test]
    fn reads_and_writes() {
        let iban = Iban::parse("gb82 west 1234 5698 7654 32").unwrap();
        assert_eq!(iban.as_str(), "GB82WEST12345698765432");
        assert_eq!(iban.to_string(), "GB82 WEST 1234 5698 7654 32");
        assert_eq!(iban.country(), "GB");
        assert!(Iban::parse("NL91ABNA0417164300").is_some());
    }

    #[test]
    fn refuses_wrong_ones() {
        for text in ["", "DE", "GB82WEST12345698765433", "GB82WEST1234569876543", "XX82WEST12345698765432", "GB82-WEST"]
        {
            assert_eq!(Iban::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_found(account in "[0-9]{18}", place in 4usize..22, other in 1u8..10) {
            let good = with_check_digits("DE", &account);
            prop_assert!(Iban::parse(&good).is_some());
            let mut bytes = good.into_bytes();
            bytes[place] = b'0' + (bytes[place] - b'0' + other) % 10;
            prop_assert!(Iban::parse(std::str::from_utf8(&bytes).unwrap()).is_none());
        }

        #[test]
        fn never_panics(text in "\\PC{0,90}") {
            let _ = Iban::parse(&text);
        }
    }
}
