//! The check digits of VAT ids, by the rule of each country.
//!
//! | countries | published by |
//! | --- | --- |
//! | AT, BE, BG, CY, CZ, DE, DK, EE, EL, ES, FI, FR, GB, HU, IE, IT, LT, LU, LV, MT, NL, PL, PT, RO, SE, SI, SK | European Commission, DG TAXUD: *VIES, VAT Number Construction Rules*, functional description, version 15.0 (a section each) |
//! | HR | Porezna uprava: the OIB carries a check digit by ISO 7064, MOD 11,10 |
//! | NL, numbers of sole traders since 2020 | Belastingdienst: MOD 97-10 over the whole id, letters as in an IBAN |
//! | XI | numbers of the United Kingdom: the rule of GB |
//! | CH | eCH-0097, Federal Statistical Office: the UID |
//! | NO | Brønnøysundregistrene: the organisation number |
//!
//! Without a rule: persons in LV, and in CZ those whose birth number of nine digits has no check digit. Where one number
//! can be of several kinds of holders (BG), the rule of one is enough.

/// Whether the check digits of an id of this form are right; None: there are none to know. `rest` stands behind the
/// country's code, as the form has it.
pub(super) fn check(country: &str, rest: &str) -> Option<bool> {
    let digits: Vec<u32> = rest.chars().filter_map(|sign| sign.to_digit(10)).collect();
    let digits = digits.as_slice();
    let last = *digits.last()?;
    Some(match (country, digits.len()) {
        ("AT", 8) => (luhn_sum(&digits[..7]) + 4 + last).is_multiple_of(10),
        ("BE", 10) => 97 - number(&digits[..8]) % 97 == number(&digits[8..]),
        ("BG", 9) => eleven_rest(digits, &[1, 2, 3, 4, 5, 6, 7, 8], &[3, 4, 5, 6, 7, 8, 9, 10]) == last,
        ("BG", 10) => bulgarian_person(digits, last),
        ("CH", 9) => eleven_less(digits, &[5, 4, 3, 2, 7, 6, 5, 4]) == last,
        ("CY", 8) => cypriot(digits) == rest.chars().last(),
        ("CZ", 8) => czech_company(digits, last),
        ("CZ", 9) if digits[0] == 6 => czech_person(digits, last),
        // In Slovakia persons had the same birth numbers.
        ("CZ" | "SK", 10) => czech_birth_number(digits, last),
        ("DE", 9) | ("HR", 11) => iso_7064_mod_11_10(digits, last),
        ("DK", 8) => weighted(digits, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11),
        ("EE", 9) => weighted(digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10),
        ("EL", 9) => weighted(digits, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == last,
        ("ES", _) => spanish(rest)?,
        ("FI", 8) => weighted(digits, &[7, 9, 10, 5, 8, 4, 2, 1]).is_multiple_of(11),
        ("FR", _) => french(rest)?,
        ("GB" | "XI", _) => british(rest, digits),
        ("HU", 8) => weighted(digits, &[9, 7, 3, 1, 9, 7, 3, 1]).is_multiple_of(10),
        ("IE", _) => irish(rest)?,
        ("IT", 11) => luhn_sum(digits).is_multiple_of(10),
        ("LT", 9 | 12) => digits[digits.len() - 2] == 1 && lithuanian(digits) == last,
        ("LU", 8) => number(&digits[..6]) % 89 == number(&digits[6..]),
        ("LV", 11) if digits[0] > 3 => weighted(digits, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3,
        ("MT", 8) => weighted(digits, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37),
        ("NL", _) => dutch(rest),
        ("NO", 9) => eleven_less(digits, &[3, 2, 7, 6, 5, 4, 3, 2]) == last,
        ("PL", 10) => weighted(digits, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == last,
        ("PT", 9) => eleven_less(digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 10 == last,
        ("RO", _) => romanian(digits, last),
        ("SE", 12) => luhn_sum(&digits[..10]).is_multiple_of(10),
        ("SI", 8) => slovenian(digits, last),
        _ => return None,
    })
}

/// Digits read as one number.
fn number(digits: &[u32]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit))
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// Eleven less the weighted sum's remainder, 0 to 10. A number whose check digit would be 10 is not given out.
fn eleven_less(digits: &[u32], weights: &[u32]) -> u32 {
    (11 - weighted(digits, weights) % 11) % 11
}

/// The sum of all digits, every second one from the right doubled, with the digits of what that comes to added.
fn luhn_sum(digits: &[u32]) -> u32 {
    let doubled = |digit: u32| digit * 2 / 10 + digit * 2 % 10;
    digits.iter().rev().enumerate().map(|(place, &digit)| if place % 2 == 1 { doubled(digit) } else { digit }).sum()
}

fn iso_7064_mod_11_10(digits: &[u32], last: u32) -> bool {
    let product = digits[..digits.len() - 1].iter().fold(10, |product, digit| {
        let sum = (digit + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == last
}

/// The weighted sum's remainder by eleven; where that is ten, the one by other weights, with ten written 0.
fn eleven_rest(digits: &[u32], weights: &[u32], others: &[u32]) -> u32 {
    match weighted(digits, weights) % 11 {
        10 => weighted(digits, others) % 11 % 10,
        remainder => remainder,
    }
}

fn lithuanian(digits: &[u32]) -> u32 {
    const WEIGHTS: [u32; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4];
    let body = &digits[..digits.len() - 1];
    eleven_rest(body, &WEIGHTS, &WEIGHTS[2..])
}

/// Of natural persons, of foreigners, and of others.
fn bulgarian_person(digits: &[u32], last: u32) -> bool {
    weighted(digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == last
        || weighted(digits, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10 == last
        || eleven_less(digits, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) == last
}

fn cypriot(digits: &[u32]) -> Option<char> {
    const ODD_PLACES: [u32; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let value = |(place, digit): (usize, &u32)| match place % 2 {
        0 => ODD_PLACES[*digit as usize % 10],
        _ => *digit,
    };
    char::from_digit(10 + digits.iter().enumerate().map(value).sum::<u32>() % 26, 36)
        .map(|sign| sign.to_ascii_uppercase())
}

fn czech_company(digits: &[u32], last: u32) -> bool {
    let check = eleven_less(digits, &[8, 7, 6, 5, 4, 3, 2]);
    digits[0] != 9 && (if check == 0 { 1 } else { check % 10 }) == last
}

/// Persons without a birth number: the first digit, 6, does not count.
fn czech_person(digits: &[u32], last: u32) -> bool {
    let sum = weighted(&digits[1..8], &[8, 7, 6, 5, 4, 3, 2]) % 11;
    // 10 − sum may be −0 to 10; eight less that, as a digit.
    (18 - (10 - sum) % 11) % 10 == last
}

/// A birth number of ten digits is divisible by 11. Of those until 1985, some end with 0 in the place of 10.
fn czech_birth_number(digits: &[u32], last: u32) -> bool {
    number(digits).is_multiple_of(11) || (last == 0 && number(&digits[..9]) % 11 == 10)
}

/// Companies have a digit or a letter at the end, persons a letter that follows from their number.
fn spanish(rest: &str) -> Option<bool> {
    const OF_PERSONS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    const OF_COMPANIES: &[u8] = b"JABCDEFGHI";
    let (first, end) = (*rest.as_bytes().first()?, *rest.as_bytes().last()?);
    let middle = rest.get(1..8)?;
    let of_person = |digits: &str| digits.parse().ok().map(|number: usize| OF_PERSONS[number % 23] == end);
    match first {
        b'0'..=b'9' => of_person(rest.get(..8)?),
        b'K' | b'L' | b'M' => of_person(middle),
        // Foreigners: X, Y and Z stand for 0, 1 and 2.
        b'X' | b'Y' | b'Z' => of_person(&[&(first - b'X').to_string(), middle].concat()),
        b'A'..=b'H' | b'J' | b'N' | b'P'..=b'S' | b'U'..=b'W' => {
            let mut digits: Vec<u32> = middle.chars().filter_map(|sign| sign.to_digit(10)).collect();
            digits.push(0);
            let check = ((10 - luhn_sum(&digits) % 10) % 10) as u8;
            Some(end == b'0' + check || end == OF_COMPANIES[usize::from(check)])
        }
        _ => Some(false),
    }
}

/// Two digits or letters over the SIREN, which has a check digit itself, but in Monaco, where it begins with 000.
fn french(rest: &str) -> Option<bool> {
    const SIGNS: &str = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let (key, siren) = (rest.get(..2)?, rest.get(2..)?);
    let digits: Vec<u32> = siren.chars().filter_map(|sign| sign.to_digit(10)).collect();
    let is_siren = siren.starts_with("000") || luhn_sum(&digits).is_multiple_of(10);
    let siren = number(&digits);
    if let Ok(key) = key.parse::<u64>() {
        return Some(is_siren && key == (siren * 100 + 12) % 97);
    }
    let mut places = key.chars().map(|sign| SIGNS.find(sign));
    let (Some(Some(first)), Some(Some(second))) = (places.next(), places.next()) else {
        // I and O are not used.
        return Some(false);
    };
    let check = if first < 10 { (first * 24 + second).checked_sub(10) } else { (first * 34 + second).checked_sub(100) };
    Some(is_siren && check.is_some_and(|check| (siren + 1 + check as u64 / 11) % 11 == check as u64 % 11))
}

/// Departments (GD) and health authorities (HA) have numbers of their own ranges. Of twelve digits three are a branch.
fn british(rest: &str, digits: &[u32]) -> bool {
    if digits.len() == 3 {
        return rest.starts_with("GD") == (number(digits) < 500);
    }
    let remainder = weighted(digits, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
    // Newer numbers are 55 off, some of them 42.
    remainder == 0 || (matches!(remainder, 42 | 55) && number(&digits[..3]) >= 100)
}

/// A letter over seven digits and, where there is one, a second letter. Older numbers have a letter or sign at their
/// second place, and their first digit counts last.
fn irish(rest: &str) -> Option<bool> {
    const SIGNS: &str = "WABCDEFGHIJKLMNOPQRSTUV";
    let (body, check, second) = (rest.get(..7)?, rest.get(7..8)?, rest.get(8..)?);
    let is_old = !body.bytes().all(|sign| sign.is_ascii_digit());
    let body = if is_old { ["0", body.get(2..)?, body.get(..1)?].concat() } else { body.to_owned() };
    let digits: Vec<u32> = body.chars().filter_map(|sign| sign.to_digit(10)).collect();
    let Some(second) = SIGNS.find(second) else { return Some(false) };
    let sum = weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) as usize + 9 * second;
    Some(SIGNS.find(check) == Some(sum % 23))
}

/// A company's number by the eleven test, or a sole trader's over the whole id.
fn dutch(rest: &str) -> bool {
    let digits: Vec<u32> = rest.chars().take(9).filter_map(|sign| sign.to_digit(10)).collect();
    let by_eleven = digits.len() == 9 && weighted(&digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == digits[8];
    let whole = ["NL", rest].concat();
    let remainder = whole.chars().filter_map(|sign| sign.to_digit(36)).fold(0, |remainder, value| {
        let shift = if value > 9 { 100 } else { 10 };
        (remainder * shift + value) % 97
    });
    by_eleven || remainder == 1
}

/// Shorter numbers count as if zeros stood in front.
fn romanian(digits: &[u32], last: u32) -> bool {
    let weights = &[7, 5, 3, 2, 1, 7, 5, 3, 2];
    let body = &digits[..digits.len() - 1];
    let Some(skipped) = weights.len().checked_sub(body.len()) else { return false };
    10 * weighted(body, &weights[skipped..]) % 11 % 10 == last
}

fn slovenian(digits: &[u32], last: u32) -> bool {
    match eleven_less(digits, &[8, 7, 6, 5, 4, 3, 2]) {
        // Eleven is not given out, ten is written 0.
        0 => false,
        check => check % 10 == last,
    }
}
