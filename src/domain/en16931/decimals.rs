//! Amounts have two decimals at most: BR-DEC-*, by how they were written.

use super::{
    model::{Adjustment, Invoice, Syntax, Totals, Value, number, to_cents},
    rule::{AmountsOf, Rule, Test},
};
use crate::domain::{checks::Severity, field::Field};

pub(super) static RULES: &[Rule] = &[
    two("BR-DEC-01", "An allowance has more than two decimals", &[Field::AllowancesTotal], |invoice, give| {
        each(invoice, false, give, amount)
    }),
    two("BR-DEC-02", "An allowance's base has more than two decimals", &[Field::AllowancesTotal], |invoice, give| {
        each(invoice, false, give, base)
    }),
    two("BR-DEC-05", "A charge has more than two decimals", &[Field::ChargesTotal], |invoice, give| {
        each(invoice, true, give, amount)
    }),
    two("BR-DEC-06", "A charge's base has more than two decimals", &[Field::ChargesTotal], |invoice, give| {
        each(invoice, true, give, base)
    }),
    two("BR-DEC-09", "The sum of the lines has more than two decimals", &[Field::LinesTotal], |invoice, give| {
        total(invoice, give, |totals| totals.lines)
    }),
    two("BR-DEC-10", "The sum of allowances has more than two decimals", &[Field::AllowancesTotal], |invoice, give| {
        total(invoice, give, |totals| totals.allowances)
    }),
    two("BR-DEC-11", "The sum of charges has more than two decimals", &[Field::ChargesTotal], |invoice, give| {
        total(invoice, give, |totals| totals.charges)
    }),
    two("BR-DEC-12", "The net total has more than two decimals", &[Field::NetTotal], |invoice, give| {
        total(invoice, give, |totals| totals.net)
    }),
    two("BR-DEC-14", "The gross total has more than two decimals", &[Field::GrossTotal], |invoice, give| {
        total(invoice, give, |totals| totals.gross)
    }),
    two("BR-DEC-16", "The amount paid has more than two decimals", &[Field::PaidAmount], |invoice, give| {
        total(invoice, give, |totals| totals.paid)
    }),
    two("BR-DEC-17", "The rounding has more than two decimals", &[Field::RoundingAmount], |invoice, give| {
        total(invoice, give, |totals| totals.rounding)
    }),
    two("BR-DEC-18", "The amount due has more than two decimals", &[Field::AmountDue], |invoice, give| {
        total(invoice, give, |totals| totals.due)
    }),
    two("BR-DEC-19", "A VAT row's base has more than two decimals", &[Field::TaxTotal], |invoice, give| {
        invoice.judged_rows().for_each(|row| give(row.base))
    }),
    two("BR-DEC-20", "A VAT row's tax has more than two decimals", &[Field::TaxTotal], |invoice, give| {
        invoice.judged_rows().for_each(|row| give(row.tax))
    }),
    two("BR-DEC-23", "A line's amount has more than two decimals", &[], |invoice, give| {
        invoice.lines.iter().for_each(|line| give(line.net))
    }),
    two("BR-DEC-24", "A line's allowance has more than two decimals", &[], |invoice, give| {
        each_of_lines(invoice, false, give, amount)
    }),
    two("BR-DEC-25", "The base of a line's allowance has more than two decimals", &[], |invoice, give| {
        each_of_lines(invoice, false, give, base)
    }),
    two("BR-DEC-27", "A line's charge has more than two decimals", &[], |invoice, give| {
        each_of_lines(invoice, true, give, amount)
    }),
    two("BR-DEC-28", "The base of a line's charge has more than two decimals", &[], |invoice, give| {
        each_of_lines(invoice, true, give, base)
    }),
    // These two are judged by value in CII, and by UBL-DT-01 in UBL.
    Rule::holds("BR-DEC-13", "The VAT total has more than two decimals", &[Field::TaxTotal], |invoice| {
        invoice.syntax == Syntax::Ubl
            || invoice.tax_totals.is_empty()
            || invoice.tax_totals.iter().any(|total| {
                total.currency.is_none() || total.currency != invoice.currency || is_in_cents(total.amount)
            })
    }),
    Rule::holds(
        "BR-DEC-15",
        "The VAT total in the accounting currency has more than two decimals",
        &[Field::TaxTotal],
        |invoice| {
            invoice.syntax == Syntax::Ubl
                || invoice.tax_totals.is_empty()
                || invoice.tax_currency.is_none()
                || invoice
                    .tax_totals
                    .iter()
                    .any(|total| total.currency == invoice.tax_currency && is_in_cents(total.amount))
        },
    ),
];

const fn two(id: &'static str, text: &'static str, fields: &'static [Field], amounts: AmountsOf) -> Rule {
    Rule::new(id, Severity::Error, text, fields, Test::TwoDecimals(amounts))
}

type Give<'g> = &'g mut dyn FnMut(Value<'_>);

fn amount<'a>(adjustment: &Adjustment<'a>) -> Value<'a> {
    adjustment.amount
}

fn base<'a>(adjustment: &Adjustment<'a>) -> Value<'a> {
    adjustment.base
}

fn each(invoice: &Invoice<'_>, is_charge: bool, give: Give<'_>, of: for<'a> fn(&Adjustment<'a>) -> Value<'a>) {
    invoice.adjustments_of(is_charge).for_each(|adjustment| give(of(adjustment)));
}

fn each_of_lines(invoice: &Invoice<'_>, is_charge: bool, give: Give<'_>, of: for<'a> fn(&Adjustment<'a>) -> Value<'a>) {
    let adjustments = invoice.lines.iter().flat_map(|line| &line.adjustments);
    adjustments.filter(|adjustment| adjustment.is_charge == Some(is_charge)).for_each(|one| give(of(one)));
}

fn total(invoice: &Invoice<'_>, give: Give<'_>, of: for<'a> fn(&Totals<'a>) -> Value<'a>) {
    if let Some(totals) = &invoice.totals {
        give(of(totals));
    }
}

fn is_in_cents(value: Value<'_>) -> bool {
    number(value).is_some_and(|amount| amount == to_cents(amount))
}
