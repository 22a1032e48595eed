//! Sums of the document: BR-CO-10, -13, -14, -15, -16 of EN 16931-1, and the VAT rows, BR-CO-17.

use super::{CheckResult, Facts, Severity, decimal, unequal};
use crate::domain::{
    en16931::{
        totals::{DUE_SUM, GROSS_SUM, NET_SUM, VAT_SUM},
        vat_rows::ROW_TAX,
    },
    field::Field,
    money::Decimal,
};

pub(super) fn check(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let strictness = if facts.is_xml { Severity::Error } else { Severity::Warning };
    net_from_lines(facts, strictness, results);
    vat_sum(facts, strictness, results);
    gross(facts, results);
    due(facts, results);
    vat_rows(facts, results);
}

/// BR-CO-13: net = lines − allowances + charges.
fn net_from_lines(facts: &Facts<'_>, severity: Severity, results: &mut Vec<CheckResult>) {
    let (Some(lines), Some(net)) = (facts.amount(Field::LinesTotal), facts.amount(Field::NetTotal)) else {
        return;
    };
    let expected = lines - facts.amount_or_zero(Field::AllowancesTotal) + facts.amount_or_zero(Field::ChargesTotal);
    if expected != net {
        results.push(unequal(&NET_SUM, severity, expected, net));
    }
}

/// BR-CO-14: the VAT rows add up to the VAT total.
fn vat_sum(facts: &Facts<'_>, severity: Severity, results: &mut Vec<CheckResult>) {
    let Some(total) = facts.amount(Field::TaxTotal) else {
        return;
    };
    let taxes: Option<Vec<Decimal>> =
        facts.vat_rows.iter().map(|(_, row)| row.tax.as_deref().and_then(decimal)).collect();
    let Some(taxes) = taxes.filter(|taxes| !taxes.is_empty()) else {
        return;
    };
    let sum: Decimal = taxes.into_iter().sum();
    if sum != total {
        results.push(unequal(&VAT_SUM, severity, sum, total));
    }
}

/// BR-CO-15: net + VAT = gross.
fn gross(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let (Some(net), Some(gross)) = (facts.amount(Field::NetTotal), facts.amount(Field::GrossTotal)) else {
        return;
    };
    let Some(tax) = facts.amount(Field::TaxTotal).or_else(|| (net == gross).then_some(Decimal::ZERO)) else {
        return;
    };
    if net + tax != gross {
        results.push(unequal(&GROSS_SUM, Severity::Error, net + tax, gross));
    }
}

/// BR-CO-16: due = gross − paid + rounding; and what is collected for others besides (BR-DEX-09 of XRechnung).
fn due(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let (Some(gross), Some(due)) = (facts.amount(Field::GrossTotal), facts.amount(Field::AmountDue)) else {
        return;
    };
    let gross = gross + facts.amount_or_zero(Field::ThirdPartyAmount);
    let expected = gross - facts.amount_or_zero(Field::PaidAmount) + facts.amount_or_zero(Field::RoundingAmount);
    if expected != due {
        results.push(unequal(&DUE_SUM, Severity::Error, expected, due));
    }
}

/// BR-CO-17: base × rate = tax, a warning from 0.03 and an error from 1.00.
fn vat_rows(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    for (number, row) in &facts.vat_rows {
        let parse = |text: &Option<String>| text.as_deref().and_then(decimal);
        let (Some(base), Some(tax), Some(rate)) = (parse(&row.base), parse(&row.tax), parse(&row.rate)) else {
            continue;
        };
        let Some(product) = base.checked_mul(rate) else {
            continue;
        };
        let expected = (product / Decimal::ONE_HUNDRED).round_dp(2);
        let off = (expected - tax).abs();
        if off <= Decimal::new(2, 2) {
            continue;
        }
        let severity = if off >= Decimal::ONE { Severity::Error } else { Severity::Warning };
        let mut result = unequal(&ROW_TAX, severity, expected, tax);
        let (rate, base) = (rate.normalize(), super::money(base));
        let (expected, tax) = (super::money(expected), super::money(tax));
        result.message = format!("VAT at {rate} % of {base}: {expected} expected, {tax} found");
        result.fields.insert(0, Field::VatRow(*number));
        results.push(result);
    }
}
