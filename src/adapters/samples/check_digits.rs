//! Makes identifiers whose check digits are right: VAT ids by each country's rule, IBANs by ISO 13616.

use super::random::Random;

fn value(digit: u8) -> u32 {
    u32::from(digit.wrapping_sub(b'0'))
}

/// Sum of the digits, each multiplied by its weight.
fn weighted(digits: &str, weights: &[u32]) -> u32 {
    digits.bytes().zip(weights).map(|(digit, weight)| value(digit) * weight).sum()
}

/// Sum of the digits where every second one, `from` the left, is doubled and its own digits are added.
fn luhn_sum(digits: &str, doubled_from: usize) -> u32 {
    digits
        .bytes()
        .enumerate()
        .map(|(place, digit)| match (place + doubled_from) % 2 {
            0 => value(digit) * 2 / 10 + value(digit) * 2 % 10,
            _ => value(digit),
        })
        .sum()
}

fn to_ten(sum: u32) -> u32 {
    (10 - sum % 10) % 10
}

/// The remainder of a number of any length, written in decimal digits.
fn remainder(digits: &str, divisor: u32) -> u32 {
    digits.bytes().fold(0, |rest, digit| (rest * 10 + value(digit)) % divisor)
}

/// A VAT id of `country` with its prefix. Countries without a rule here get plain digits.
pub(super) fn vat_id(country: &str, random: &mut Random) -> String {
    let body = match country {
        "AT" => {
            let digits = random.digits(7);
            format!("U{digits}{}", to_ten(luhn_sum(&digits, 1) + 4))
        }
        "BE" => {
            let digits = format!("0{}", random.digits(7));
            format!("{digits}{:02}", 97 - remainder(&digits, 97))
        }
        "DE" => {
            let digits = random.digits(8);
            format!("{digits}{}", german_check(&digits))
        }
        "ES" => {
            let digits = random.digits(7);
            format!("B{digits}{}", to_ten(luhn_sum(&digits, 0)))
        }
        "FR" => {
            let digits = random.digits(8);
            let siren = format!("{digits}{}", to_ten(luhn_sum(&digits, 1)));
            format!("{:02}{siren}", (12 + 3 * remainder(&siren, 97)) % 97)
        }
        "IE" => {
            let digits = random.digits(7);
            format!("{digits}{}", irish_check(&digits))
        }
        "IT" => {
            let digits = format!("{}016", random.digits(7));
            format!("{digits}{}", to_ten(luhn_sum(&digits, 1)))
        }
        "NL" => dutch(random),
        _ => random.digits(9),
    };
    format!("{country}{body}")
}

/// ISO 7064, MOD 11,10.
fn german_check(digits: &str) -> u32 {
    let product = digits.bytes().fold(10, |product, digit| {
        let sum = (value(digit) + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
}

fn irish_check(digits: &str) -> char {
    match weighted(digits, &[8, 7, 6, 5, 4, 3, 2]) % 23 {
        0 => 'W',
        rest => char::from(b'A' + (rest as u8 - 1)),
    }
}

const DUTCH_WEIGHTS: [u32; 8] = [9, 8, 7, 6, 5, 4, 3, 2];

/// The eleven test; one number in eleven has no check digit and is passed over.
fn dutch(random: &mut Random) -> String {
    loop {
        let digits = random.digits(8);
        let check = weighted(&digits, &DUTCH_WEIGHTS) % 11;
        if check < 10 {
            return format!("{digits}{check}B01");
        }
    }
}

/// An IBAN of the country's length with right check digits. The bank codes inside are made up.
pub(super) fn iban(country: &str, bank: &str, random: &mut Random) -> String {
    let account = match country {
        "AT" => random.digits(16),
        "BE" => {
            let digits = random.digits(10);
            let rest = remainder(&digits, 97);
            format!("{digits}{:02}", if rest == 0 { 97 } else { rest })
        }
        "ES" => random.digits(20),
        "FR" => french_account(random),
        "IE" => format!("{bank}{}", random.digits(14)),
        "IT" => format!("X{}", random.digits(22)),
        "NL" => format!("{bank}{}", random.digits(10)),
        _ => random.digits(18),
    };
    let check = 98 - remainder(&letters_as_numbers(&format!("{account}{country}00")), 97);
    format!("{country}{check:02}{account}")
}

/// Bank, branch, account and the key over them.
fn french_account(random: &mut Random) -> String {
    let digits = random.digits(21);
    format!("{digits}{:02}", 97 - remainder(&format!("{digits}00"), 97))
}

/// ISO 13616: A is 10, Z is 35.
fn letters_as_numbers(text: &str) -> String {
    text.chars().filter_map(|letter| letter.to_digit(36)).map(|number| number.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rest of an IBAN by ISO 13616, written apart from the code above: 1 when it is right.
    fn iban_rest(iban: &str) -> u32 {
        let (head, tail) = iban.split_at(4);
        format!("{tail}{head}").chars().fold(0, |rest, letter| {
            let number = letter.to_digit(36).unwrap();
            (rest * if number > 9 { 100 } else { 10 } + number) % 97
        })
    }

    #[test]
    fn a_published_iban_satisfies_the_test_itself() {
        assert_eq!(iban_rest("DE89370400440532013000"), 1, "the example of the registry");
    }

    #[test]
    fn ibans_have_their_countrys_length_and_right_check_digits() {
        let lengths = [("AT", 20), ("BE", 16), ("DE", 22), ("ES", 24), ("FR", 27), ("IE", 22), ("IT", 27), ("NL", 18)];
        for (country, length) in lengths {
            for seed in 0..200 {
                let iban = iban(country, "QZXB", &mut Random::new(seed));
                assert_eq!(iban.len(), length, "{iban}");
                assert_eq!(iban_rest(&iban), 1, "{iban}");
            }
        }
    }

    /// Ids that the countries' descriptions of their rules, and the public validators, use as examples.
    #[test]
    fn the_rules_agree_with_published_examples() {
        assert_eq!(to_ten(luhn_sum("1358562", 1) + 4), 7, "ATU13585627");
        assert_eq!(97 - remainder("04287594", 97), 97, "BE0428759497");
        assert_eq!(german_check("13669597"), 6, "DE136695976");
        assert_eq!(to_ten(luhn_sum("1358562", 0)), 5, "ESA13585625");
        assert_eq!((12 + 3 * remainder("303265045", 97)) % 97, 40, "FR40303265045");
        assert_eq!(to_ten(luhn_sum("30326504", 1)), 5, "the SIREN inside it");
        assert_eq!(irish_check("6433435"), 'F', "IE6433435F");
        assert_eq!(to_ten(luhn_sum("0074311015", 1)), 7, "IT00743110157");
        assert_eq!(weighted("00449544", &DUTCH_WEIGHTS) % 11, 5, "NL004495445B01");
    }

    #[test]
    fn vat_ids_have_the_form_of_their_country() {
        let lengths = [("AT", 11), ("BE", 12), ("DE", 11), ("ES", 11), ("FR", 13), ("IE", 10), ("IT", 13), ("NL", 14)];
        for (country, length) in lengths {
            for seed in 0..200 {
                let id = vat_id(country, &mut Random::new(seed));
                assert_eq!(id.len(), length, "{id}");
                assert!(id.starts_with(country), "{id}");
            }
        }
    }
}
