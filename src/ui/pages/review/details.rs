//! Below the fields: what else was found, history. Folded, so that the form stays in reach.

use super::{cells, fields::check_note, model::Review, outcome::Entries, words};
use crate::domain::{
    field::FieldKind,
    invoice::{FieldChange, HistoryEntry},
};
use crate::ui::components::{failure::refused, skeleton, when::when};
use crate::ui::format::{NumberStyle, counted};
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

pub fn history_row(entry: HistoryEntry, numbers: NumberStyle) -> impl IntoView {
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
    let FieldChange { name, before, after, place, .. } = change;
    let is_confirmed = before == after;
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    // Of a row, what was changed in it.
    let shown = move |value: &str, other: &str| match name.row() {
        Some(_) => cells::difference_words(name, value, other, numbers),
        None if value.is_empty() => "(empty)".to_owned(),
        None if name.kind() == FieldKind::Date => crate::ui::format::date(value),
        None => words::shown(name.kind(), value, numbers),
    };
    let is_new_row = name.row().is_some() && before.is_empty();
    // A value that was only confirmed is said once.
    let from = (!is_confirmed && !is_new_row).then(|| [shown(&before, &after).as_str(), " → "].concat());
    let label = if name.row().is_some() { cells::row_name(name, &before, &after) } else { words::full_label(name) };
    view! {
        <div class="text-muted num wrap-anywhere">
            {label} ": " {from} <span class="text-ink">{shown(&after, &before)}</span>
            {place.map(|place| [" · ", words::place_change(&place)].concat())}
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
