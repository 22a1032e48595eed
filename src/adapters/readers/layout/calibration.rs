//! From what the rules think of a value to how often such values are right.
//!
//! The rules weigh evidence; that a value has more of it says that it is surer, not how sure. The knots were fitted on
//! sample invoices (39 PDFs with text, 29 scans) by `benches/reading/calibrate.py`, which says how, and prints them; its
//! numbers for invoices that it did not fit on, and a table of said and right, are in BENCHMARKS.md. These are few invoices,
//! and the rules were written with them at hand: so the knots stay close to what the rules said, and what is called
//! sure is left alone. That needs grounds of its own; the samples show only that they are good enough.

use crate::domain::field::Field;

/// From a number of the rules to the share of right values, both rising.
type Knots = [(f32, f32); 5];

const TEXT_NAMES: Knots = [(0.4, 0.387), (0.6, 0.647), (0.75, 0.779), (0.85, 0.882), (0.94, 0.959)];
const TEXT_VALUES: Knots = [(0.4, 0.486), (0.6, 0.647), (0.75, 0.864), (0.85, 0.898), (0.94, 0.965)];
const OCR_NAMES: Knots = [(0.4, 0.389), (0.6, 0.659), (0.75, 0.766), (0.85, 0.863), (0.94, 0.936)];
const OCR_VALUES: Knots = [(0.4, 0.5), (0.6, 0.692), (0.75, 0.821), (0.85, 0.887), (0.94, 0.955)];

/// From here on nothing is changed. For OCR it is the most that it can give by itself.
const TEXT_END: f32 = 0.97;
pub(super) const OCR_END: f32 = 0.96;

/// How often a value of this field is right for which the rules say `confidence`. Sums, and fields that the samples do
/// not tell of, keep what the rules say.
pub(super) fn calibrated(field: Field, scanned: bool, confidence: f32) -> f32 {
    let (knots, end) = match (Group::of(field), scanned) {
        (None, _) => return confidence,
        (Some(Group::Names), false) => (&TEXT_NAMES, TEXT_END),
        (Some(Group::Values), false) => (&TEXT_VALUES, TEXT_END),
        (Some(Group::Names), true) => (&OCR_NAMES, OCR_END),
        (Some(Group::Values), true) => (&OCR_VALUES, OCR_END),
    };
    let mut from = (0.0, 0.0);
    for to in knots.iter().copied().chain([(end, end)]) {
        if confidence <= to.0 {
            return from.1 + (to.1 - from.1) * (confidence - from.0) / (to.0 - from.0);
        }
        from = to;
    }
    confidence
}

/// Fields whose values are as hard to find.
enum Group {
    Names,
    /// Numbers and dates: they are labelled.
    Values,
}

impl Group {
    fn of(field: Field) -> Option<Group> {
        match field {
            Field::SupplierName | Field::BuyerName => Some(Group::Names),
            Field::InvoiceNumber
            | Field::IssueDate
            | Field::DueDate
            | Field::Currency
            | Field::SupplierVatId
            | Field::Iban => Some(Group::Values),
            // Sums prove themselves by adding up, or do not.
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::invoice::SURE;

    const FIELDS: [Field; 3] = [Field::SupplierName, Field::InvoiceNumber, Field::SupplierStreet];

    fn steps() -> impl Iterator<Item = f32> {
        (0..=1_000_u16).map(|step| f32::from(step) / 1_000.0)
    }

    #[test]
    fn what_the_rules_think_better_is_never_less_sure() {
        for field in FIELDS {
            for scanned in [false, true] {
                let all: Vec<f32> = steps().map(|step| calibrated(field, scanned, step)).collect();
                assert!(all.windows(2).all(|two| two[0] <= two[1]), "{field:?} {scanned}");
                assert!(all.iter().all(|share| (0.0..=1.0).contains(share)), "{field:?} {scanned}");
            }
        }
    }

    #[test]
    fn nothing_becomes_sure_or_unsure_by_counting() {
        for field in FIELDS {
            for scanned in [false, true] {
                for step in steps() {
                    assert_eq!(calibrated(field, scanned, step) >= SURE, step >= SURE, "{field:?} {scanned} {step}");
                }
            }
        }
    }
}
