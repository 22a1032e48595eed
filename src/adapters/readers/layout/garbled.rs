//! Tells a text layer whose letters are not those that the page shows: fonts that name their glyphs wrongly, or not.

use super::{assemble, labels, sheet::Sheet};
use crate::adapters::readers::pdf::PageWords;
use std::collections::BTreeSet;

/// Fewer different words say nothing where some of them are known,
const FEW: usize = 20;
/// and fewer than these where none is.
const VERY_FEW: usize = 8;
/// A text in which fewer words than this share are known ones is none. In invoices it is a fifth to a half.
const KNOWN: f32 = 0.03;

/// Small words that any text in six languages is full of, as tokens are written.
const COMMON: &[&str] = &[
    "the", "of", "and", "to", "in", "is", "for", "on", "with", "by", "this", "der", "die", "das", "und", "von", "den",
    "mit", "ist", "im", "ein", "eine", "sie", "wir", "zu", "auf", "le", "la", "les", "et", "des", "un", "une", "pour",
    "sur", "dans", "het", "een", "van", "en", "voor", "op", "met", "il", "di", "che", "per", "con", "non", "del", "el",
    "los", "las", "que", "por", "se", "su",
];

/// Of each page, whether its letters are not to be trusted: many glyphs have no name, or next to none of the words is among
/// those that texts and invoices of six languages are full of. Either the document tells it, or a page that has not one.
pub fn garbled(pages: &[PageWords]) -> Vec<bool> {
    let sheet = Sheet::new(pages);
    let mut words: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); pages.len()];
    for token in &sheet.tokens {
        let page = words.get_mut(sheet.page_of_word(token.word)).filter(|_| is_word(&token.text));
        if let Some(page) = page {
            page.insert(&token.text);
        }
    }
    let known: Vec<usize> = words.iter().map(|words| words.iter().filter(|word| is_known(word)).count()).collect();
    let all: BTreeSet<&str> = words.iter().flatten().copied().collect();
    let all_known = all.iter().filter(|word| is_known(word)).count();
    let is_all =
        all.len() >= FEW && (all_known as f32) < KNOWN * all.len() as f32 || all.len() >= VERY_FEW && all_known == 0;
    let of_page = |(at, page): (usize, &PageWords)| {
        page.garbage > assemble::GARBAGE
            || !page.words.is_empty() && (is_all || words[at].len() >= FEW && known[at] == 0)
    };
    pages.iter().enumerate().map(of_page).collect()
}

fn is_word(text: &str) -> bool {
    text.len() >= 2 && text.chars().any(char::is_alphabetic)
}

fn is_known(word: &str) -> bool {
    labels::is_known_word(word) || COMMON.contains(&word)
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
        PageWords { garbage, ..PageWords::of_text(PageSize { width: 595.0, height: 842.0 }, words) }
    }

    fn is_garbled(pages: &[PageWords]) -> bool {
        garbled(pages).contains(&true)
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
    fn a_page_is_garbled_for_itself() {
        let shifted: String = INVOICE.chars().map(|c| if c == ' ' { c } else { char::from(c as u8 + 1) }).collect();
        assert_eq!(garbled(&[page(INVOICE, 0.0), page(&shifted, 0.0), page("", 0.0)]), [false, true, false]);
        assert_eq!(garbled(&[page(INVOICE, 0.0), page(INVOICE, 0.4)]), [false, true]);
        // A receipt has few words.
        let few: String = shifted.split(' ').filter(|word| word.len() > 3).take(9).collect::<Vec<_>>().join(" ");
        assert_eq!(garbled(&[page(&few, 0.0)]), [true]);
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
