//! Checks of an invoice's values against each other and against rules, each result with its rule's id and words.

mod amounts;
mod dates;
mod identity;
mod lines;

use super::{
    field::Field,
    money::Decimal,
    reading::{InvoiceLine, Reading, VatRow},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something is wrong: never approved by machine.
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

/// What checks look at: values in the form we keep.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Empty values are not among them.
    pub values: BTreeMap<Field, &'a str>,
    pub lines: &'a [InvoiceLine],
    pub vat_rows: &'a [VatRow],
    /// Read from XML: sums are held to the cent, since the sender's program computed them.
    pub is_xml: bool,
    /// Today, ISO 8601.
    pub today: &'a str,
}

impl<'a> Facts<'a> {
    /// The facts of a fresh reading.
    pub fn of_reading(reading: &'a Reading, today: &'a str) -> Facts<'a> {
        use super::reading::DocumentKind::{Cii, FacturxPdf, Ubl};
        let filled = reading.fields.iter().filter(|(_, read)| !read.value.is_empty());
        Facts {
            values: filled.map(|(field, read)| (*field, read.value.as_str())).collect(),
            lines: &reading.lines,
            vat_rows: &reading.vat_rows,
            is_xml: matches!(reading.kind, Ubl | Cii | FacturxPdf),
            today,
        }
    }

    fn text(&self, field: Field) -> Option<&'a str> {
        self.values.get(&field).copied()
    }

    fn amount(&self, field: Field) -> Option<Decimal> {
        self.text(field)?.parse().ok()
    }

    /// An amount that counts as nothing where it is missing.
    fn amount_or_zero(&self, field: Field) -> Decimal {
        self.amount(field).unwrap_or_default()
    }
}

/// Every check that does not hold, gravest first.
pub fn check(facts: &Facts<'_>) -> Vec<CheckResult> {
    let mut results = Vec::new();
    amounts::check(facts, &mut results);
    lines::check(facts, &mut results);
    dates::check(facts, &mut results);
    identity::check(facts, &mut results);
    results.sort_by_key(|result| match result.severity {
        Severity::Block => 0,
        Severity::Error => 1,
        Severity::Warning => 2,
    });
    results
}

/// A result without amounts.
fn plain(rule: &str, severity: Severity, message: String, fields: &[Field]) -> CheckResult {
    CheckResult { rule: rule.to_owned(), severity, message, fields: fields.to_vec(), expected: None, found: None }
}

/// A result of two amounts that should be equal.
fn unequal(rule: &str, severity: Severity, words: &str, expected: Decimal, found: Decimal, fields: &[Field]) -> CheckResult {
    CheckResult {
        rule: rule.to_owned(),
        severity,
        message: format!("{words}: {} expected, {} found", money(expected), money(found)),
        fields: fields.to_vec(),
        expected: Some(money(expected)),
        found: Some(money(found)),
    }
}

/// Two decimals at least.
fn money(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount.to_string()
}
