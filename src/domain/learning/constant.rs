//! Values that are the same on every invoice of a supplier, so that they may be remembered themselves.

use super::{Misreading, page::Pages, spelling};
use crate::domain::field::Field;

/// Whether a field's value may be remembered. None that tells how much is owed, by which number, when or to which
/// account: there a changed one must stay visible.
pub fn is_constant(field: Field) -> bool {
    matches!(field, Field::SupplierName | Field::BuyerName | Field::Currency | Field::PaymentTerms)
}

/// The value, if it may be remembered: terms that name a day or a sum are of one invoice.
pub(super) fn kept(field: Field, value: &str) -> Option<String> {
    let is_of_one_invoice = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        digits > 2 || digits > 0 && word.trim_end_matches(['.', ',', ';']).contains(['.', ',', '/', '-'])
    };
    let is_terms = field == Field::PaymentTerms;
    (!is_terms || !value.split_whitespace().any(is_of_one_invoice)).then(|| value.to_owned())
}

/// Whether a remembered value takes the place of what was read: of nothing, or of the same misreading. What is read
/// otherwise may be another buyer, or another currency.
pub(super) fn fits(
    field: Field,
    value: &str,
    read: Option<&str>,
    instead_of: Option<&Misreading>,
    pages: &Pages,
) -> bool {
    let is_misread = match read {
        None => true,
        Some(read) => instead_of.is_some_and(|before| spelling::is_same_text(&before.value, read)),
    };
    is_misread
        && match field {
            Field::Currency => names_currency(pages, value),
            // A supplier may write to several companies of a house.
            Field::BuyerName => names(pages, value),
            _ => true,
        }
}

/// Whether every word of a name stands on the pages.
fn names(pages: &Pages, name: &str) -> bool {
    let stands = |word: &str| pages.all().iter().flat_map(|page| &page.words).any(|on| on.letters == word);
    name.split_whitespace()
        .map(|word| spelling::letters_of(word).collect::<String>())
        .all(|word| word.is_empty() || stands(&word))
}

fn names_currency(pages: &Pages, code: &str) -> bool {
    pages.all().iter().flat_map(|page| &page.words).any(|word| spelling::names_currency(&word.text, code))
}
