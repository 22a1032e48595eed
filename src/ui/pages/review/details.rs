//! Below the fields: lines, VAT, what else was found, history. Folded, so that the form stays in reach.

use super::{fields::check_note, model::Review, outcome::Entries, words};
use crate::domain::{
    field::FieldKind,
    invoice::{FieldChange, HistoryEntry},
    reading::{InvoiceLine, VatRow},
};
use crate::ui::components::{failure::refused, skeleton, when::when};
use crate::ui::format::{NumberStyle, amount, counted, quantity};
use crate::ui::icons::{self, icon};
use crate::ui::reactive::memo;
use leptos::{either::Either, prelude::*};

/// Checks that concern no field, or none that is shown: they would be lost otherwise.
#[component]
pub fn LooseChecks(review: Review) -> impl IntoView {
    let checks = move || {
        review
            .detail
            .with(|detail| detail.checks.iter().filter(|check| check.fields.is_empty()).cloned().collect::<Vec<_>>())
    };
    // While it is in review, the reasons on top tell them.
    let notes = move || if review.editable() { Vec::new() } else { review.detail.with(|detail| detail.notes.clone()) };
    view! {
        <div class="grid gap-1 px-4">
            {move || checks().into_iter().map(|check| check_note(&check, review.numbers)).collect_view()}
            {move || {
                notes()
                    .into_iter()
                    .map(|note| {
                        view! {
                            <p class="field-note tone-info">
                                {icon(icons::INFO)} <span class="text-muted">{note.message}</span>
                            </p>
                        }
                    })
                    .collect_view()
            }}
        </div>
    }
}

#[component]
pub fn Lines(review: Review) -> impl IntoView {
    let lines = memo(move || review.detail.with(|detail| detail.lines.clone()));
    let numbers = review.numbers;
    view! {
        <Show when=move || lines.with(|lines| !lines.is_empty())>
            <details class="fold" open>
                <summary>
                    {icon(icons::RIGHT)} "Lines" <span class="count">{move || lines.with(Vec::len).to_string()}</span>
                </summary>
                <div tabindex="0" role="region" aria-label="Lines">
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
                                    "VAT"
                                </th>
                                <th scope="col" class="end">
                                    "Net"
                                </th>
                            </tr>
                        </thead>
                        <tbody>
                            {move || lines.get().into_iter().map(|line| line_row(line, numbers)).collect_view()}
                        </tbody>
                    </table>
                </div>
            </details>
        </Show>
    }
}

fn line_row(line: InvoiceLine, numbers: NumberStyle) -> impl IntoView {
    let count = line.quantity.map(|count| quantity(&count, numbers));
    let unit = line.unit.map(|unit| [" ", unit.as_str()].concat());
    let rate = line.tax_rate.map(|rate| [quantity(&rate, numbers).as_str(), " %"].concat());
    view! {
        <tr>
            <td class="min-w-40">{line.description}</td>
            <td class="end num whitespace-nowrap!">{count} <span class="text-faint">{unit}</span></td>
            <td class="end num">{line.unit_price.map(|price| amount(&price, numbers))}</td>
            <td class="end num whitespace-nowrap!">{rate}</td>
            <td class="end num">{line.net.map(|net| amount(&net, numbers))}</td>
        </tr>
    }
}

#[component]
pub fn Vat(review: Review) -> impl IntoView {
    let rows = memo(move || review.detail.with(|detail| detail.vat_rows.clone()));
    let numbers = review.numbers;
    view! {
        <Show when=move || rows.with(|rows| !rows.is_empty())>
            <details class="fold">
                <summary>
                    {icon(icons::RIGHT)} "VAT" <span class="count">{move || rows.with(Vec::len).to_string()}</span>
                </summary>
                <div>
                    <table class="table table-compact">
                        <thead>
                            <tr>
                                <th scope="col">"Rate"</th>
                                <th scope="col">"Category"</th>
                                <th scope="col" class="end">
                                    "Base"
                                </th>
                                <th scope="col" class="end">
                                    "VAT"
                                </th>
                            </tr>
                        </thead>
                        <tbody>
                            {move || rows.get().into_iter().map(|row| vat_row(row, numbers)).collect_view()}
                        </tbody>
                    </table>
                </div>
            </details>
        </Show>
    }
}

fn vat_row(row: VatRow, numbers: NumberStyle) -> impl IntoView {
    let rate = row.rate.map(|rate| [quantity(&rate, numbers).as_str(), " %"].concat());
    view! {
        <tr>
            <td class="num">{rate}</td>
            <td>{row.category}</td>
            <td class="end num">{row.base.map(|base| amount(&base, numbers))}</td>
            <td class="end num">{row.tax.map(|tax| amount(&tax, numbers))}</td>
        </tr>
    }
}

/// What happened, newest first.
#[component]
pub fn History(review: Review, entries: Entries) -> impl IntoView {
    let numbers = review.numbers;
    view! {
        <details class="fold">
            <summary>{icon(icons::RIGHT)} "History"</summary>
            <div>
                <Transition fallback=|| {
                    skeleton::line("w-40")
                }>
                    {move || {
                        entries
                            .get()
                            .map(|answer| match answer {
                                Err(error) => {
                                    Either::Left(refused(&error.0, Callback::new(move |()| entries.refetch())))
                                }
                                Ok(list) => {
                                    let rows = list.into_iter().map(|entry| history_row(entry, numbers)).collect_view();
                                    Either::Right(view! { <ol class="log">{rows}</ol> })
                                }
                            })
                    }}
                </Transition>
            </div>
        </details>
    }
}

fn history_row(entry: HistoryEntry, numbers: NumberStyle) -> impl IntoView {
    let changes = entry.changes.into_iter().map(|change| change_row(change, numbers)).collect_view();
    view! {
        <li>
            {icon(icons::CLOCK)} <div>
                <div>
                    <span class="font-medium">{entry.actor}</span>
                    " "
                    {words::action(&entry.action)}
                    <span class="text-faint">" · " {when(entry.at)}</span>
                </div>
                {changes}
                {entry.note.map(|note| view! { <div class="text-muted">{note}</div> })}
            </div>
        </li>
    }
}

fn change_row(change: FieldChange, numbers: NumberStyle) -> impl IntoView {
    let kind = change.name.kind();
    let shown = move |value: Option<String>| match value.as_deref() {
        None | Some("") => "(empty)".to_owned(),
        Some(value) if kind == FieldKind::Date => crate::ui::format::date(value),
        Some(value) => words::shown(kind, value, numbers),
    };
    // A value that was only confirmed is said once.
    let before = (change.before != change.after).then(|| [shown(change.before).as_str(), " → "].concat());
    view! {
        <div class="text-muted num wrap-anywhere">
            {words::full_label(change.name)} ": " {before} <span class="text-ink">{shown(change.after)}</span>
        </div>
    }
}

/// The file, its size, who brought it and when.
#[component]
pub fn Origin(review: Review) -> impl IntoView {
    let words = move || {
        review.detail.with(|detail| {
            let pages = match detail.pages.len() {
                0 => String::new(),
                count => [", ", &counted(count as i64, "page", "pages")].concat(),
            };
            let size = crate::ui::format::bytes(detail.size);
            let summary = &detail.summary;
            [summary.filename.as_str(), " · ", &size, &pages, " · uploaded by ", &summary.uploaded_by, ", "].concat()
        })
    };
    let at = review.detail.with_untracked(|detail| detail.summary.created_at);
    view! { <p class="hint px-4 pt-3 wrap-anywhere">{words} {when(at)}</p> }
}
