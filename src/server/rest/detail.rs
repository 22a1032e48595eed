//! An invoice as programs see it: its single values by name, its lines and VAT rows as lists.

use crate::domain::{
    field::Field,
    invoice::{FieldValue, InvoiceDetail},
    reading::{InvoiceLine, VatRow},
};
use serde::Serialize;

/// The answer to `GET /invoices/ID`.
#[derive(Serialize)]
pub struct InvoiceAnswer {
    /// Without the rows among its values.
    #[serde(flatten)]
    invoice: InvoiceDetail,
    lines: Vec<RowAnswer<InvoiceLine>>,
    vat_rows: Vec<RowAnswer<VatRow>>,
}

/// A line or a VAT row, and what is needed to change it.
#[derive(Serialize)]
struct RowAnswer<Row> {
    /// Name it in an edit.
    name: Field,
    /// Send it back as `base_version` with an edit.
    version: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_by: Option<String>,
    #[serde(flatten)]
    row: Row,
}

impl From<InvoiceDetail> for InvoiceAnswer {
    fn from(mut invoice: InvoiceDetail) -> Self {
        let value = |name: Field| invoice.fields.get(&name);
        let line = |(number, line): (_, InvoiceLine)| {
            let name = Field::Line(number);
            let place = value(name).and_then(|value| value.place);
            answer(name, value(name), InvoiceLine { place, ..line })
        };
        let vat_row = |(number, row)| answer(Field::VatRow(number), value(Field::VatRow(number)), row);
        let lines = invoice.lines().into_iter().map(line).collect();
        let vat_rows = invoice.vat_rows().into_iter().map(vat_row).collect();
        invoice.fields.retain(|field, _| field.row().is_none());
        InvoiceAnswer { invoice, lines, vat_rows }
    }
}

fn answer<Row>(name: Field, value: Option<&FieldValue>, row: Row) -> RowAnswer<Row> {
    RowAnswer {
        name,
        version: value.map_or(0, |value| value.version),
        verified_by: value.and_then(|value| value.verified_by.clone()),
        row,
    }
}
