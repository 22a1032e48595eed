//! What OCR takes for something else in amounts and dates: letters for digits, spaces inside of numbers.
//!
//! A word is changed only when it then is an amount or a date from end to end, and was mostly one before: a number of
//! an invoice or an article is never touched.

use super::ScannedWord;
use crate::domain::{money::Decimal, reading::InvoiceLine};

/// Words with a gap below this share of their height may be one number.
const JOINT: f32 = 0.55;

/// The words of a page with such mistakes mended.
pub(super) fn words(read: &[ScannedWord]) -> Vec<ScannedWord> {
    let mut words = joined_numbers(read);
    same_mark(&mut words);
    bullets(&mut words);
    words
}

/// Puts the decimal mark back that OCR did not see in a line's price or quantity, where their product then is the line's
/// amount to the cent.
pub(super) fn lost_mark(line: &mut InvoiceLine) {
    let number = |text: &Option<String>| text.as_deref()?.parse::<Decimal>().ok();
    let (Some(quantity), Some(price), Some(net)) =
        (number(&line.quantity), number(&line.unit_price), number(&line.net))
    else {
        return;
    };
    let fits = |quantity: Decimal, price: Decimal| {
        quantity.checked_mul(price).is_some_and(|product| (product - net).abs() < Decimal::new(1, 2))
    };
    if net.is_zero() || fits(quantity, price) {
        return;
    }
    for places in 1..=3 {
        let unit = Decimal::new(1, places);
        let shifted = |value: Decimal| value.fract().is_zero().then(|| (value * unit).normalize());
        let by_price = shifted(price).filter(|price| fits(quantity, *price));
        let by_quantity = shifted(quantity).filter(|quantity| fits(*quantity, price));
        match (by_price, by_quantity) {
            // Where it could be either, cents are a price's.
            (Some(mended), other) if other.is_none() || places == 2 => {
                return line.unit_price = Some(mended.to_string());
            }
            (None, Some(mended)) => return line.quantity = Some(mended.to_string()),
            _ => {}
        }
    }
}

fn joined_numbers(read: &[ScannedWord]) -> Vec<ScannedWord> {
    let mut mended: Vec<ScannedWord> = Vec::with_capacity(read.len());
    for word in read {
        let mut word = word.clone();
        if let Some(text) = as_number(&word.text).or_else(|| as_date(&word.text)) {
            word.text = text;
        }
        match mended.last_mut().and_then(|last| Some((joined(last, &word)?, last))) {
            Some((text, last)) => {
                last.text = text;
                last.x1 = last.x1.max(word.x1);
                (last.y0, last.y1) = (last.y0.min(word.y0), last.y1.max(word.y1));
                last.confidence = last.confidence.min(word.confidence);
            }
            None => mended.push(word),
        }
    }
    mended
}

/// Two words that are one amount: `12 ,50`, `12. 50`, `1, 234.00`.
fn joined(first: &ScannedWord, second: &ScannedWord) -> Option<String> {
    let gap = second.x0 - first.x1;
    let height = (first.y1 - first.y0).max(second.y1 - second.y0);
    let is_mark = |c: char| matches!(c, '.' | ',');
    let is_close = first.line == second.line && gap < JOINT * height;
    let is_cut = first.text.ends_with(is_mark) != second.text.starts_with(is_mark);
    let starts_well = first.text.starts_with(|c: char| !c.is_alphabetic());
    if !is_close || !is_cut || !starts_well {
        return None;
    }
    let text = format!("{}{}", first.text, second.text);
    is_amount(&text).then_some(text)
}

/// The word with letters as the digits they look like, where that makes it an amount or a date.
fn as_number(text: &str) -> Option<String> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if letters == 0 || letters > digits || text.len() > 20 {
        return None;
    }
    let plain: String = text.chars().map(digit_of).collect();
    (is_amount(&plain) || is_date(&plain)).then_some(plain)
}

