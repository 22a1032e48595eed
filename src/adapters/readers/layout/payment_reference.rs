//! References to give with a payment that prove themselves by check digits: ISO 11649, Swiss (QR and ESR), Belgian.

/// The reference in the form that banks take, where its check digits are right: `RF18539007547034`,
/// `210000000003139471430009017`, `+++090/9337/55493+++`. Spaces do not matter.
pub fn parse(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if !plain.is_ascii() {
        return None;
    }
    creditor(&plain).or_else(|| swiss(&plain)).or_else(|| belgian(&plain))
}

/// ISO 11649: `RF`, two check digits, up to 21 letters and digits.
fn creditor(plain: &str) -> Option<String> {
    let text = plain.to_ascii_uppercase();
    let fits = (5..=25).contains(&text.len())
        && text.starts_with("RF")
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.bytes().skip(2).take(2).all(|b| b.is_ascii_digit());
    let (head, rest) = text.split_at_checked(4)?;
    (fits && remainder_of_97(rest.bytes().chain(head.bytes())) == 1).then_some(text)
}

fn remainder_of_97(signs: impl Iterator<Item = u8>) -> u32 {
    signs.fold(0, |rest, sign| match sign {
        b'0'..=b'9' => (rest * 10 + u32::from(sign - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter.saturating_sub(b'A')) + 10) % 97,
    })
}

/// 27 digits, the last of them a check digit modulo 10, recursive. Nothing but noughts is a form without a number.
fn swiss(plain: &str) -> Option<String> {
    const NEXT: [u32; 10] = [0, 9, 4, 6, 8, 2, 7, 1, 3, 5];
    let fits = plain.len() == 27 && plain.bytes().all(|b| b.is_ascii_digit()) && plain.bytes().any(|b| b != b'0');
    let (body, check) = plain.split_at_checked(26)?;
    let carry = body.bytes().fold(0u32, |carry, digit| {
        let at = (carry + u32::from(digit.wrapping_sub(b'0'))) % 10;
        NEXT.get(at as usize).copied().unwrap_or_default()
    });
    (fits && check == ((10 - carry) % 10).to_string()).then(|| plain.to_owned())
}

/// `+++123/4567/89012+++` or with `*`: ten digits and their remainder of 97, which is never nought.
fn belgian(plain: &str) -> Option<String> {
    let inner = ["+++", "***"].iter().find_map(|sign| plain.strip_prefix(sign)?.strip_suffix(sign))?;
    let parts: Vec<&str> = inner.split('/').collect();
    let [a, b, c] = parts.as_slice() else {
        return None;
    };
    let is_number = |text: &str, length: usize| text.len() == length && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(a, 3) || !is_number(b, 4) || !is_number(c, 5) {
        return None;
    }
    let digits = [*a, b, c].concat();
    let (number, check) = digits.split_at_checked(10)?;
    let rest = number.parse::<u64>().ok()? % 97;
    let expected = if rest == 0 { 97 } else { rest };
    (check.parse() == Ok(expected)).then(|| format!("+++{a}/{b}/{c}+++"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_prove_themselves() {
        assert_eq!(parse("RF18 5390 0754 7034").as_deref(), Some("RF18539007547034"));
        assert_eq!(parse("21 00000 00003 13947 14300 09017").as_deref(), Some("210000000003139471430009017"));
        assert_eq!(parse("+++090/9337/55493+++").as_deref(), Some("+++090/9337/55493+++"));
        assert_eq!(parse("***090/9337/55493***").as_deref(), Some("+++090/9337/55493+++"));
    }

    #[test]
    fn a_digit_that_is_another_is_noticed() {
        for wrong in [
            "RF19539007547034",
            "RF18539007547035",
            "210000000003139471430009018",
            "210000000003139471430009117",
            "000000000000000000000000000",
            "+++090/9337/55494+++",
            "+++090/9337/5549+++",
            "RF",
            "",
            "RF18",
            "ünïcöde",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
