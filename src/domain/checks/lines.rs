//! Lines: their sum, BR-CO-10; what they come to, PEPPOL-EN16931-R120; and the bases of the VAT rows, BR-S-08.

use super::{CheckResult, Facts, Severity, decimal, money, plain, unequal};
use crate::domain::{
    en16931::{sums, totals::LINE_SUM},
    field::{Field, RowNumber},
    money::Decimal,
    reading::InvoiceLine,
};
use std::collections::BTreeMap;

/// What a line, or a base, may be off.
const SLACK: Decimal = Decimal::from_parts(2, 0, 0, false, 2);

pub(super) fn check(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    line_sum(facts, results);
    for (place, (number, line)) in facts.lines.iter().enumerate() {
        line_product(facts, place + 1, *number, line, results);
    }
    if !facts.is_xml() {
        bases(facts, results);
    }
}

fn parse(text: &Option<String>) -> Option<Decimal> {
    decimal(text.as_deref()?)
}

/// The lines that are part of sums.
fn summed<'f>(facts: &'f Facts<'_>) -> impl Iterator<Item = &'f InvoiceLine> {
    facts.lines.iter().map(|(_, line)| *line).filter(|line| !line.informative)
}

/// What the lines add up to; None: there are none, or one says nothing.
fn sum_of_lines(facts: &Facts<'_>) -> Option<Decimal> {
    let amounts: Vec<Decimal> = summed(facts).map(|line| parse(&line.net)).collect::<Option<_>>()?;
    (!amounts.is_empty()).then(|| sums::total(amounts.into_iter()))
}

/// Shops print lines with VAT included: then they add up to the gross total.
fn adds_to_gross(facts: &Facts<'_>, sum: Decimal) -> bool {
    !facts.is_xml() && facts.amount(Field::GrossTotal) == Some(sum)
}

/// Line amounts add up to BT-106; where that is not given, to the net total before allowances and charges.
fn line_sum(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let Some(sum) = sum_of_lines(facts) else { return };
    let (field, total) = match (facts.amount(Field::LinesTotal), facts.amount(Field::NetTotal)) {
        (Some(total), _) => (Field::LinesTotal, total),
        (None, Some(net)) => {
            let before = net + facts.amount_or_zero(Field::AllowancesTotal) - facts.amount_or_zero(Field::ChargesTotal);
            (Field::NetTotal, before)
        }
        (None, None) => return,
    };
    if sum != total && !adds_to_gross(facts, sum) {
        let result = unequal(&LINE_SUM, facts.strictness(), sum, total);
        results.push(CheckResult { fields: vec![field], ..result });
    }
}

/// Quantity × price less the line's own allowances = line amount, within 0.02. What a page says of a discount may be
/// misread, and is no cell that people correct: without it is right, too.
fn line_product(
    facts: &Facts<'_>,
    place: usize,
    number: RowNumber,
    line: &InvoiceLine,
    results: &mut Vec<CheckResult>,
) {
    let (Some(quantity), Some(price), Some(net)) = (parse(&line.quantity), parse(&line.unit_price), parse(&line.net))
    else {
        return;
    };
    let allowances = parse(&line.allowances).unwrap_or_default();
    let Some(expected) = sums::product(quantity, price).map(|product| product - allowances) else {
        return;
    };
    let is_right = |expected: Decimal| (expected - net).abs() <= SLACK;
    if line.informative || is_right(expected) || (!facts.is_xml() && is_right(expected + allowances)) {
        return;
    }
    let adjusted = match allowances {
        none if none.is_zero() => String::new(),
        charge if charge.is_sign_negative() => [" and ", &money(-charge), " more"].concat(),
        allowance => [" less ", &money(allowance)].concat(),
    };
    let message = format!(
        "Line {place}: {} × {}{adjusted} is {}, but the line says {}",
        quantity.normalize(),
        money(price),
        money(expected.round_dp(2)),
        money(net)
    );
    results.push(plain("PEPPOL-EN16931-R120", Severity::Warning, message, &[Field::Line(number)]));
}

/// Each VAT row's base is what the lines of its rate add up to. Of a page: the XML's own are judged as it is received.
/// An allowance or charge of the document may belong to any rate; with one rate it belongs to that one.
fn bases(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let Some(by_rate) = lines_by_rate(facts) else { return };
    let adjustment = facts.amount_or_zero(Field::ChargesTotal) - facts.amount_or_zero(Field::AllowancesTotal);
    // Where a line is missing, that is told already.
    if results.iter().any(|result| result.rule == LINE_SUM.id)
        || sum_of_lines(facts).is_none_or(|sum| adds_to_gross(facts, sum))
        || (!adjustment.is_zero() && (facts.vat_rows.len() > 1 || by_rate.len() > 1))
    {
        return;
    }
    for (rate, (number, base)) in bases_by_rate(facts) {
        let (Some(base), Some(lines)) = (base, by_rate.get(&rate)) else { continue };
        let expected = lines + adjustment;
        if (expected - base).abs() <= SLACK {
            continue;
        }
        let rule = if rate.is_zero() { "BR-Z-08" } else { "BR-S-08" };
        let (lines, base) = (money(expected), money(base));
        let message = format!("Lines with VAT at {rate} % come to {lines}, but VAT is charged on {base}");
        let result = plain(rule, Severity::Warning, message, &[Field::VatRow(number), Field::TaxTotal]);
        results.push(CheckResult { expected: Some(lines), found: Some(base), ..result });
    }
}

/// The first VAT row of each rate and what the bases of its rows come to: several are free of VAT for several reasons.
/// None where one of them says no base.
fn bases_by_rate(facts: &Facts<'_>) -> BTreeMap<Decimal, (RowNumber, Option<Decimal>)> {
    let mut by_rate: BTreeMap<Decimal, (RowNumber, Option<Decimal>)> = BTreeMap::new();
    for (number, row) in &facts.vat_rows {
        let Some(rate) = parse(&row.rate) else { continue };
        let base = parse(&row.base);
        let add = |known: &mut (RowNumber, Option<Decimal>)| known.1 = known.1.zip(base).map(|(sum, base)| sum + base);
        by_rate.entry(rate.normalize()).and_modify(add).or_insert((*number, base));
    }
    by_rate
}

/// None where a line says no rate or no amount.
fn lines_by_rate(facts: &Facts<'_>) -> Option<BTreeMap<Decimal, Decimal>> {
    let mut by_rate = BTreeMap::new();
    for line in summed(facts) {
        let (net, rate) = (parse(&line.net)?, parse(&line.tax_rate)?);
        *by_rate.entry(rate.normalize()).or_default() += net;
    }
    Some(by_rate)
}
