//! What a rule is, and what is told when one is broken.

use super::{
    binding::Binding,
    codes,
    ledger::Ledger,
    model::{Adjustment, CodeUse, Invoice, Line, Syntax, Value, VatRow, decimals},
    vat_categories::Category,
};
use crate::domain::{
    checks::{CheckResult, Severity, money},
    field::{Field, MAX_ROWS},
    money::Decimal,
};
use std::borrow::Cow;

/// A rule: its id in the standard, how grave a breach is, what it says in a clerk's words, and the fields concerned,
/// the first of which is where the message stands.
#[derive(Clone, Debug)]
pub struct Rule {
    pub id: Cow<'static, str>,
    pub severity: Severity,
    /// The official validation of CII may be stricter.
    pub(super) severity_in_cii: Severity,
    /// What is wrong when it is broken.
    pub text: Cow<'static, str>,
    pub fields: &'static [Field],
    pub(super) test: Test,
}

type WholeTest = fn(&Ledger<'_>, &mut Found);
type CategoryTest = fn(&'static Category, &Ledger<'_>, &mut Found);
/// Hands over each amount that the rule is about.
pub(super) type AmountsOf = fn(&Invoice<'_>, &mut dyn FnMut(Value<'_>));

/// How a rule is judged.
#[derive(Clone, Copy, Debug)]
pub(super) enum Test {
    /// Looks at anything, and tells amounts.
    Whole(WholeTest),
    /// The others tell whether the rule holds: of the invoice, of each line, of each VAT row,
    Holds(fn(&Invoice<'_>) -> bool),
    EachLine(fn(&Line<'_>) -> bool),
    EachRow(fn(&VatRow<'_>) -> bool),
    /// of each allowance, or charge, of the document or of its lines.
    EachAdjustment(Kind, fn(&Adjustment<'_>) -> bool),
    Category(&'static Category, CategoryTest),
    /// Each code of a use is in its list.
    Code(CodeUse),
    /// Each of some amounts has two decimals at most.
    TwoDecimals(AmountsOf),
    /// The reader of the syntax looked, see [`Binding`].
    Binding(&'static Binding),
}

/// Which allowances or charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Allowance,
    Charge,
    LineAllowance,
    LineCharge,
}

impl Rule {
    /// An error where this does not hold.
    pub(super) const fn holds(
        id: &'static str,
        text: &'static str,
        fields: &'static [Field],
        test: fn(&Invoice<'_>) -> bool,
    ) -> Rule {
        Rule::new(id, Severity::Error, text, fields, Test::Holds(test))
    }

    /// An error on each line where this does not hold.
    pub(super) const fn line(id: &'static str, text: &'static str, test: fn(&Line<'_>) -> bool) -> Rule {
        Rule::new(id, Severity::Error, text, &[], Test::EachLine(test))
    }

    /// An error for each VAT row where this does not hold.
    pub(super) const fn row(id: &'static str, text: &'static str, test: fn(&VatRow<'_>) -> bool) -> Rule {
        Rule::new(id, Severity::Error, text, &[Field::TaxTotal], Test::EachRow(test))
    }

    pub(super) const fn error(id: &'static str, text: &'static str, fields: &'static [Field], test: WholeTest) -> Rule {
        Rule::new(id, Severity::Error, text, fields, Test::Whole(test))
    }

    pub(super) const fn new(
        id: &'static str,
        severity: Severity,
        text: &'static str,
        fields: &'static [Field],
        test: Test,
    ) -> Rule {
        Rule { id: Cow::Borrowed(id), severity, severity_in_cii: severity, text: Cow::Borrowed(text), fields, test }
    }

    /// What the official validation of UBL only warns of, and that of CII does not take.
    pub(super) const fn error_in_cii(mut self) -> Rule {
        self.severity_in_cii = Severity::Error;
        self
    }

    pub(super) fn judge(&self, ledger: &Ledger<'_>) -> Option<Finding> {
        let mut found = Found::default();
        let invoice = ledger.invoice;
        match self.test {
            Test::Whole(test) => test(ledger, &mut found),
            Test::Category(category, test) => test(category, ledger, &mut found),
            Test::Holds(test) => found.unless(test(invoice)),
            Test::EachLine(test) => {
                invoice.lines.iter().enumerate().for_each(|(place, line)| found.unless_at(place, test(line)));
            }
            Test::EachRow(test) => invoice.judged_rows().for_each(|row| found.unless(test(row))),
            Test::EachAdjustment(kind, test) => each_adjustment(invoice, kind, test, &mut found),
            Test::Code(usage) => unknown_codes(invoice, usage, &mut found),
            Test::TwoDecimals(amounts) => amounts(invoice, &mut |amount| {
                if decimals(amount) > 2 {
                    found.value(amount.unwrap_or_default());
                }
            }),
            Test::Binding(binding) => {
                let breaches = invoice.binding_breaches.iter().filter(|(id, _)| *id == binding.id);
                found.count = breaches.map(|(_, count)| *count).sum();
            }
        }
        (found.count > 0).then(|| Finding {
            id: self.id.to_string(),
            is_binding: matches!(self.test, Test::Binding(_)),
            result: self.result(found, invoice.syntax),
        })
    }

    fn result(&self, found: Found, syntax: Syntax) -> CheckResult {
        let mut message = self.text.to_string();
        if let Some(value) = found.value {
            message = format!("{message}: “{value}”");
        }
        match (found.line, found.count) {
            (Some(line), 1) => message = format!("{message} (line {line})"),
            (Some(line), count) => message = format!("{message} (line {line} and {} more)", count - 1),
            (None, 1) => {}
            (None, count) => message = format!("{message} ({count} times)"),
        }
        // The page looks for these at the end, to write them as its reader does.
        if let Some((expected, found)) = found.amounts {
            message = format!("{message}: {} expected, {} found", money(expected), money(found));
        }
        let mut fields = self.fields.to_vec();
        let line = found.line.and_then(|line| u16::try_from(line).ok()).filter(|line| *line <= MAX_ROWS);
        if let Some(line) = line {
            fields.insert(0, Field::Line(line));
        }
        CheckResult {
            rule: self.id.to_string(),
            severity: if syntax == Syntax::Cii { self.severity_in_cii } else { self.severity },
            message,
            fields,
            expected: found.amounts.map(|(expected, _)| money(expected)),
            found: found.amounts.map(|(_, found)| money(found)),
        }
    }
}

fn each_adjustment(invoice: &Invoice<'_>, kind: Kind, test: fn(&Adjustment<'_>) -> bool, found: &mut Found) {
    let is_charge = matches!(kind, Kind::Charge | Kind::LineCharge);
    let of_kind = |adjustment: &&Adjustment<'_>| adjustment.is_charge == Some(is_charge);
    match kind {
        Kind::Allowance | Kind::Charge => {
            invoice.adjustments.iter().filter(of_kind).for_each(|adjustment| found.unless(test(adjustment)));
        }
        Kind::LineAllowance | Kind::LineCharge => {
            for (place, line) in invoice.lines.iter().enumerate() {
                line.adjustments.iter().filter(of_kind).for_each(|one| found.unless_at(place, test(one)));
            }
        }
    }
}

pub(super) fn unknown_codes(invoice: &Invoice<'_>, usage: CodeUse, found: &mut Found) {
    for code in invoice.codes.iter().filter(|code| code.usage == usage) {
        if !codes::is_known(usage, code.value, invoice.syntax) {
            found.value(code.value);
        }
    }
}

/// A rule that is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub id: String,
    /// A rule of the syntax, not of the invoice.
    pub is_binding: bool,
    pub result: CheckResult,
}

/// Breaches of one rule while it is judged. The first one is told, the others are counted.
#[derive(Debug, Default)]
pub(super) struct Found {
    count: usize,
    line: Option<usize>,
    amounts: Option<(Decimal, Decimal)>,
    value: Option<String>,
}

/// Of a value that is shown in a message, in characters.
const MAX_SHOWN: usize = 40;

impl Found {
    pub fn breach(&mut self) {
        self.count += 1;
    }

    pub fn unless(&mut self, holds: bool) {
        self.count += usize::from(!holds);
    }

    /// On the line at this place, from 0, unless it holds there.
    pub fn unless_at(&mut self, place: usize, holds: bool) {
        if !holds {
            self.count += 1;
            self.line = self.line.or(Some(place + 1));
        }
    }

    pub fn unequal(&mut self, expected: Decimal, found: Decimal) {
        self.count += 1;
        self.amounts = self.amounts.or(Some((expected, found)));
    }

    /// Two amounts that must be equal; one that is missing breaks the rule too.
    pub fn unless_equal(&mut self, expected: Option<Decimal>, found: Option<Decimal>) {
        match (expected, found) {
            (Some(expected), Some(found)) if expected == found => {}
            (Some(expected), Some(found)) => self.unequal(expected, found),
            _ => self.breach(),
        }
    }

    pub fn value(&mut self, value: &str) {
        self.count += 1;
        self.value.get_or_insert_with(|| value.chars().take(MAX_SHOWN).collect());
    }
}
