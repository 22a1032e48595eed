//! Tells a text layer whose letters are not those that the page shows: fonts that name their glyphs wrongly, or not.

use super::{assemble, labels, sheet::Sheet};
use crate::adapters::readers::pdf::PageWords;
use std::collections::BTreeSet;

/// Fewer different words say nothing.
const FEW: usize = 20;
/// A text in which fewer words than this share are known ones is none. In invoices it is a fifth to a half.
const KNOWN: f32 = 0.03;

/// Small words that any text in six languages is full of, as tokens are written.
const COMMON: &[&str] = &[
    "the", "of", "and", "to", "in", "is", "for", "on", "with", "by", "this", "der", "die", "das", "und", "von", "den",
    "mit", "ist", "im", "ein", "eine", "sie", "wir", "zu", "auf", "le", "la", "les", "et", "des", "un", "une", "pour",
    "sur", "dans", "het", "een", "van", "en", "voor", "op", "met", "il", "di", "che", "per", "con", "non", "del", "el",
    "los", "las", "que", "por", "se", "su",
];

/// Whether the letters are not to be trusted: many glyphs have no name, or next to none of the words is among those
/// that texts and invoices of six languages are full of.
pub fn is_garbled(pages: &[PageWords]) -> bool {
    if pages.iter().any(|page| page.garbage > assemble::GARBAGE) {
        return true;
    }
    let sheet = Sheet::new(pages);
    let is_word = |text: &str| text.len() >= 2 && text.chars().any(char::is_alphabetic);
    let words: BTreeSet<&str> =
        sheet.tokens.iter().map(|token| token.text.as_str()).filter(|text| is_word(text)).collect();
    let known = words.iter().filter(|word| labels::is_known_word(word) || COMMON.contains(word)).count();
    words.len() >= FEW && (known as f32) < KNOWN * words.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{adapters::readers::pdf::Word, domain::reading::PageSize};

    fn page(text: &str, garbage: f32) -> PageWords {
        let word = |(number, text): (u8, &str)| Word {
            text: text.to_owned(),
            x: 0.1,
            y: f32::from(number) / 250.0,
            w: 0.2,
            h: 0.003,
            font_size: 10.0,
            bold: false,
            confidence: 1.0,
        };
        let words = (0..).zip(text.split(' ')).map(word).collect();
        PageWords { size: PageSize { width: 595.0, height: 842.0 }, words, garbage, scanned: false }
    }

    const INVOICE: &str = "Rechnung Nr 12 vom 1.2.2026 an Muster GmbH Hauptstr Berlin Kundennummer 17 Menge Preis Betrag \
        Schrauben Muttern Bretter Netto 100,00 Umsatzsteuer 19,00 Summe 119,00 Zahlbar bis zum 1.3.2026 Vielen Dank";

    #[test]
    fn letters_that_are_others_are_noticed() {
        assert!(!is_garbled(&[page(INVOICE, 0.0)]));
        // A font whose letters are all one further on in the alphabet.
        let shifted: String = INVOICE.chars().map(|c| if c == ' ' { c } else { char::from(c as u8 + 1) }).collect();
        assert!(is_garbled(&[page(&shifted, 0.0)]));
        assert!(is_garbled(&[page(INVOICE, 0.4)]));
    }

    #[test]
    fn little_text_and_other_languages_are_none() {
        assert!(!is_garbled(&[page("Qwx Zxy Wvu", 0.0)]));
        assert!(!is_garbled(&[page(&"Potato ".repeat(80), 0.0)]));
        let polish = "Faktura VAT numer 12 data wystawienia sprzedawca nabywca nazwa towaru ilosc cena netto wartosc \
            stawka kwota brutto razem do zaplaty slownie sposob platnosci przelew termin podpis osoby";
        assert!(!is_garbled(&[page(polish, 0.0)]));
    }
}
