//! An invoice that is only data, written out as a sheet one can read and print.

use super::{
    control::type_word,
    model::{Review, Rows},
    words,
};
use crate::domain::{
    field::{Field, FieldKind},
    reading::InvoiceLine,
    rows::Row,
};
use crate::ui::format::{NumberStyle, amount, date, quantity};
use crate::ui::reactive::memo;
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

/// Follows the values as they are corrected: what the fields show stands here too, before the server has it.
#[component]
pub fn Sheet(review: Review) -> impl IntoView {
    // On its own, or each letter typed into a field would write the sheet anew.
    let lines = memo(move || known_lines(review));
    move || sheet(review, &lines.get()).into_any()
}

fn known_lines(review: Review) -> Vec<InvoiceLine> {
    let line = |field| match review.row(field)? {
        Row::Line(line) => Some(line),
        Row::Vat(_) => None,
    };
    review.rows(Rows::Lines).into_iter().filter_map(line).collect()
}

fn sheet(review: Review, known: &[InvoiceLine]) -> impl IntoView + use<> {
    let title = type_word(&review.value(Field::DocumentType)).unwrap_or("Invoice");
    let number = review.value(Field::InvoiceNumber);
    view! {
        <section class="data-sheet" aria-label="The invoice, written out">
            <header>
                <h2>{title} " " {number}</h2>
                <p class="text-muted">"Written from the data in the file"</p>
            </header>
            <div class="data-parties">
                {party("From", SUPPLIER, review)} {party("To", BUYER, review)}
                <dl>{facts(&DATES, review)}</dl>
            </div>
            {lines(known, review.numbers)}
            <dl class="data-totals num">{facts(&TOTALS, review)}</dl>
            <dl>{facts(&PAYMENT, review)}</dl>
            <p class="whitespace-pre-line">{review.value(Field::Note)}</p>
        </section>
    }
}

/// Name, street, place and VAT id, a line each; empty ones are left out.
fn party(title: &'static str, fields: [Field; 6], review: Review) -> impl IntoView {
    let [name, street, postcode, city, country, vat_id] = fields.map(|field| review.value(field));
    let place = [postcode, city].join(" ").trim().to_owned();
    let lines = [street, place, country, vat_id].into_iter().filter(|line| !line.is_empty());
    let lines = lines.map(|line| view! { <p>{line}</p> }).collect_view();
    view! {
        <div>
            <h3>{title}</h3>
            <p class="font-medium">{name}</p>
            {lines}
        </div>
    }
}

/// What there is of the fields, with their labels.
fn facts(fields: &[Field], review: Review) -> impl IntoView + use<> {
    let filled = fields.iter().map(|field| (*field, review.value(*field))).filter(|(_, text)| !text.is_empty());
    filled
        .map(|(field, text)| {
            let shown = match field.kind() {
                FieldKind::Date => date(&text),
                FieldKind::Amount => {
                    [amount(&text, review.numbers).as_str(), " ", &review.value(Field::Currency)].concat()
                }
                kind => words::shown(kind, &text, review.numbers),
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

fn lines(lines: &[InvoiceLine], numbers: NumberStyle) -> Option<impl IntoView + use<>> {
    if lines.is_empty() {
        return None;
    }
    let rows = lines.iter().map(|line| row(line, numbers)).collect_view();
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
