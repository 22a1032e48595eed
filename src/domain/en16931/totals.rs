//! Sums of the document, BG-22, and the totals of VAT.

use super::{
    ledger::Ledger,
    model::{Invoice, Syntax, Totals, Value, number, to_cents},
    rule::{Found, Rule},
};
use crate::domain::{field::Field, money::Decimal};

// The sums that `domain/checks` also computes, over the values as people correct them.
pub static LINE_SUM: Rule =
    Rule::error("BR-CO-10", "The lines do not add up to the net total", &[Field::LinesTotal], |ledger, found| {
        if let Some(totals) = &ledger.invoice.totals {
            found.unless_equal(Some(to_cents(ledger.line_sum)), number(totals.lines));
        }
    });
pub static NET_SUM: Rule = Rule::error(
    "BR-CO-13",
    "Net total is not lines less allowances plus charges",
    &[Field::NetTotal, Field::LinesTotal, Field::AllowancesTotal, Field::ChargesTotal],
    |ledger, found| {
        if let Some(totals) = &ledger.invoice.totals {
            found.unless_equal(net_of(totals, ledger.invoice.syntax), number(totals.net));
        }
    },
);
pub static VAT_SUM: Rule =
    Rule::error("BR-CO-14", "VAT total is not the sum of the VAT rows", &[Field::TaxTotal], vat_sum);
pub static GROSS_SUM: Rule = Rule::error(
    "BR-CO-15",
    "Gross total is not net plus VAT",
    &[Field::GrossTotal, Field::NetTotal, Field::TaxTotal],
    gross_sum,
);
pub static DUE_SUM: Rule = Rule::error(
    "BR-CO-16",
    "Amount due is not gross less what was paid",
    &[Field::AmountDue, Field::GrossTotal, Field::PaidAmount, Field::RoundingAmount],
    |ledger, found| {
        if let Some(totals) = &ledger.invoice.totals {
            due_sum(totals, ledger.invoice.syntax, found);
        }
    },
);

pub(super) static RULES: &[Rule] = &[
    Rule::holds("BR-12", "The sum of the lines is missing", &[Field::LinesTotal], |invoice| {
        has(invoice, |totals| totals.lines.is_some())
    }),
    Rule::holds("BR-13", "The net total is missing", &[Field::NetTotal], |invoice| {
        has(invoice, |totals| totals.net.is_some())
    }),
    Rule::holds("BR-14", "The gross total is missing", &[Field::GrossTotal], |invoice| {
        has(invoice, |totals| totals.gross.is_some())
    }),
    Rule::holds("BR-15", "The amount due is missing", &[Field::AmountDue], |invoice| {
        has(invoice, |totals| totals.due.is_some())
    }),
    Rule::holds("BR-53", "VAT in the accounting currency is missing", &[Field::TaxTotal], has_accounting_total),
    Rule::error(
        "BR-CO-11",
        "The allowances do not add up to their total",
        &[Field::AllowancesTotal],
        |ledger, found| {
            adjustment_sum(ledger, found, false, ledger.allowance_sum, |totals| number(totals.allowances));
        },
    ),
    Rule::error("BR-CO-12", "The charges do not add up to their total", &[Field::ChargesTotal], |ledger, found| {
        adjustment_sum(ledger, found, true, ledger.charge_sum, |totals| number(totals.charges));
    }),
];

/// Of an invoice without the group nothing is asked here: the other rules tell.
fn has(invoice: &Invoice<'_>, amount: fn(&Totals<'_>) -> bool) -> bool {
    invoice.totals.as_ref().is_none_or(amount)
}

/// BT-109 as it should be. Amounts with more than two decimals are rounded, but for UBL's plain case.
fn net_of(totals: &Totals<'_>, syntax: Syntax) -> Option<Decimal> {
    let given = |value: Value<'_>| match value {
        Some(_) => number(value),
        None => Some(Decimal::ZERO),
    };
    let net = number(totals.lines)? - given(totals.allowances)? + given(totals.charges)?;
    let is_plain = totals.allowances.is_none() && totals.charges.is_none();
    Some(if is_plain && syntax == Syntax::Ubl { net } else { to_cents(net) })
}

