//! Reads an invoice from the words of its pages. Rules, no model: every value can say why it was taken.
//!
//! The words become rows and cells ([`sheet`]); labels of six languages are found in them ([`labels`]); the document
//! itself tells how it writes numbers and dates ([`locale`]); then each part finds its own values near its labels and
//! weighs them by evidence: how clear the label is, how close the value stands, whether it is the only one, whether its
//! form is right, and, for sums, whether they add up.

mod address;
mod amounts;
mod assemble;
mod blocks;
mod calibration;
mod candidates;
mod columns;
mod country;
mod currency;
mod details;
mod find;
mod garbled;
mod ids;
mod labels;
mod locale;
mod mended;
mod names;
mod number;
mod parties;
mod payment_reference;
mod plain_lines;
mod regions;
mod several;
mod sheet;
mod slip;
mod table;
mod totals;
mod values;
mod vat_rows;
mod when;

pub use garbled::garbled;

use crate::adapters::readers::pdf::PageWords;
use crate::domain::reading::Reading;

/// Reads the invoice that the pages hold. Never fails: what is not there is left out of the reading. Takes time in
/// proportion to the number of words; words of an invoice beyond 40 000 are not looked at, nor those of a page where it is
/// asked whether there are several.
pub fn read(pages: &[PageWords]) -> Reading {
    Reading { parts: several::parts(pages), ..read_as_one(pages) }
}

/// The same of pages that are known to hold one invoice.
pub fn read_as_one(pages: &[PageWords]) -> Reading {
    assemble::read(pages)
}

#[cfg(test)]
pub(super) mod tests;
