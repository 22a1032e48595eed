//! Below the fields: lines, VAT, what else was found, history. Folded, so that the form stays in reach.

use super::{fields::check_note, model::Review, words};
use crate::api::invoices::load_history;
use crate::domain::{
    field::FieldKind,
    invoice::{FieldChange, HistoryEntry},
    reading::{InvoiceLine, VatRow},
};
use crate::ui::components::{
    failure::refused,
    marks::{Note, Tone},
    skeleton,
};
use crate::ui::format::{NumberStyle, amount, counted, moment, quantity};
use crate::ui::icons::{self, icon};
use leptos::{either::Either, prelude::*};

/// Checks that concern no field, or none that is shown: they would be lost otherwise.
#[component]
pub fn LooseChecks(review: Review) -> impl IntoView {
    let checks = move || {
        review
            .detail
            .with(|detail| detail.checks.iter().filter(|check| check.fields.is_empty()).cloned().collect::<Vec<_>>())
    };
    let notes = move || review.detail.with(|detail| detail.notes.clone());
    view! {
        <div class="grid gap-1 px-4">
            {move || checks().into_iter().map(|check| check_note(check, review.numbers)).collect_view()}
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
    let lines = Memo::new(move |_| review.detail.with(|detail| detail.lines.clone()));
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
    let rows = Memo::new(move |_| review.detail.with(|detail| detail.vat_rows.clone()));
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

/// What happened, newest first. Loads again when the invoice changes.
#[component]
pub fn History(review: Review) -> impl IntoView {
    let version = Memo::new(move |_| review.detail.with(|detail| detail.summary.version));
    let entries = Resource::new(move || version.get(), move |_| load_history(review.id));
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
    let at = [moment(entry.at).as_str(), " UTC"].concat();
    let changes = entry.changes.into_iter().map(|change| change_row(change, numbers)).collect_view();
    view! {
        <li>
            {icon(icons::CLOCK)} <div>
                <div>
                    <span class="font-medium">{entry.actor}</span>
                    " "
                    {words::action(&entry.action)}
                    <span class="text-faint num">" · " {at}</span>
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
    view! {
        <div class="text-muted num wrap-anywhere">
            {change.name.label()} ": " {shown(change.before)} " → " <span class="text-ink">{shown(change.after)}</span>
        </div>
    }
}

/// That this invoice resembles another: a link to it.
#[component]
pub fn DuplicateNote(review: Review) -> impl IntoView {
    let original = Memo::new(move |_| review.detail.with(|detail| detail.summary.duplicate_of));
    let link = move || {
        original.get().map(|id| {
            let href = ["/invoices/", &id.to_string()].concat();
            view! {
                <div class="reasons">
                    <Note tone=Tone::Warn drawing=icons::COPY>
                        "This looks like an invoice you already have. "
                        <a class="link" href=href>
                            "Open the other one"
                        </a>
                    </Note>
                </div>
            }
        })
    };
    view! { {link} }
}

/// Why the document could not be read, or how far the reading is.
#[component]
pub fn TaskNote(review: Review) -> impl IntoView {
    let error = move || {
        review.detail.with(|detail| {
            detail.error.clone().filter(|_| detail.summary.status == crate::domain::status::Status::Failed)
        })
    };
    let running =
        Memo::new(move |_| review.detail.with(|detail| detail.task.clone().filter(|task| !task.state.is_over())));
    let percent = Signal::derive(move || running.with(|task| task.as_ref().map(|task| task.progress)));
    view! {
        {move || {
            error()
                .map(|error| {
                    view! {
                        <div class="reasons">
                            <Note tone=Tone::Bad drawing=icons::STOP>
                                <p class="font-medium">"The document could not be read"</p>
                                <p>{error.message}</p>
                            </Note>
                        </div>
                    }
                })
        }}
        <Show when=move || running.with(Option::is_some)>
            <div class="reasons grid gap-2" data-testid="processing-status">
                <p class="text-muted" role="status">
                    {move || running.get().map(|task| task.message)}
                </p>
                <crate::ui::components::progress::Progress name="Reading the document" percent />
            </div>
        </Show>
    }
}

/// The file, its size, who brought it and when.
#[component]
pub fn Origin(review: Review) -> impl IntoView {
    let words = review.detail.with_untracked(|detail| {
        let pages = match detail.pages.len() {
            0 => String::new(),
            count => [", ", &counted(count as i64, "page", "pages")].concat(),
        };
        let size = crate::ui::format::bytes(detail.size);
        let summary = &detail.summary;
        [
            summary.filename.as_str(),
            " · ",
            &size,
            &pages,
            " · uploaded by ",
            &summary.uploaded_by,
            ", ",
            &moment(summary.created_at),
            " UTC",
        ]
        .concat()
    });
    view! { <p class="hint px-4 pt-3 wrap-anywhere">{words}</p> }
}
