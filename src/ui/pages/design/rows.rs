//! Lines and VAT rows: to look at, as a form, with something wrong, in company, and only to read.

use super::fields;
use super::page::{columns, named, part};
use super::samples::{LIVE, around, company, detail, review, text, value};
use crate::domain::{
    checks::{CheckResult, Severity},
    field::Field,
    invoice::{FieldValue, InvoiceDetail},
    reading::{InvoiceLine, VatRow},
    rows::Row,
    status::Status,
};
use crate::ui::pages::review::{
    model::Review,
    rows::{Lines, Vat, lines, vat},
};
use leptos::prelude::*;
use std::collections::BTreeSet;

pub fn parts() -> impl IntoView {
    (around(LIVE, company(1, &[Field::Line(4)]), open), around(LIVE, company(0, &[]), decided))
}

/// One row of each table is a form; in its price something is wrong.
fn open() -> AnyView {
    let review = sample();
    let editing = |field| RwSignal::new(Some(field));
    let lines = lines(review, editing(Field::Line(2)));
    part(
        "Lines and VAT rows",
        columns((
            named(
                "Active, a form with a cell that is wrong, with a check, somebody else\u{2019}s, only information",
                lines,
            ),
            named("A form, and a row with a check", vat(review, editing(Field::VatRow(1)))),
        )),
    )
}

fn sample() -> Review {
    let mut values = vec![
        line(1, "Screws, hardened"),
        line(2, "Nuts"),
        line(3, "Washers"),
        line(4, "Bolts"),
        (Field::Line(5), row(Row::Line(InvoiceLine { informative: true, ..plain(5, "Carried forward") }))),
    ];
    values.extend([vat_row(1, "19", "760.00"), vat_row(2, "7", "240.00")]);
    let checks = vec![
        check("PEPPOL-EN16931-R120", "Net is not quantity times price", Field::Line(3)),
        check("BR-S-09", "VAT is not the base times the rate", Field::VatRow(2)),
    ];
    let review = review(InvoiceDetail { checks, ..detail(3, Status::NeedsReview, values) });
    review.active.set(Some(Field::Line(1)));
    review.fresh.set(BTreeSet::from([Field::Line(4)]));
    let wrong = "Price: this is not a number".to_owned();
    review.refused.update(|refused| drop(refused.insert(Field::Line(2), wrong)));
    review
}

fn decided() -> AnyView {
    let mut values = vec![line(11, "Screws, hardened"), line(12, "Nuts"), vat_row(11, "19", "1000.00")];
    values.extend(fields::decided());
    let review = review(InvoiceDetail { may_edit: false, ..detail(4, Status::Approved, values) });
    let tables = view! {
        <Lines review />
        <Vat review />
    };
    part("Decided", columns((fields::read_only(review), named("Lines and VAT rows", tables))))
}

fn row(row: Row) -> FieldValue {
    value(&row.value(), 0.99)
}

fn plain(number: u16, description: &str) -> InvoiceLine {
    InvoiceLine {
        id: number.to_string(),
        description: description.to_owned(),
        quantity: text("20"),
        unit: text("pcs"),
        unit_price: text("10.00"),
        net: text("200.00"),
        tax_rate: text("19"),
        item_number: text("4711"),
        ..InvoiceLine::default()
    }
}

fn line(number: u16, description: &str) -> (Field, FieldValue) {
    (Field::Line(number), row(Row::Line(plain(number, description))))
}

fn vat_row(number: u16, rate: &str, base: &str) -> (Field, FieldValue) {
    let vat = VatRow { base: text(base), tax: text("144.40"), category: text("S"), rate: text(rate) };
    (Field::VatRow(number), row(Row::Vat(vat)))
}

fn check(rule: &str, message: &str, field: Field) -> CheckResult {
    CheckResult {
        rule: rule.to_owned(),
        severity: Severity::Error,
        message: message.to_owned(),
        fields: vec![field],
        expected: text("180.00"),
        found: text("200.00"),
    }
}
