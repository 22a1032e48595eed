//! Checks of an invoice's values against each other and against rules, each result with its rule's id and words.

mod amounts;
mod dates;
mod identity;
mod lines;

use super::{
    bank_account::ACCOUNT_UNVERIFIED,
    en16931::Rule,
    field::{Field, RowNumber},
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

impl CheckResult {
    /// Whether something is wrong. That an account is a supplier's first is only told: it is said of every new supplier.
    pub fn is_failure(&self) -> bool {
        self.rule != ACCOUNT_UNVERIFIED
    }
}

/// What checks look at: values in the form we keep.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Empty values are not among them.
    pub values: BTreeMap<Field, &'a str>,
    /// In their order.
    pub lines: Vec<(RowNumber, &'a InvoiceLine)>,
    pub vat_rows: Vec<(RowNumber, &'a VatRow)>,
    /// Read from XML: sums are held to the cent, since the sender's program computed them.
    pub is_xml: bool,
    /// Today, ISO 8601.
    pub today: &'a str,
    /// What the XML broke as it was received; no edit puts it right.
    pub broken_rules: &'a [CheckResult],
}

impl<'a> Facts<'a> {
    /// The facts of a fresh reading.
    pub fn of_reading(reading: &'a Reading, today: &'a str) -> Facts<'a> {
        use super::reading::DocumentKind::{Cii, FacturxPdf, Ubl};
        let filled = reading.fields.iter().filter(|(_, read)| !read.value.is_empty());
        Facts {
            values: filled.map(|(field, read)| (*field, read.value.as_str())).collect(),
            lines: (1..).zip(&reading.lines).collect(),
            vat_rows: (1..).zip(&reading.vat_rows).collect(),
            is_xml: matches!(reading.kind, Ubl | Cii | FacturxPdf),
            today,
            broken_rules: &reading.broken_rules,
        }
    }

    fn text(&self, field: Field) -> Option<&'a str> {
        self.values.get(&field).copied()
    }

    fn amount(&self, field: Field) -> Option<Decimal> {
        decimal(self.text(field)?)
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
    results.extend_from_slice(facts.broken_rules);
    results.sort_by_key(|result| match result.severity {
        Severity::Block => 0,
        Severity::Error => 1,
        Severity::Warning => 2,
    });
    results
}

/// An amount, rate or quantity in the form we keep. Beyond 10^15 it is no amount, and sums of it could overflow.
fn decimal(text: &str) -> Option<Decimal> {
    text.parse().ok().filter(|amount: &Decimal| amount.abs() < Decimal::from(1_000_000_000_000_000_i64))
}

/// A result without amounts.
fn plain(rule: &str, severity: Severity, message: String, fields: &[Field]) -> CheckResult {
    CheckResult { rule: rule.to_owned(), severity, message, fields: fields.to_vec(), expected: None, found: None }
}

/// A rule of EN 16931 that does not hold, in its own words, by two amounts that should be equal.
fn unequal(rule: &Rule, severity: Severity, expected: Decimal, found: Decimal) -> CheckResult {
    CheckResult {
        rule: rule.id.to_string(),
        severity,
        message: format!("{}: {} expected, {} found", rule.text, money(expected), money(found)),
        fields: rule.fields.to_vec(),
        expected: Some(money(expected)),
        found: Some(money(found)),
    }
}

/// Two decimals at least.
pub(super) fn money(amount: Decimal) -> String {
    let mut amount = amount.normalize();
    if amount.scale() < 2 {
        amount.rescale(2);
    }
    amount.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(
        values: &[(Field, &'static str)],
        lines: &[InvoiceLine],
        vat_rows: &[VatRow],
        is_xml: bool,
    ) -> Vec<(String, Severity)> {
        let (lines, vat_rows) = ((1..).zip(lines).collect(), (1..).zip(vat_rows).collect());
        let facts = Facts {
            values: values.iter().copied().collect(),
            lines,
            vat_rows,
            is_xml,
            today: "2026-11-21",
            broken_rules: &[],
        };
        check(&facts).into_iter().map(|result| (result.rule, result.severity)).collect()
    }

    fn line(quantity: &str, price: &str, net: &str) -> InvoiceLine {
        let some = |text: &str| Some(text.to_owned());
        InvoiceLine { quantity: some(quantity), unit_price: some(price), net: some(net), ..InvoiceLine::default() }
    }

    const GOOD: [(Field, &str); 5] = [
        (Field::NetTotal, "100.00"),
        (Field::TaxTotal, "19.00"),
        (Field::GrossTotal, "119.00"),
        (Field::IssueDate, "2026-11-02"),
        (Field::DueDate, "2026-12-02"),
    ];

    #[test]
    fn what_is_right_gives_nothing() {
        let row =
            VatRow { base: Some("100.00".into()), tax: Some("19.00".into()), rate: Some("19".into()), category: None };
        assert!(run(&GOOD, &[line("2", "50.00", "100.00")], &[row], true).is_empty());
        assert!(run(&[], &[], &[], true).is_empty(), "nothing known, nothing wrong");
    }

    #[test]
    fn sums_that_are_off_say_both_amounts() {
        let mut values = GOOD;
        values[2].1 = "119.02";
        let facts = Facts {
            values: values.into_iter().collect(),
            lines: Vec::new(),
            vat_rows: Vec::new(),
            is_xml: true,
            today: "2026-11-21",
            broken_rules: &[],
        };
        let results = check(&facts);
        assert_eq!(results.len(), 1);
        assert_eq!((results[0].rule.as_str(), results[0].severity), ("BR-CO-15", Severity::Error));
        assert_eq!((results[0].expected.as_deref(), results[0].found.as_deref()), (Some("119.00"), Some("119.02")));
        assert!(results[0].message.contains("119.00") && results[0].message.contains("119.02"));
        assert_eq!(results[0].fields[0], Field::GrossTotal);
    }

    #[test]
    fn each_rule_fires() {
        let mut wide = GOOD.to_vec();
        wide.extend([
            (Field::LinesTotal, "100.00"),
            (Field::AllowancesTotal, "5.00"),
            (Field::AmountDue, "119.00"),
            (Field::PaidAmount, "19.00"),
        ]);
        let fired = run(&wide, &[line("2", "50.00", "90.00")], &[], true);
        for rule in ["BR-CO-13", "BR-CO-16", "BR-CO-10", "PEPPOL-EN16931-R120"] {
            assert!(fired.iter().any(|(name, _)| name == rule), "{rule} in {fired:?}");
        }
        let vat =
            VatRow { base: Some("100.00".into()), tax: Some("17.00".into()), rate: Some("19".into()), category: None };
        let fired = run(&GOOD, &[], &[vat], true);
        assert_eq!(fired, [("BR-CO-14".to_owned(), Severity::Error), ("BR-CO-17".to_owned(), Severity::Error)]);
        let dates = [(Field::IssueDate, "2027-01-01"), (Field::DueDate, "2026-12-01")];
        assert_eq!(run(&dates, &[], &[], false).len(), 2);
        let stale = run(&[(Field::IssueDate, "2025-11-20")], &[], &[], false);
        assert_eq!(stale, [("issue-stale".to_owned(), Severity::Warning)]);
        assert!(run(&[(Field::IssueDate, "2025-11-22")], &[], &[], false).is_empty());
        let names =
            [(Field::Currency, "Euro"), (Field::SupplierVatId, "123456"), (Field::Iban, "DE88370400440532013000")];
        let fired = run(&names, &[], &[], true);
        assert_eq!(fired.len(), 3, "{fired:?}");
    }

    #[test]
    fn prices_with_vat_included_are_no_fault_on_paper() {
        let lines = [line("1", "119.00", "119.00")];
        assert!(run(&GOOD, &lines, &[], false).is_empty());
        assert_eq!(run(&GOOD, &lines, &[], true), [("BR-CO-10".to_owned(), Severity::Error)]);
    }

    #[test]
    fn huge_numbers_do_not_overflow() {
        let big = "79228162514264337593543950335";
        let values = [
            (Field::NetTotal, big),
            (Field::TaxTotal, big),
            (Field::GrossTotal, big),
            (Field::LinesTotal, big),
            (Field::ChargesTotal, big),
        ];
        let row = VatRow { base: Some(big.into()), tax: Some(big.into()), rate: Some(big.into()), category: None };
        run(&values, &[line(big, big, big), line(big, big, big)], &[row.clone(), row], true);
    }
}
