//! The invoice on paper: its head, its values with how each is known, lines, VAT, checks, attachments, decision and
//! history, with what people wrote. It is made when somebody prints; without it (no script yet) the page prints as it
//! stands.

use super::{
    attachments::told as told_of, cells, control::type_word, fields::ORDER, history::entry_row, model::Review,
    outcome::Entries, words,
};
use crate::domain::{
    attachment::Attachment,
    checks::Severity,
    field::{Field, FieldGroup, FieldKind, RowNumber},
    history::HistoryKind,
    invoice::{HistoryEntry, InvoiceDetail},
    rows::{Cell, Row},
};
use crate::ui::components::marks::Known;
use crate::ui::format::{NumberStyle, amount, date};
use crate::ui::reactive::effect;
use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::*};

/// What stands in the head, however the rest is ordered.
const HEAD: [Field; 8] = [
    Field::InvoiceNumber,
    Field::IssueDate,
    Field::DueDate,
    Field::NetTotal,
    Field::TaxTotal,
    Field::GrossTotal,
    Field::AmountDue,
    Field::BuyerName,
];
const LINE: [Cell; 6] = [Cell::Description, Cell::Quantity, Cell::Unit, Cell::UnitPrice, Cell::TaxRate, Cell::Net];
const VAT: [Cell; 4] = [Cell::TaxCategory, Cell::TaxRate, Cell::Base, Cell::Tax];

#[component]
pub fn Printed(review: Review, entries: Entries, attached: RwSignal<Vec<Attachment>>) -> impl IntoView {
    let is_printing = RwSignal::new(false);
    effect(move || {
        let [begun, ended] = [("beforeprint", true), ("afterprint", false)]
            .map(|(name, is)| window_event_listener_untyped(name, move |_| _ = is_printing.try_set(is)));
        on_cleanup(move || {
            begun.remove();
            ended.remove();
        });
    });
    move || {
        is_printing.get().then(|| {
            let history = entries.get_untracked().and_then(Result::ok).unwrap_or_default().entries;
            attached.with(|attached| review.detail.with(|detail| paper(detail, &history, attached, review.numbers)))
        })
    }
}

fn paper(
    detail: &InvoiceDetail,
    history: &[HistoryEntry],
    attached: &[Attachment],
    numbers: NumberStyle,
) -> impl IntoView + use<> {
    let assigned = detail.summary.assigned_to.as_ref().map(|person| [" · assigned to ", &person.name].concat());
    let summary = &detail.summary;
    let supplier = summary.supplier_name.clone().unwrap_or_else(|| summary.filename.clone());
    let title = type_word(value(detail, Field::DocumentType)).unwrap_or("Invoice");
    let number = summary.invoice_number.clone().unwrap_or_default();
    let all: Vec<&HistoryEntry> = history.iter().collect();
    let decisions: Vec<&HistoryEntry> = history.iter().filter(|entry| entry.kind() == HistoryKind::Decisions).collect();
    let head = HEAD.into_iter().filter(|field| !value(detail, *field).is_empty());
    let head =
        head.map(|field| fact(words::full_label(field), told(detail, field, numbers), None, false)).collect_view();
    view! {
        <article class="printed" data-testid="printed">
            <header>
                <h1>{supplier}</h1>
                <p>{title} " " {number} " · " <strong>{summary.status.label()}</strong> {assigned}</p>
                <dl class="printed-facts num">{head}</dl>
            </header>
            {ORDER.map(|group| values(detail, group, numbers)).collect_view()}
            {table("Lines", &LINE, rows(detail, |field| matches!(field, Field::Line(_))), numbers)}
            {table("VAT", &VAT, rows(detail, |field| matches!(field, Field::VatRow(_))), numbers)}
            {super::details::allowances(&detail.allowances, numbers)}
            {checks(detail, numbers)}
            {attachments(attached)}
            {log("Decision", &decisions, numbers)}
            {log("History", &all, numbers)}
            <footer>{origin(detail)}</footer>
        </article>
    }
}

fn value(detail: &InvoiceDetail, field: Field) -> &str {
    detail.fields.get(&field).map(|value| value.value.as_str()).unwrap_or_default()
}

/// A value as people read it.
fn told(detail: &InvoiceDetail, field: Field, numbers: NumberStyle) -> String {
    let text = value(detail, field);
    match field.kind() {
        _ if field == Field::DocumentType => type_word(text).unwrap_or(text).to_owned(),
        _ if field == Field::PaymentMeans => words::means_word(text).unwrap_or(text).to_owned(),
        FieldKind::Date => date(text),
        FieldKind::Amount => [&amount(text, numbers), " ", value(detail, Field::Currency)].concat(),
        kind => words::shown(kind, text, numbers),
    }
}

