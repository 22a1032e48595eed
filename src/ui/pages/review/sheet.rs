//! An invoice that is only data, written out as a sheet one can read and print.

use super::{control::type_word, model::Review, words};
use crate::domain::{
    field::{Field, FieldKind, RowNumber},
    invoice::InvoiceDetail,
    reading::InvoiceLine,
};
use crate::ui::format::{NumberStyle, amount, date, quantity};
use leptos::prelude::*;

const DATES: [Field; 7] = [
    Field::IssueDate,
    Field::DueDate,
    Field::DeliveryDate,
    Field::PurchaseOrder,
    Field::BuyerReference,
    Field::ContractReference,
    Field::PrecedingInvoice,
];
const TOTALS: [Field; 8] = [
    Field::LinesTotal,
    Field::AllowancesTotal,
    Field::ChargesTotal,
    Field::NetTotal,
    Field::TaxTotal,
    Field::GrossTotal,
    Field::PaidAmount,
    Field::AmountDue,
];
const PAYMENT: [Field; 5] = [Field::Iban, Field::Bic, Field::AccountName, Field::PaymentReference, Field::PaymentTerms];
const SUPPLIER: [Field; 6] = [
    Field::SupplierName,
    Field::SupplierStreet,
    Field::SupplierPostcode,
    Field::SupplierCity,
    Field::SupplierCountry,
    Field::SupplierVatId,
];
const BUYER: [Field; 6] = [
    Field::BuyerName,
    Field::BuyerStreet,
    Field::BuyerPostcode,
    Field::BuyerCity,
    Field::BuyerCountry,
    Field::BuyerVatId,
];

/// Follows the values as they are corrected.
#[component]
pub fn Sheet(review: Review) -> impl IntoView {
    move || review.detail.with(|detail| sheet(detail, review.numbers).into_any())
}

fn sheet(detail: &InvoiceDetail, numbers: NumberStyle) -> impl IntoView + use<> {
    let title = type_word(value(detail, Field::DocumentType)).unwrap_or("Invoice");
    let number = value(detail, Field::InvoiceNumber).to_owned();
    view! {
        <section class="data-sheet" aria-label="The invoice, written out">
            <header>
                <h2>{title} " " {number}</h2>
                <p class="text-muted">"Written from the data in the file"</p>
            </header>
            <div class="data-parties">
                {party("From", &SUPPLIER, detail)} {party("To", &BUYER, detail)}
                <dl>{facts(&DATES, detail, numbers)}</dl>
            </div>
            {lines(&detail.lines(), numbers)}
            <dl class="data-totals num">{facts(&TOTALS, detail, numbers)}</dl>
            <dl>{facts(&PAYMENT, detail, numbers)}</dl>
            <p class="whitespace-pre-line">{value(detail, Field::Note).to_owned()}</p>
        </section>
    }
}

fn value(detail: &InvoiceDetail, field: Field) -> &str {
    detail.fields.get(&field).map(|value| value.value.as_str()).unwrap_or_default()
}

/// Name, street, place and VAT id, a line each; empty ones are left out.
fn party(title: &'static str, fields: &[Field; 6], detail: &InvoiceDetail) -> impl IntoView + use<> {
    let [name, street, postcode, city, country, vat_id] = fields.map(|field| value(detail, field));
    let place = [postcode, city].join(" ");
    let lines = [street, place.trim(), country, vat_id].into_iter().filter(|line| !line.is_empty());
    let lines = lines.map(|line| view! { <p>{line.to_owned()}</p> }).collect_view();
    view! {
        <div>
            <h3>{title}</h3>
            <p class="font-medium">{name.to_owned()}</p>
            {lines}
        </div>
    }
}

/// What there is of the fields, with their labels.
fn facts(fields: &[Field], detail: &InvoiceDetail, numbers: NumberStyle) -> impl IntoView + use<> {
    let filled = fields.iter().copied().filter(|field| !value(detail, *field).is_empty());
    filled
        .map(|field| {
            let text = value(detail, field);
            let shown = match field.kind() {
                FieldKind::Date => date(text),
                FieldKind::Amount => [&amount(text, numbers), " ", value(detail, Field::Currency)].concat(),
                kind => words::shown(kind, text, numbers),
            };
            view! {
                <div data-strong=(field == Field::GrossTotal).then_some("")>
                    <dt>{field.label()}</dt>
                    <dd>{shown}</dd>
                </div>
            }
        })
        .collect_view()
}

fn lines(lines: &[(RowNumber, InvoiceLine)], numbers: NumberStyle) -> Option<impl IntoView + use<>> {
    if lines.is_empty() {
        return None;
    }
    let rows = lines.iter().map(|(_, line)| row(line, numbers)).collect_view();
    Some(view! {
        <table class="table table-compact">
            <thead>
                <tr>
                    <th scope="col">"Description"</th>
                    <th scope="col" class="end">
                        "Quantity"
                    </th>
                    <th scope="col" class="end">
                        "Price"
                    </th>
                    <th scope="col" class="end">
                        "Net"
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    })
}

fn row(line: &InvoiceLine, numbers: NumberStyle) -> impl IntoView + use<> {
    let money = |text: &Option<String>| text.as_deref().map(|text| amount(text, numbers));
    view! {
        <tr>
            <td class="whitespace-normal!">{line.description.clone()}</td>
            <td class="end num">{line.quantity.as_deref().map(|count| quantity(count, numbers))}</td>
            <td class="end num">{money(&line.unit_price)}</td>
            <td class="end num">{money(&line.net)}</td>
        </tr>
    }
}
