//! Words of a letterhead by which a supplier's paper is known again, also when its name or its VAT id was misread: what
//! is the sender's own and has many digits or is an address of the network. Kept as hashes.

use super::{
    page::{Pages, Word},
    spelling::letters_of,
};
use crate::domain::field::{Field, FieldGroup};
use std::collections::BTreeSet;

/// The most that are kept of a supplier.
const MOST: usize = 40;
/// Fewer than these, found again, could be anybody's.
const FEWEST: usize = 3;
/// Letterheads stand above this, footers below the other, as fractions of the page.
const HEAD: f32 = 0.3;
const FOOT: f32 = 0.8;
const FEWEST_DIGITS: usize = 4;

/// The marks on the first page, of which these values are known.
pub fn marks<'v>(pages: &Pages, value: impl Fn(Field) -> &'v str) -> Vec<String> {
    let is_own = |field: &Field| field.group() == FieldGroup::Supplier || *field == Field::Iban;
    let (own, others): (Vec<Field>, Vec<Field>) = Field::ALL.iter().copied().partition(is_own);
    let letters =
        |fields: Vec<Field>| fields.into_iter().flat_map(|field| letters_of(value(field))).collect::<String>();
    let (own, others) = (letters(own), letters(others));
    let Some(page) = pages.all().iter().find(|page| page.number == 1) else { return Vec::new() };
    // The buyer's and this invoice's own are no marks of the supplier.
    let is_mark = |word: &&Word| is_mark(word, own.contains(&word.letters)) && !others.contains(&word.letters);
    let marks: BTreeSet<String> = page.words.iter().filter(is_mark).map(|word| hash(&word.letters)).collect();
    marks.into_iter().take(MOST).collect()
}

fn is_mark(word: &Word, is_own: bool) -> bool {
    let is_banded = word.middle() < HEAD || word.middle() > FOOT;
    let digits = word.text.bytes().filter(u8::is_ascii_digit).count();
    let is_day_or_sum = word.text.contains(['.', ',', '/']) && digits <= 8;
    let is_address = word.text.contains('@') || word.text.contains("www.");
    (is_banded || is_own) && (is_address || digits >= FEWEST_DIGITS && !is_day_or_sum)
}

/// Whether a page with these marks is of the supplier that has those, `found` of `known` being on it.
pub fn resembles(found: usize, known: usize) -> bool {
    found >= FEWEST && found * 2 >= known
}

/// FNV-1a, 64 bits.
fn hash(text: &str) -> String {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, step);
    hash.to_be_bytes()
        .iter()
        .map(|byte| char::from(b'a' + (byte >> 4)).to_string() + &char::from(b'a' + (byte & 15)).to_string())
        .collect()
}