/// A date with a comma for a point, `11,03.2018`.
fn as_date(text: &str) -> Option<String> {
    let (points, commas) = (text.matches('.').count(), text.matches(',').count());
    let plain = text.replace(',', ".");
    (points + commas == 2 && commas > 0 && is_date(&plain) && plain.rsplit('.').next()?.len() == 4).then_some(plain)
}

fn digit_of(c: char) -> char {
    match c {
        'O' | 'o' | 'Q' | 'D' => '0',
        'l' | 'I' | 'i' | '|' | '!' => '1',
        'Z' | 'z' => '2',
        'S' | 's' => '5',
        'B' => '8',
        'g' | 'q' => '9',
        other => other,
    }
}

/// Digits, perhaps in groups of three, a mark, and two digits; with a sign of currency or a minus around.
fn is_amount(text: &str) -> bool {
    let text = text.trim_matches(|c: char| matches!(c, '-' | '+' | '(' | ')' | '€' | '$' | '£' | '*'));
    let Some(at) = text.rfind(['.', ',']) else {
        return false;
    };
    let (whole, cents) = (&text[..at], &text[at + 1..]);
    let mark = &text[at..=at];
    let mut groups = whole.split(['.', ',', '\'']);
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let is_grouped = rest.iter().all(|group| group.len() == 3 && is_digits(group));
    cents.len() == 2
        && is_digits(cents)
        && is_digits(first)
        && is_grouped
        && (rest.is_empty() || first.len() <= 3)
        && !whole.contains(mark)
}

/// A page has one decimal mark; a few amounts with the other one were misread.
fn same_mark(words: &mut [ScannedWord]) {
    let mark_of = |text: &str| {
        let plain = text.trim_start_matches(|c: char| !c.is_ascii_digit());
        let at = plain.len().checked_sub(3)?;
        let is_plain = is_amount(plain) && plain.matches(['.', ',']).count() == 1;
        plain.get(at..=at).filter(|_| is_plain)?.chars().next()
    };
    let count = |mark: char| words.iter().filter(|word| mark_of(&word.text) == Some(mark)).count();
    let (points, commas) = (count('.'), count(','));
    let (most, few) = match points.cmp(&commas) {
        std::cmp::Ordering::Less if points * 3 <= commas => (',', '.'),
        std::cmp::Ordering::Greater if commas * 3 <= points => ('.', ','),
        _ => return,
    };
    for word in words.iter_mut().filter(|word| mark_of(&word.text) == Some(few)) {
        word.text = word.text.replace(few, most.encode_utf8(&mut [0; 4]));
    }
}

