//! Tells a text layer whose letters are not those that the page shows: fonts that name their glyphs wrongly.

use super::{labels, sheet::Sheet};
use crate::adapters::readers::pdf::PageWords;

/// Fewer words say nothing.
const FEW: usize = 25;
/// A text in which fewer words than this share are known ones is none. In invoices it is a fifth to a half.
const KNOWN: f32 = 0.02;

/// Whether the words are no language: next to none of them is among those that invoices of six languages are full of.
/// A document in another language has numbers, which such fonts garble as well.
pub fn is_garbled(pages: &[PageWords]) -> bool {
    let sheet = Sheet::new(pages);
    let is_word = |text: &str| text.len() >= 2 && text.chars().any(char::is_alphabetic);
    let words = sheet.tokens.iter().filter(|token| is_word(&token.text));
    let (mut all, mut known) = (0usize, 0usize);
    for token in words {
        all += 1;
        known += usize::from(labels::is_known_word(&token.text));
    }
    all >= FEW && (known as f32) < KNOWN * all as f32
}
