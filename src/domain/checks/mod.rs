//! Checks of an invoice's values against each other and against rules, each result with its rule's id and words.

mod amounts;
mod dates;
mod identity;
mod lines;
mod payment;

use super::{
    bank_account::ACCOUNT_UNVERIFIED,
    en16931::{Rule, Syntax},
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
    /// What the XML was written in: sums are held to the cent, since the sender's program computed them. None: read
    /// from a page.
    pub syntax: Option<Syntax>,
    /// Today, ISO 8601.
    pub today: &'a str,
    /// What the XML broke as it was received; no edit puts it right.
    pub broken_rules: &'a [CheckResult],
}

impl<'a> Facts<'a> {
    /// The facts of a fresh reading.
    pub fn of_reading(reading: &'a Reading, today: &'a str) -> Facts<'a> {
        let filled = reading.fields.iter().filter(|(_, read)| !read.value.is_empty());
        Facts {
            values: filled.map(|(field, read)| (*field, read.value.as_str())).collect(),
            lines: (1..).zip(&reading.lines).collect(),
            vat_rows: (1..).zip(&reading.vat_rows).collect(),
            syntax: reading.syntax,
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

    fn is_xml(&self) -> bool {
        self.syntax.is_some()
    }

    /// How sums are rounded: those of a page as CII does.
    fn rounding(&self) -> Syntax {
        self.syntax.unwrap_or(Syntax::Cii)
    }

    /// How grave it is where a sum does not hold: a page may be misread, and people round.
    fn strictness(&self) -> Severity {
        if self.is_xml() { Severity::Error } else { Severity::Warning }
    }

    /// Whether the XML broke this rule as it was received: then it is told already.
    fn is_told(&self, rule: &Rule) -> bool {
        self.broken_rules.iter().any(|told| told.rule == rule.id)
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
    payment::check(facts, &mut results);
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

/// A rule of EN 16931 that does not hold, in its own words, for a value.
fn of_value(rule: &Rule, severity: Severity, value: &str, field: Field) -> CheckResult {
    plain(&rule.id, severity, format!("{}: “{value}”", rule.text), &[field])
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
            syntax: is_xml.then_some(Syntax::Ubl),
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
            syntax: Some(Syntax::Ubl),
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
    fn xml_without_vat_adds_none() {
        let values = [(Field::NetTotal, "100.00"), (Field::GrossTotal, "119.00")];
        assert_eq!(run(&values, &[], &[], true), [("BR-CO-15".to_owned(), Severity::Error)]);
        assert_eq!(run(&values, &[], &[], false), [], "on a page it may not have been read");
    }

    /// Three lines of 33.333 are 100 when they are added up and rounded, as the standard does.
    #[test]
    fn sums_are_rounded_before_they_are_compared() {
        let lines = vec![line("1", "33.333", "33.333"); 3];
        let rows = ["9.504", "9.501"].map(|tax| VatRow { tax: Some(tax.into()), ..VatRow::default() });
        let mut values = GOOD.to_vec();
        values.push((Field::LinesTotal, "100.00"));
        values.push((Field::ChargesTotal, "0.004"));
        assert_eq!(run(&values, &lines, &rows, true), [("BR-CO-14".to_owned(), Severity::Error)], "19.01, not 19.005");
        values[1].1 = "19.01";
        values[2].1 = "119.01";
        assert_eq!(run(&values, &lines, &rows, true), []);
    }

    #[test]
    fn what_a_line_takes_off_is_no_difference() {
        let with = |allowances: &str, net: &str| InvoiceLine {
            allowances: Some(allowances.into()),
            ..line("2", "50.00", net)
        };
        let said_of = |line: &InvoiceLine, syntax| {
            let facts = Facts { lines: vec![(7, line)], syntax, ..Facts::of_reading(&EMPTY, "2026-11-21") };
            check(&facts).into_iter().map(|result| result.message).collect::<Vec<_>>()
        };
        let said = |line: &InvoiceLine| said_of(line, Some(Syntax::Ubl));
        for (allowances, net) in [("10.00", "90.00"), ("-5.00", "105.00"), ("10.00", "90.02")] {
            assert_eq!(said(&with(allowances, net)), Vec::<String>::new());
        }
        assert_eq!(said(&with("10.00", "95.00")), ["Line 1: 2 × 50.00 less 10.00 is 90.00, but the line says 95.00"]);
        assert_eq!(
            said(&with("-5.00", "100.00")),
            ["Line 1: 2 × 50.00 and 5.00 more is 105.00, but the line says 100.00"]
        );
        assert!(said(&InvoiceLine { informative: true, ..with("1.00", "0.00") }).is_empty(), "a subtotal");
        assert!(said_of(&with("10.00", "100.00"), None).is_empty(), "misread on a page");
        assert_eq!(said_of(&with("10.00", "95.00"), None).len(), 1);
    }

    /// Each just below the most that is read.
    #[test]
    fn the_largest_amounts_are_judged_too() {
        let line = InvoiceLine {
            allowances: Some("-900000000000000".into()),
            ..line("281474976710655", "281474976710656", "900000000000000")
        };
        run(&[], &[line], &[], true);
    }

    static EMPTY: std::sync::LazyLock<Reading> =
        std::sync::LazyLock::new(|| Reading::empty(crate::domain::reading::DocumentKind::TextPdf));

    #[test]
    fn bases_are_what_the_lines_of_their_rate_come_to() {
        let at = |rate: &str, net: &str| InvoiceLine {
            net: Some(net.into()),
            tax_rate: Some(rate.into()),
            ..InvoiceLine::default()
        };
        let row =
            |rate: &str, base: &str| VatRow { rate: Some(rate.into()), base: Some(base.into()), ..VatRow::default() };
        let lines = [at("19", "60.00"), at("7", "30.00"), at("7.00", "10.00")];
        let right = [row("19.0", "60.00"), row("7", "40.00")];
        let net = [(Field::NetTotal, "100.00")];
        assert_eq!(run(&net, &lines, &right, false), []);
        let wrong = [row("19", "40.00"), row("7", "60.00")];
        let fired = vec![("BR-S-08".to_owned(), Severity::Warning); 2];
        assert_eq!(run(&net, &lines, &wrong, false), fired);
        assert_eq!(run(&net, &lines, &wrong, true), [], "the rules of XML tell");
        let reduced = [(Field::NetTotal, "90.00"), (Field::AllowancesTotal, "10.00")];
        assert_eq!(run(&reduced, &lines, &wrong, false), [], "which rate was reduced?");
        assert_eq!(run(&reduced, &[at("19", "100.00")], &[row("19", "90.00")], false), []);
        assert_eq!(run(&reduced, &[at("19", "100.00")], &[row("19", "100.00")], false).len(), 1);
        let free = [at("0", "60.00"), at("0", "40.00")];
        let two_reasons = [row("0", "60.00"), row("0", "40.00")];
        assert_eq!(run(&net, &free, &two_reasons, false), [], "free of VAT for two reasons");
        assert_eq!(run(&net, &free, &two_reasons[..1], false), [("BR-Z-08".to_owned(), Severity::Warning)]);
    }

    #[test]
    fn vat_ids_and_countries_of_pages_are_checked_too() {
        let said = |values: &[(Field, &'static str)], is_xml| run(values, &[], &[], is_xml);
        let warned = |rule: &str| vec![(rule.to_owned(), Severity::Warning)];
        for field in [Field::SupplierVatId, Field::BuyerVatId] {
            assert_eq!(said(&[(field, "DE136695976")], false), []);
            assert_eq!(said(&[(field, "US12-3456789")], false), [], "of which nothing is known");
            assert_eq!(said(&[(field, "136695976")], false), warned("BR-CO-09"));
            assert_eq!(said(&[(field, "136695976")], true), [("BR-CO-09".to_owned(), Severity::Error)]);
            assert_eq!(said(&[(field, "DE136695975")], true), warned("vat-id-check-digits"));
            assert_eq!(said(&[(field, "DE13669597")], false), warned("vat-id-form"));
        }
        for field in [Field::SupplierCountry, Field::BuyerCountry] {
            assert_eq!(said(&[(field, "DE")], false), []);
            assert_eq!(said(&[(field, "XX")], false), warned("BR-CL-14"));
            assert_eq!(said(&[(field, "XX")], true), [("BR-CL-14".to_owned(), Severity::Error)], "after an edit");
        }
        let told = plain("BR-CL-14", Severity::Error, "told".into(), &[]);
        let facts = Facts {
            values: [(Field::SupplierCountry, "XX")].into(),
            syntax: Some(Syntax::Cii),
            broken_rules: std::slice::from_ref(&told),
            ..Facts::of_reading(&EMPTY, "2026-11-21")
        };
        assert_eq!(check(&facts), std::slice::from_ref(&told), "once");
    }

    #[test]
    fn a_credit_transfer_needs_an_account() {
        let said = |values: &[(Field, &'static str)], is_xml| run(values, &[], &[], is_xml);
        for means in ["30", "58"] {
            let fired = said(&[(Field::PaymentMeans, means)], false);
            assert_eq!(fired, [("BR-61".to_owned(), Severity::Warning)]);
        }
        assert_eq!(said(&[(Field::PaymentMeans, "58")], true), [], "the rules of XML tell");
        assert_eq!(said(&[(Field::PaymentMeans, "10")], false), [], "cash");
        assert_eq!(said(&[(Field::PaymentMeans, "30"), (Field::Iban, "DE89370400440532013000")], false), []);
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
