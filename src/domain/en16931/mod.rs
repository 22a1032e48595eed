//! The rules of EN 16931 for electronic invoices, judged as the official validation (version 1.3.16) judges them.
//!
//! A reader maps its syntax to the semantic [`Invoice`]; [`judge`] gives the rules that it breaks. Each rule stands in
//! one table with its id, severity, words and fields, and [`crate::domain::checks`] takes those that it computes over
//! corrected values from there. Where the official validations of UBL and CII differ, a rule looks at
//! [`Invoice::syntax`], and says so.
//!
//! Of the 564 tests of single rules, and of the 163 sample invoices with a verdict of the official validation, none
//! disagrees (`src/tests/corpus.rs`). Where others could:
//!
//! | what | why it may differ |
//! | --- | --- |
//! | BR-CO-05 to -08, CII-DT-010 to -012 | not here: there they always hold, or are never reached |
//! | CII-DT-033 | not here: it asks that some line has a unit wherever a quantity has one; BR-23 tells |
//! | UBL-CR-\*, UBL-DT-\*, CII-SR-\*, CII-DT-\* that only warn | only those that real invoices were seen to break, of some 1,100; they name elements outside the core |
//! | CII-DT-101 to -104 | may fire beside CII-DT-001 to -004, which come instead of them there |
//! | an element twice where one may be | the first counts, where the official validation ends with an error |
//! | amounts of 10^15 and more, or written with an exponent | are no amounts here |

pub mod binding;
mod binding_cii;
mod binding_ubl;
pub mod code_rules;
mod codes;
mod decimals;
mod document;
mod ledger;
mod lines;
pub mod model;
pub mod parties;
pub mod payment;
mod rule;
pub mod sums;
#[cfg(test)]
mod tests;
pub mod totals;
mod vat_categories;
pub mod vat_rows;

pub use model::{Invoice, Syntax};
pub use rule::{Finding, Rule};

use super::checks::{CheckResult, Severity};
use ledger::Ledger;
use std::sync::LazyLock;

/// The rules that [`crate::domain::checks`] also computes, over the values as people correct them.
pub static OF_VALUES: [&Rule; 8] = [
    &totals::LINE_SUM,
    &totals::NET_SUM,
    &totals::VAT_SUM,
    &totals::GROSS_SUM,
    &totals::DUE_SUM,
    &vat_rows::ROW_TAX,
    &parties::VAT_PREFIX,
    &code_rules::CURRENCY,
];

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let tables = [
        document::RULES,
        parties::RULES,
        payment::RULES,
        totals::RULES,
        lines::RULES,
        vat_rows::RULES,
        decimals::RULES,
        code_rules::RULES,
    ];
    let of_values = OF_VALUES.into_iter().cloned();
    let tables = tables.into_iter().flatten().cloned();
    of_values.chain(tables).chain(vat_categories::rules()).chain(binding::rules()).collect()
});

/// All rules.
pub fn rules() -> &'static [Rule] {
    &RULES
}

/// What is told of an invoice that was read from XML: the rules that it broke as it was received. Left out are those
/// that `domain/checks` judges over the values, which people correct, and warnings about elements that the core does
/// not have, which say nothing about the invoice.
pub fn told(findings: Vec<Finding>) -> Vec<CheckResult> {
    let is_of_values = |finding: &Finding| OF_VALUES.iter().any(|rule| rule.id == finding.id);
    let is_remark = |finding: &Finding| finding.is_binding && finding.result.severity == Severity::Warning;
    let told = findings.into_iter().filter(|finding| !is_of_values(finding) && !is_remark(finding));
    told.map(|finding| finding.result).collect()
}

/// The rules that an invoice breaks, each once.
pub fn judge(invoice: &Invoice<'_>) -> Vec<Finding> {
    let ledger = Ledger::new(invoice);
    rules().iter().filter_map(|rule| rule.judge(&ledger)).collect()
}
