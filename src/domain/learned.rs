//! What was learned from corrections, as admins see it.

use super::field::Field;
use serde::{Deserialize, Serialize};

/// A supplier with the rules learned for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LearnedSupplier {
    pub id: String,
    /// As the invoice that was corrected names it.
    pub name: String,
    pub rules: Vec<LearnedRule>,
}

/// How one value of a supplier's invoices is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LearnedRule {
    pub id: String,
    pub field: Field,
    /// Where it stands, in words: `right of “Our ref.”`.
    pub place: String,
    /// How its numbers or dates are written, where that was learned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// Who corrected the value.
    pub person: String,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    /// On how many invoices it was used, on how many of those a person left its value, and corrected it.
    pub used: i64,
    pub confirmed: i64,
    pub corrected: i64,
    /// Whether what it reads counts as sure.
    pub is_trusted: bool,
}

/// What to forget, or to remember again: one rule, or all of a supplier.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forgotten {
    Rule(String),
    Supplier(String),
}
