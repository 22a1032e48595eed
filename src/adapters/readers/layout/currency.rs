//! Which currency the document is in.

use super::amounts::Amount;
use super::labels::{Found, Label};
use super::sheet::Sheet;
use std::ops::Range;

/// ISO 4217 code, or a sign that several currencies share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Currency {
    Code(&'static str),
    Dollar,
    Krone,
    Franc,
}

/// The currencies that invoices are written in; a code that is not here is no currency to this reader.
const CODES: &[&str] = &[
    "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "HRK", "ISK", "TRY", "RUB",
    "UAH", "CAD", "AUD", "NZD", "JPY", "CNY", "HKD", "SGD", "INR", "KRW", "THB", "MYR", "IDR", "PHP", "VND", "TWD",
    "AED", "SAR", "ILS", "ZAR", "EGP", "MAD", "BRL", "MXN", "ARS", "CLP", "COP", "PEN", "RSD", "KES", "NGN",
];

/// The currency that a sign or a word stands for, exactly: `€`, `EUR`, `US$`, `Rs.`.
pub(super) fn of_sign(text: &str) -> Option<Currency> {
    let plain = text.trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | ':' | ',' | ';' | '.' | '*'));
    let code = |code| Some(Currency::Code(code));
    match plain {
        "€" | "Euro" | "EURO" | "euro" | "Eur" | "euros" | "Euros" => code("EUR"),
        "$" => Some(Currency::Dollar),
        "US$" | "$US" | "U$S" => code("USD"),
        "£" => code("GBP"),
        "A$" | "AU$" => code("AUD"),
        "C$" | "CA$" | "CAD$" => code("CAD"),
        "NZ$" => code("NZD"),
        "HK$" => code("HKD"),
        "S$" => code("SGD"),
        "R$" => code("BRL"),
        "₹" | "Rs" | "INR₹" => code("INR"),
        "RM" => code("MYR"),
        "¥" => code("JPY"),
        "zł" | "zl" | "ZŁ" => code("PLN"),
        "Kč" => code("CZK"),
        "Ft" => code("HUF"),
        "₺" | "TL" => code("TRY"),
        "₽" => code("RUB"),
        "₴" => code("UAH"),
        "₪" => code("ILS"),
        "lei" => code("RON"),
        "kr" | "Kr" | "kr." => Some(Currency::Krone),
        "Fr" | "SFr" | "sFr" | "Sfr" => Some(Currency::Franc),
        other => CODES.iter().find(|code| **code == other).map(|code| Currency::Code(code)),
    }
}

/// A currency with its score and the words that say it.
pub(super) struct Chosen {
    pub code: &'static str,
    pub confidence: f32,
    pub words: Option<Range<usize>>,
}

/// The currency that most amounts carry; one beside a label "currency" counts most, and one told anywhere least.
/// `country` settles signs that several currencies share.
pub(super) fn choose(sheet: &Sheet, found: &[Found], amounts: &[Amount], country: Option<&str>) -> Option<Chosen> {
    let mut votes: Vec<(&'static str, f32, Option<Range<usize>>)> = Vec::new();
    let mut vote = |currency: Currency, weight: f32, words: Range<usize>| {
        let code = settle(currency, country);
        match votes.iter_mut().find(|(other, ..)| *other == code) {
            Some(entry) => entry.1 += weight,
            None => votes.push((code, weight, Some(words))),
        }
    };
    for label in found.iter().filter(|label| label.label == Label::Currency) {
        let row = &sheet.rows[sheet.cells[label.cell].row];
        let words = label.words.end..row.words.end.min(label.words.end + 3);
        if let Some((word, currency)) = words.into_iter().find_map(|w| Some((w, of_sign(&sheet.words[w].text)?))) {
            vote(currency, 20.0, word..word + 1);
        }
    }
    for amount in amounts {
        if let Some(currency) = amount.currency {
            vote(currency, if amount.decimals == 2 { 1.0 } else { 0.5 }, amount.words.clone());
        }
    }
    for (index, word) in sheet.words.iter().enumerate() {
        if let Some(currency) = of_sign(&word.text) {
            vote(currency, 0.3, index..index + 1);
        }
    }
    vote_for_names(sheet, &mut vote);
    let total: f32 = votes.iter().map(|(_, weight, _)| weight).sum();
    let (code, weight, words) = votes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let share = weight / total.max(0.1);
    Some(Chosen { code, confidence: (0.6 + 0.39 * (share * 2.0 - 1.0).max(0.0)).min(0.99), words })
}

fn vote_for_names(sheet: &Sheet, vote: &mut impl FnMut(Currency, f32, Range<usize>)) {
    for pair in sheet.tokens.windows(2) {
        let [first, second] = pair else { continue };
        let words = first.word..second.word + 1;
        match (first.text.as_str(), second.text.as_str()) {
            ("us", "dollars" | "dollar") => vote(Currency::Code("USD"), 6.0, words),
            ("british" | "sterling", "pounds" | "pound") | ("pounds" | "pound", "sterling") => {
                vote(Currency::Code("GBP"), 6.0, words);
            }
            ("swiss" | "schweizer", "francs" | "franken") => vote(Currency::Code("CHF"), 6.0, words),
            _ => {}
        }
    }
}

fn settle(currency: Currency, country: Option<&str>) -> &'static str {
    match (currency, country) {
        (Currency::Code(code), _) => code,
        (Currency::Dollar, Some("CA")) => "CAD",
        (Currency::Dollar, Some("AU")) => "AUD",
        (Currency::Dollar, Some("NZ")) => "NZD",
        (Currency::Dollar, Some("SG")) => "SGD",
        (Currency::Dollar, Some("MX")) => "MXN",
        (Currency::Dollar, _) => "USD",
        (Currency::Krone, Some("NO")) => "NOK",
        (Currency::Krone, Some("DK")) => "DKK",
        (Currency::Krone, _) => "SEK",
        (Currency::Franc, _) => "CHF",
    }
}

/// The currency of a country, for documents that name none.
pub(super) fn of_country(country: &str) -> Option<&'static str> {
    Some(match country {
        "AT" | "BE" | "CY" | "DE" | "EE" | "EL" | "GR" | "ES" | "FI" | "FR" | "HR" | "IE" | "IT" | "LT" | "LU"
        | "LV" | "MT" | "NL" | "PT" | "SI" | "SK" => "EUR",
        "GB" => "GBP",
        "CH" | "LI" => "CHF",
        "US" => "USD",
        "SE" => "SEK",
        "NO" => "NOK",
        "DK" => "DKK",
        "PL" => "PLN",
        "CZ" => "CZK",
        "HU" => "HUF",
        "RO" => "RON",
        "IN" => "INR",
        _ => return None,
    })
}