/// `is_wide`: it would break in the middle otherwise.
fn fact(label: String, text: String, known: Option<&'static str>, is_wide: bool) -> impl IntoView {
    view! {
        <div data-wide=is_wide.then_some("")>
            <dt>{label}</dt>
            <dd>{text} {known.map(|word| view! { <small>{word}</small> })}</dd>
        </div>
    }
}

/// The values of one group; with each, when it was not read surely, how it is known.
fn values(detail: &InvoiceDetail, group: FieldGroup, numbers: NumberStyle) -> Option<impl IntoView + use<>> {
    let filled = Field::ALL.iter().copied().filter(|field| field.group() == group && !value(detail, *field).is_empty());
    let facts: Vec<_> = filled
        .map(|field| {
            // What was read and is sure needs no word.
            let known = words::known(detail, field);
            let word = (!matches!(known, Known::Surely | Known::Read)).then(|| known.word());
            let is_wide = matches!(field.kind(), FieldKind::Iban | FieldKind::LongText);
            fact(field.label().to_owned(), told(detail, field, numbers), word, is_wide).into_any()
        })
        .collect();
    (!facts.is_empty()).then(|| {
        view! {
            <section>
                <h2>{group.label()}</h2>
                <dl class="printed-facts num">{facts}</dl>
            </section>
        }
    })
}

fn rows(detail: &InvoiceDetail, is_one: fn(&Field) -> bool) -> Vec<Row> {
    let mut rows: Vec<((i64, RowNumber), Row)> = detail
        .fields
        .iter()
        .filter(|(field, _)| is_one(field))
        .filter_map(|(field, value)| Some((*field, Row::parse(*field, &value.value)?)))
        .map(|(field, row)| match (field, &row) {
            (Field::Line(number), Row::Line(line)) => (crate::domain::rows::order(number, line), row),
            _ => ((0, field.row().unwrap_or_default()), row),
        })
        .collect();
    rows.sort_by_key(|(order, _)| *order);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn table(title: &'static str, cells: &[Cell], rows: Vec<Row>, numbers: NumberStyle) -> Option<impl IntoView + use<>> {
    if rows.is_empty() {
        return None;
    }
    let class = |cell: Cell| (!matches!(cell, Cell::Description | Cell::Unit | Cell::TaxCategory)).then_some("end num");
    let head = cells.iter().map(|cell| view! { <th scope="col" class=class(*cell)>{cell.label()}</th> }).collect_view();
    let body = rows.iter().map(|row| {
        let cells = cells.iter().map(|cell| {
            let shown = cells::shown(*cell, row.get(*cell), numbers);
            view! { <td class=class(*cell)>{shown}</td> }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    Some(view! {
        <section>
            <h2>{title}</h2>
            <table>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{body.collect_view()}</tbody>
            </table>
        </section>
    })
}

fn checks(detail: &InvoiceDetail, numbers: NumberStyle) -> impl IntoView + use<> {
    let rows: Vec<_> = detail
        .checks
        .iter()
        .map(|check| {
            let weight = if check.severity == Severity::Warning { "Warning: " } else { "Failed: " };
            view! { <li><strong>{weight}</strong> {words::check_message(check, numbers)}</li> }.into_any()
        })
        .collect();
    let none = rows.is_empty().then(|| view! { <p>"No check failed."</p> });
    view! {
        <section>
            <h2>"Checks"</h2>
            <ul>{rows}</ul>
            {none}
        </section>
    }
}

fn attachments(attached: &[Attachment]) -> Option<impl IntoView + use<>> {
    let rows = attached.iter().map(|one| view! { <li>{one.name.clone()} " (" {told_of(one)} ")"</li> });
    let rows = rows.collect_view();
    (!attached.is_empty()).then(|| {
        view! {
            <section>
                <h2>"Attachments"</h2>
                <ul>{rows}</ul>
            </section>
        }
    })
}

fn log(title: &'static str, entries: &[&HistoryEntry], numbers: NumberStyle) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = entries.iter().map(|entry| entry_row((*entry).clone(), numbers).into_any()).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <section>
                <h2>{title}</h2>
                <ol class="log">{rows}</ol>
            </section>
        }
    })
}

/// The file, and where the invoice is found again.
fn origin(detail: &InvoiceDetail) -> String {
    let summary = &detail.summary;
    let id = summary.id.to_string();
    [summary.filename.as_str(), " · uploaded by ", &summary.uploaded_by, " · invoice ", &id].concat()
}