/// The small signs between the parts of a sender's line are read as anything that is one letter wide.
fn bullets(words: &mut [ScannedWord]) {
    let is_sign = |text: &str| {
        let mut chars = text.chars();
        matches!((chars.next(), chars.next()), (Some(c), None)
            if matches!(c, 'e' | 'o' | '+' | '*' | '°' | '«' | '»' | '¢' | '©' | '-' | '.' | '·' | '®' | '¤' | '=' | '>'))
    };
    let is_code = |text: &str| (4..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    for line in words.chunk_by_mut(|a, b| a.line == b.line) {
        let has_code = line.iter().any(|word| is_code(&word.text));
        let inner = 1..line.len().saturating_sub(1);
        let signs = line.get(inner.clone()).map_or(0, |inner| inner.iter().filter(|word| is_sign(&word.text)).count());
        if has_code && (1..=4).contains(&signs) && line.len() >= 5 {
            for word in line[inner].iter_mut().filter(|word| is_sign(&word.text)) {
                word.text = "\u{2022}".to_owned();
            }
        }
    }
}

/// Three numbers with the same sign between them.
fn is_date(text: &str) -> bool {
    ['.', '/', '-'].into_iter().any(|sign| {
        let parts: Vec<&str> = text.split(sign).collect();
        let is_number = |part: &&str| part.bytes().all(|b| b.is_ascii_digit());
        parts.len() == 3
            && parts.iter().all(is_number)
            && matches!((parts[0].len(), parts[1].len(), parts[2].len()), (1 | 2, 1 | 2, 2 | 4) | (4, 1 | 2, 1 | 2))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(texts: &[(&str, f32)]) -> Vec<String> {
        let read: Vec<ScannedWord> = texts
            .iter()
            .map(|(text, x0)| ScannedWord {
                text: (*text).to_owned(),
                x0: *x0,
                x1: x0 + 10.0 * text.chars().count() as f32,
                y0: 0.0,
                y1: 20.0,
                confidence: 0.9,
                line: 0,
            })
            .collect();
        words(&read).into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn a_lost_decimal_mark_is_put_back_where_the_amount_proves_it() {
        let line = |quantity: &str, price: &str, net: &str| {
            let text = |text: &str| Some(text.to_owned());
            let mut line = InvoiceLine {
                quantity: text(quantity),
                unit_price: text(price),
                net: text(net),
                ..InvoiceLine::default()
            };
            lost_mark(&mut line);
            (line.quantity.unwrap(), line.unit_price.unwrap())
        };
        let pair = |quantity: &str, price: &str| (quantity.to_owned(), price.to_owned());
        assert_eq!(line("83", "765", "634.95"), pair("83", "7.65"));
        assert_eq!(line("683", "11.90", "812.77"), pair("68.3", "11.90"));
        assert_eq!(line("83", "765", "63495"), pair("83", "765"), "it fits");
        assert_eq!(line("83", "765", "600.00"), pair("83", "765"), "nothing fits");
        assert_eq!(line("30", "40", "120.00"), pair("30", "40"), "either could be meant");
    }

    #[test]
    fn letters_in_amounts_and_dates_become_digits() {
        for (read, meant) in [
            ("1O.5O", "10.50"),
            ("l2,50", "12,50"),
            ("€1S,00", "€15,00"),
            ("1.2B4,00", "1.284,00"),
            ("O3/O5/2026", "03/05/2026"),
            ("1Z.11.20Z6", "12.11.2026"),
        ] {
            assert_eq!(mended(&[(read, 0.0)]), [meant]);
        }
    }

    #[test]
    fn numbers_that_are_codes_stay() {
        for code in ["IBZY2087", "INV-2O26", "SO1234", "B12.345", "S/5", "1O", "DE12O.OO5", "10.5O.7", "OO.SO"] {
            assert_eq!(mended(&[(code, 0.0)]), [code]);
        }
    }

    #[test]
    fn a_page_has_one_decimal_mark() {
        let texts = [("10.00", 0.0), ("12,50", 200.0), ("3.20", 400.0), ("7.10", 600.0)];
        assert_eq!(mended(&texts), ["10.00", "12.50", "3.20", "7.10"]);
        let texts = [("10.00", 0.0), ("12,50", 200.0)];
        assert_eq!(mended(&texts), ["10.00", "12,50"]);
        assert_eq!(mended(&[("11,03.2018", 0.0)]), ["11.03.2018"]);
    }

    #[test]
    fn signs_of_a_sender_line_become_bullets() {
        let texts = ["Acme", "GmbH", "e", "Ring", "1", "+", "12345", "Ort"];
        let placed: Vec<(&str, f32)> = texts.iter().zip(0..).map(|(text, at)| (*text, at as f32 * 300.0)).collect();
        assert_eq!(mended(&placed), ["Acme", "GmbH", "\u{2022}", "Ring", "1", "\u{2022}", "12345", "Ort"]);
    }

    #[test]
    fn amounts_with_a_space_at_their_mark_are_one() {
        assert_eq!(mended(&[("12", 0.0), (".50", 25.0)]), ["12.50"]);
        assert_eq!(mended(&[("12,", 0.0), ("50", 35.0)]), ["12,50"]);
        assert_eq!(mended(&[("1,", 0.0), ("234.00", 25.0)]), ["1,234.00"]);
        assert_eq!(mended(&[("12", 0.0), ("50", 25.0)]), ["12", "50"]);
        assert_eq!(mended(&[("12,", 0.0), ("50", 80.0)]), ["12,", "50"]);
        assert_eq!(mended(&[("1.", 0.0), ("Bread", 25.0)]), ["1.", "Bread"]);
    }
}
