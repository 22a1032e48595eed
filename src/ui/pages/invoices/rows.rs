//! One row of the table.

use super::address::invoice_href;
use crate::domain::invoice::{InvoiceQuery, InvoiceSummary};
use crate::ui::components::marks::{Tone, badge, status_mark};
use crate::ui::format::{amount, date};
use crate::ui::icons;
use crate::ui::prefs::number_style;
use leptos::prelude::*;

pub fn row(invoice: InvoiceSummary, query: &InvoiceQuery) -> impl IntoView + use<> {
    let id = invoice.id.to_string();
    let href = invoice_href(&id, query);
    let gross = invoice.gross_total.as_deref().map(|gross| amount(gross, number_style()));
    // Until something is read, the file's name is what people know it by.
    let name = invoice.supplier_name.clone().unwrap_or_else(|| invoice.filename.clone());
    let day = |iso: Option<String>| {
        iso.map(|iso| {
            let shown = date(&iso);
            view! { <time datetime=iso>{shown}</time> }
        })
    };
    view! {
        <tr class="row" data-testid="invoice-row" data-id=id>
            <td class="cell-supplier">
                <a class="row-link" href=href title=invoice.filename>
                    {name}
                </a>
            </td>
            <td class="cell-number">
                <span class="clip block">{invoice.invoice_number.unwrap_or_else(|| "–".to_owned())}</span>
            </td>
            <td class="cell-date num">{day(invoice.issue_date)}</td>
            <td class="cell-due num">{day(invoice.due_date)}</td>
            <td class="cell-gross num end">
                {gross} <span class="currency">{invoice.currency}</span>
            </td>
            <td class="cell-status">
                <span class="flex items-center gap-2">
                    {status_mark(invoice.status)}
                    {invoice.duplicate_of.map(|_| badge(Tone::Warn, icons::COPY, "Duplicate?"))}
                    {invoice.overdue.then(|| badge(Tone::Bad, icons::CLOCK, "Overdue"))}
                </span>
            </td>
        </tr>
    }
}
