//! What a person's correction teaches for the supplier's next invoice: beside which words of the page the value stands,
//! and how it is written there. Pure: [`learn()`] looks for the corrected value among the words, [`choose()`] reads other
//! pages by what was learned and decides whether that is used.
//!
//! A value itself is remembered only where it is the same on every invoice of a supplier ([`is_constant`]). Amounts,
//! numbers, dates and accounts are read from each document anew, so that a changed one stays visible.

mod choose;
mod constant;
mod learn;
mod marks;
mod page;
mod seek;
mod spelling;

pub use choose::{Known, Used, choose};
pub use constant::is_constant;
pub use learn::{Lesson, learn};
pub use marks::{marks, resembles};
pub use page::Pages;

use super::{dates::DateOrder, field::Field, money::DecimalMark, reading::PageBox};
use serde::{Deserialize, Serialize};

/// A rule counts as sure after so many invoices on which people left what it read, with no correction in between.
pub const TRUSTED_AFTER: i64 = 2;
/// A rule is dropped after so many invoices on which people corrected what it read, with no confirmation in between.
pub const DROPPED_AFTER: i64 = 2;
/// How sure a value is that was read by a rule: less than sure, until the rule is trusted.
pub const LEARNED: f32 = 0.9;
pub const LEARNED_SURELY: f32 = 0.98;
/// The most where OCR read the words: no rule knows whether it misread them, so that is never sure. The readers give
/// such a value no more either.
pub const LEARNED_BY_OCR: f32 = 0.96;

/// Where a value of a supplier's invoices is found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hint {
    pub field: Field,
    /// What the reader had made of the document that was corrected; None: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<Misreading>,
    pub how: How,
}

/// A value as it was read before a person corrected it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Misreading {
    pub value: String,
    pub confidence: f32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It stands near a label.
    Words(Spot),
    /// It is always the same.
    Constant(String),
}

/// A place on a page, told by the words beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// The words of the label as they are compared; none where the value has no label.
    pub label: Vec<String>,
    /// The label as it is printed.
    pub shown: String,
    /// Whether nothing stands directly before the label.
    pub begins: bool,
    pub relation: Relation,
    /// Words between label and value.
    pub skipped: usize,
    pub page: PageAt,
    /// Where the label stood. Its page means nothing.
    pub label_at: PageBox,
    /// Where the value stood. Its page means nothing.
    pub value_at: PageBox,
    pub style: Style,
    /// The kinds of signs of the value as it was printed: `A-9` of `PO-4711`.
    pub shape: String,
}

/// How the value stands to its label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    RightOf,
    Below,
    /// There is no label: always at this place of the page.
    AtPlace,
}

/// A page from the first, or from the last, each counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageAt {
    FromStart(u32),
    FromEnd(u32),
}

/// How numbers and dates are written; None where what was learned from fits both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Style {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<DecimalMark>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<DateOrder>,
}

/// By whose correction a value was read, kept with the value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnedFrom {
    /// The rule, as long as it is remembered.
    pub rule: String,
    pub person: String,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
}

impl Hint {
    /// Where it looks, in the clerk's words: `right of “Our ref.”`.
    pub fn place_in_words(&self) -> String {
        match &self.how {
            How::Constant(value) => ["always “", value, "”"].concat(),
            How::Words(Spot { relation: Relation::AtPlace, .. }) => "always at the same place".to_owned(),
            How::Words(Spot { relation: Relation::RightOf, shown, .. }) => ["right of “", shown, "”"].concat(),
            How::Words(Spot { relation: Relation::Below, shown, .. }) => ["below “", shown, "”"].concat(),
        }
    }

    /// How numbers or dates are written there, by example; None where it makes no difference.
    pub fn style_in_words(&self) -> Option<&'static str> {
        let How::Words(spot) = &self.how else { return None };
        match (spot.style.mark, spot.style.order) {
            (Some(DecimalMark::Comma), _) => Some("1.234,56"),
            (Some(DecimalMark::Point), _) => Some("1,234.56"),
            (_, Some(DateOrder::DayMonth)) => Some("day before month"),
            (_, Some(DateOrder::MonthDay)) => Some("month before day"),
            (None, None) => None,
        }
    }

    /// Whether both look for the same value in the same way.
    pub fn is_like(&self, other: &Hint) -> bool {
        let same_way = match (&self.how, &other.how) {
            (How::Constant(one), How::Constant(other)) => one == other,
            (How::Words(one), How::Words(other)) => {
                one.label == other.label && one.relation == other.relation && one.skipped == other.skipped
            }
            _ => false,
        };
        self.field == other.field && same_way
    }
}

#[cfg(test)]
mod tests;
