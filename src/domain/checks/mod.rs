//! Checks of an invoice's values against each other and against rules, each result with its rule's id and words.

use super::field::Field;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Blocks approval by machine; a person sees it first.
    Error,
    Warning,
    /// Blocks approval until resolved: a possible duplicate, a changed bank account.
    Block,
}

/// A check that did not hold. Checks that hold give no result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// Rule id: `BR-CO-15`, or ours, `due-before-issue`.
    pub rule: String,
    pub severity: Severity,
    /// In the clerk's words, with both amounts where amounts are compared.
    pub message: String,
    /// The fields it concerns, the first is where the message stands.
    pub fields: Vec<Field>,
    /// What was expected and what was found, for amounts: exact decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}