fn adjustment_sum(
    ledger: &Ledger<'_>,
    found: &mut Found,
    is_charge: bool,
    sum: Decimal,
    total: fn(&Totals<'_>) -> Option<Decimal>,
) {
    let Some(totals) = &ledger.invoice.totals else { return };
    let total = total(totals);
    let has_some = ledger.invoice.adjustments_of(is_charge).next().is_some();
    if total.is_some() || has_some {
        found.unless_equal(Some(to_cents(sum)), total);
    }
}

fn has_accounting_total(invoice: &Invoice<'_>) -> bool {
    let Some(currency) = invoice.tax_currency else { return true };
    let is_given = invoice.tax_totals.iter().any(|total| total.currency == Some(currency));
    match invoice.syntax {
        Syntax::Ubl => is_given,
        Syntax::Cii => invoice.totals.is_none() || (is_given && invoice.currency != Some(currency)),
    }
}

/// UBL has the rows inside the total they belong to; in CII they are those of the document's currency.
fn vat_sum(ledger: &Ledger<'_>, found: &mut Found) {
    let invoice = ledger.invoice;
    for (place, total) in invoice.tax_totals.iter().enumerate() {
        let sum = match invoice.syntax {
            Syntax::Ubl => ledger.row_tax.get(&place).map(|(sum, _)| *sum),
            Syntax::Cii if total.currency.is_some() && total.currency == invoice.currency => {
                Some(ledger.row_tax.values().map(|(sum, _)| *sum).sum())
            }
            Syntax::Cii => None,
        };
        if let Some(sum) = sum {
            found.unless_equal(Some(to_cents(sum)), number(total.amount));
        }
    }
}

/// There is one VAT total in the document's currency, and net and it are gross. In CII net may be gross without one.
fn gross_sum(ledger: &Ledger<'_>, found: &mut Found) {
    let invoice = ledger.invoice;
    let Some(currency) = invoice.currency else { return };
    let totals = invoice.totals.unwrap_or_default();
    let (net, gross) = (number(totals.net), number(totals.gross));
    if invoice.syntax == Syntax::Cii && net.is_some() && net == gross {
        return;
    }
    let mut taxes =
        invoice.tax_totals.iter().filter(|total| total.currency == Some(currency) && total.amount.is_some());
    let (Some(tax), None) = (taxes.next(), taxes.next()) else {
        found.breach();
        return;
    };
    let expected = net.and_then(|net| Some(to_cents(net + number(tax.amount)?)));
    found.unless_equal(expected, gross);
}

/// BT-115. UBL rounds where something was paid or rounded; CII does not.
fn due_sum(totals: &Totals<'_>, syntax: Syntax, found: &mut Found) {
    let given = |value: Value<'_>| match value {
        Some(_) => number(value),
        None => Some(Decimal::ZERO),
    };
    let after_payment = || Some(number(totals.gross)? - given(totals.paid)?);
    let Some((rest, rounding)) = after_payment().zip(given(totals.rounding)) else {
        found.breach();
        return;
    };
    let due = number(totals.due);
    let holds = match (syntax, totals.paid, totals.rounding) {
        (Syntax::Ubl, Some(_), None) => due == Some(to_cents(rest)),
        (Syntax::Ubl, Some(_), Some(_)) => due.map(|due| to_cents(due - rounding)) == Some(to_cents(rest)),
        (Syntax::Ubl, None, Some(_)) => due.map(|due| to_cents(due - rounding)) == Some(rest),
        _ => due == Some(rest + rounding),
    };
    match due {
        _ if holds => {}
        Some(due) => found.unequal(rest + rounding, due),
        None => found.breach(),
    }
}
