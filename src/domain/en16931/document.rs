//! The head of the invoice: what it is, when, in which currency, what it refers to.

use super::{
    model::{Invoice, Period, Syntax, is_filled},
    rule::Rule,
};
use crate::domain::field::Field;

const PERIOD: &[Field] = &[Field::PeriodStart, Field::PeriodEnd];

pub(super) static RULES: &[Rule] = &[
    Rule::holds("BR-01", "The XML does not say which specification it follows", &[], |invoice| {
        is_filled(invoice.specification)
    }),
    Rule::holds("BR-02", "The invoice number is missing", &[Field::InvoiceNumber], |invoice| is_filled(invoice.number)),
    Rule::holds("BR-03", "The issue date is missing", &[Field::IssueDate], |invoice| is_filled(invoice.issue_date)),
    Rule::holds("BR-04", "The type of the invoice is missing", &[Field::DocumentType], |invoice| {
        is_filled(invoice.type_code)
    }),
    Rule::holds("BR-05", "The currency is missing", &[Field::Currency], |invoice| is_filled(invoice.currency)),
    Rule::holds("BR-16", "The invoice has no lines", &[], |invoice| !invoice.lines.is_empty()),
    Rule::holds("BR-29", "The invoiced period ends before it begins", PERIOD, |invoice| {
        invoice.periods.iter().all(|period| period_is_in_order(period))
    }),
    Rule::holds("BR-52", "A supporting document has no reference", &[], |invoice| {
        invoice.documents.iter().all(|document| is_filled(document.id))
    }),
    Rule::holds("BR-55", "A reference to an earlier invoice lacks its number", &[Field::PrecedingInvoice], |invoice| {
        match invoice.syntax {
            Syntax::Ubl => invoice.preceding.iter().all(Option::is_some),
            Syntax::Cii => invoice.preceding.iter().all(|number| is_filled(*number)),
        }
    }),
    Rule::holds("BR-57", "The address of delivery lacks its country", &[Field::DeliveryDate], |invoice| match invoice
        .syntax
    {
        Syntax::Ubl => invoice.delivery.address.is_none_or(|address| address.country.is_some()),
        Syntax::Cii => invoice.delivery.address.is_none_or(|address| is_filled(address.country)),
    }),
    Rule::holds("BR-CO-03", "The VAT date is given both as a date and as a code", &[Field::TaxPointDate], |invoice| {
        !(invoice.has_tax_point_date && invoice.has_tax_point_code && is_vat_point_judged(invoice))
    }),
    Rule::holds("BR-CO-19", "The invoiced period has neither start nor end", PERIOD, |invoice| {
        let has_code = |period: &Period<'_>| invoice.syntax == Syntax::Ubl && period.has_tax_point_code;
        invoice.periods.iter().all(|period| period.has_start || period.has_end || has_code(period))
    }),
    Rule::holds("UBL-SR-43", "A reference to an object is not marked as one (type 130)", &[], |invoice| {
        invoice.syntax == Syntax::Cii
            || invoice.documents.iter().all(|document| match document.type_code {
                Some("130") => true,
                Some("50") => document.of_credit_note,
                code => code.is_none() && !document.has_scheme,
            })
    }),
];

/// BR-29 and BR-30.
pub(super) fn period_is_in_order(period: &Period<'_>) -> bool {
    match (period.start, period.end) {
        _ if !(period.has_start && period.has_end) => true,
        (Some(start), Some(end)) => end >= start,
        _ => false,
    }
}

/// CII judges it on each VAT row.
fn is_vat_point_judged(invoice: &Invoice<'_>) -> bool {
    invoice.syntax == Syntax::Ubl || invoice.judged_rows().next().is_some()
}
