//! Sums of the document: BR-CO-13, -14, -15, -16 of EN 16931-1, and the tax of the VAT rows, BR-CO-17.

use super::{CheckResult, Facts, Severity, decimal, unequal};
use crate::domain::{
    en16931::{
        Syntax,
        sums::{self, Payable},
        totals::{DUE_SUM, GROSS_SUM, NET_SUM, VAT_SUM},
        vat_rows::ROW_TAX,
    },
    field::{Field, RowNumber},
    money::Decimal,
    reading::VatRow,
};

pub(super) fn check(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    net_from_lines(facts, results);
    vat_sum(facts, results);
    gross(facts, results);
    due(facts, results);
    for (number, row) in &facts.vat_rows {
        row_tax(facts, *number, row, results);
    }
}

/// BR-CO-13: net = lines − allowances + charges.
fn net_from_lines(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let (Some(lines), Some(net)) = (facts.amount(Field::LinesTotal), facts.amount(Field::NetTotal)) else {
        return;
    };
    let (allowances, charges) = (facts.amount(Field::AllowancesTotal), facts.amount(Field::ChargesTotal));
    let expected = sums::net(lines, allowances, charges, facts.rounding());
    if expected != net {
        results.push(unequal(&NET_SUM, facts.strictness(), expected, net));
    }
}

/// BR-CO-14: the VAT rows add up to the VAT total.
fn vat_sum(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let Some(total) = facts.amount(Field::TaxTotal) else {
        return;
    };
    let taxes: Option<Vec<Decimal>> =
        facts.vat_rows.iter().map(|(_, row)| row.tax.as_deref().and_then(decimal)).collect();
    let Some(taxes) = taxes.filter(|taxes| !taxes.is_empty()) else {
        return;
    };
    let sum = sums::total(taxes.into_iter());
    if sum != total {
        results.push(unequal(&VAT_SUM, facts.strictness(), sum, total));
    }
}

/// BR-CO-15: net + VAT = gross.
fn gross(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let (Some(net), Some(gross)) = (facts.amount(Field::NetTotal), facts.amount(Field::GrossTotal)) else {
        return;
    };
    // Where nothing is added there may be no VAT total, and CII does not ask for more.
    if facts.rounding() == Syntax::Cii && facts.is_xml() && net == gross {
        return;
    }
    // XML that states no VAT adds none; of a page it may not have been read.
    let unstated = || (net == gross || facts.is_xml()).then_some(Decimal::ZERO);
    let Some(tax) = facts.amount(Field::TaxTotal).or_else(unstated) else {
        return;
    };
    let expected = sums::gross(net, tax);
    if expected != gross {
        results.push(unequal(&GROSS_SUM, Severity::Error, expected, gross));
    }
}

/// BR-CO-16: due = gross − paid + rounding; and what is collected for others besides (BR-DEX-09 of XRechnung).
fn due(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let (Some(gross), Some(due)) = (facts.amount(Field::GrossTotal), facts.amount(Field::AmountDue)) else {
        return;
    };
    let gross = gross + facts.amount_or_zero(Field::ThirdPartyAmount);
    let (paid, rounding) = (facts.amount(Field::PaidAmount), facts.amount(Field::RoundingAmount));
    let payable = Payable { gross, paid, rounding };
    if !payable.is_due(due, facts.rounding()) {
        results.push(unequal(&DUE_SUM, Severity::Error, payable.due(), due));
    }
}

/// BR-CO-17: base × rate = tax. A warning from 0.03; an error where the standard says so, from 1.00.
fn row_tax(facts: &Facts<'_>, number: RowNumber, row: &VatRow, results: &mut Vec<CheckResult>) {
    let passed_over = matches!(row.category.as_deref(), Some("L" | "M" | "O"));
    if facts.syntax == Some(Syntax::Cii) && passed_over {
        return;
    }
    let parse = |text: &Option<String>| text.as_deref().and_then(decimal);
    let (Some(base), Some(tax), Some(rate)) = (parse(&row.base), parse(&row.tax), parse(&row.rate)) else {
        return;
    };
    let Some(without_sign) = sums::row_tax(base, rate) else {
        return;
    };
    if (without_sign - tax.abs()).abs() <= Decimal::new(2, 2) {
        return;
    }
    let is_near = sums::is_near(without_sign, tax, facts.syntax.unwrap_or_default());
    let severity = if is_near { Severity::Warning } else { Severity::Error };
    let expected = if base.is_sign_negative() { -without_sign } else { without_sign };
    let mut result = unequal(&ROW_TAX, severity, expected, tax);
    let (rate, base) = (rate.normalize(), super::money(base));
    let (expected, tax) = (super::money(expected), super::money(tax));
    result.message = format!("VAT at {rate} % of {base}: {expected} expected, {tax} found");
    result.fields.insert(0, Field::VatRow(number));
    results.push(result);
}
