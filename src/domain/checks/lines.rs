//! Lines: their sum, BR-CO-10, and quantity × price, PEPPOL-EN16931-R120.

use super::{CheckResult, Facts, Severity, decimal, plain, unequal};
use crate::domain::{
    en16931::totals::LINE_SUM,
    field::{Field, RowNumber},
    money::Decimal,
    reading::InvoiceLine,
};

pub(super) fn check(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    line_sum(facts, results);
    for (place, (number, line)) in facts.lines.iter().enumerate() {
        line_product(place + 1, *number, line, results);
    }
}

fn parse(text: &Option<String>) -> Option<Decimal> {
    decimal(text.as_deref()?)
}

/// Line amounts add up to BT-106; where that is not given, to the net total before allowances and charges.
fn line_sum(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let summed = facts.lines.iter().map(|(_, line)| line).filter(|line| !line.informative);
    let amounts: Option<Vec<Decimal>> = summed.map(|line| parse(&line.net)).collect();
    let Some(amounts) = amounts.filter(|amounts| !amounts.is_empty()) else {
        return;
    };
    let sum: Decimal = amounts.into_iter().sum();
    let (field, total) = match (facts.amount(Field::LinesTotal), facts.amount(Field::NetTotal)) {
        (Some(total), _) => (Field::LinesTotal, total),
        (None, Some(net)) => {
            let before = net + facts.amount_or_zero(Field::AllowancesTotal) - facts.amount_or_zero(Field::ChargesTotal);
            (Field::NetTotal, before)
        }
        (None, None) => return,
    };
    // Shops print lines with VAT included: then they add up to the gross total.
    let adds_to_gross = !facts.is_xml && facts.amount(Field::GrossTotal) == Some(sum);
    if sum != total && !adds_to_gross {
        let severity = if facts.is_xml { Severity::Error } else { Severity::Warning };
        let result = unequal(&LINE_SUM, severity, sum, total);
        results.push(CheckResult { fields: vec![field], ..result });
    }
}

/// Quantity × price = line amount, within 0.02. Lines with their own price base or discount are judged by the sum alone.
fn line_product(place: usize, number: RowNumber, line: &InvoiceLine, results: &mut Vec<CheckResult>) {
    let (Some(quantity), Some(price), Some(net)) = (parse(&line.quantity), parse(&line.unit_price), parse(&line.net))
    else {
        return;
    };
    let Some(product) = quantity.checked_mul(price) else {
        return;
    };
    if (product.round_dp(2) - net).abs() > Decimal::new(2, 2) {
        let message = format!(
            "Line {place}: {} × {} is {}, but the line says {}",
            quantity.normalize(),
            super::money(price),
            super::money(product.round_dp(2)),
            super::money(net)
        );
        results.push(plain("PEPPOL-EN16931-R120", Severity::Warning, message, &[Field::Line(number)]));
    }
}
