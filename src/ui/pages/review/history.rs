//! What happened to the invoice: who, when, from what to what. Narrowed by kind, person and field; its chain of hashes
//! is verified each time it is read, and all of it leaves as a table.

use super::{cells, model::Review, outcome::Entries, words};
use crate::domain::{
    field::{Field, FieldKind},
    history::{History as Found, HistoryKind},
    invoice::{FieldChange, HistoryEntry},
};
use crate::ui::components::{failure::refused, marks::Tone, skeleton, when::when};
use crate::ui::format::{NumberStyle, counted};
use crate::ui::icons::{self, icon};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What of it is shown; None: everything.
#[derive(Clone, Copy)]
struct Filter {
    kind: RwSignal<Option<HistoryKind>>,
    person: RwSignal<Option<String>>,
    field: RwSignal<Option<Field>>,
}

impl Filter {
    fn new() -> Filter {
        Filter { kind: RwSignal::new(None), person: RwSignal::new(None), field: RwSignal::new(None) }
    }

    /// The entry as far as it is shown: of one that changed several fields, those asked for.
    fn of(self, mut entry: HistoryEntry) -> Option<HistoryEntry> {
        let fits = self.kind.get().is_none_or(|kind| kind == entry.kind())
            && self.person.with(|person| person.as_ref().is_none_or(|person| *person == entry.actor));
        if let Some(field) = self.field.get() {
            entry.changes.retain(|change| change.name == field);
            return Some(entry).filter(|entry| fits && !entry.changes.is_empty());
        }
        Some(entry).filter(|_| fits)
    }

    fn clear(self) {
        self.kind.set(None);
        self.person.set(None);
        self.field.set(None);
    }
}

/// Newest first.
#[component]
pub fn History(review: Review, entries: Entries) -> impl IntoView {
    // Outlives each new entry.
    let filter = Filter::new();
    view! {
        <details class="fold" data-testid="history">
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
                                    refused(&error.0, Callback::new(move |()| entries.refetch())).into_any()
                                }
                                Ok(found) => shown(review, found, filter).into_any(),
                            })
                    }}
                </Transition>
            </div>
        </details>
    }
}

/// The entries and their seal, for the page of all components.
#[cfg(debug_assertions)]
pub fn log(review: Review, found: Found) -> impl IntoView {
    shown(review, found, Filter::new())
}

fn shown(review: Review, found: Found, filter: Filter) -> impl IntoView {
    let Found { entries, total, broken } = found;
    let of_them = entries.len();
    let controls = (of_them > 1).then(|| controls(&entries, filter));
    let entries = StoredValue::new(entries);
    let rows = move || {
        let fitting: Vec<_> =
            entries.with_value(|all| all.iter().cloned().filter_map(|entry| filter.of(entry)).collect());
        if fitting.is_empty() {
            return nothing(filter).into_any();
        }
        let rows = fitting.into_iter().map(|entry| entry_row(entry, review.numbers)).collect_view();
        view! { <ol class="log">{rows}</ol> }.into_any()
    };
    let table = ["/api/v1/invoices/", &review.id.to_string(), "/history?format=csv"].concat();
    view! {
        {controls}
        {rows}
        <div class="log-foot">
            {seal(total, of_them, broken)} <a class="btn btn-quiet btn-sm" href=table download rel="external">
                {icon(icons::DOWNLOAD)}
                "Download as a table"
            </a>
        </div>
    }
}

fn nothing(filter: Filter) -> impl IntoView {
    view! {
        <p class="text-muted text-sm">
            "Nothing of the kind happened. "
            <button type="button" class="link" on:click=move |_| filter.clear()>
                "Show everything"
            </button>
        </p>
    }
}

/// Whether all of it is as it was written.
fn seal(total: usize, shown: usize, broken: Option<i64>) -> impl IntoView {
    let count = counted(total as i64, "entry", "entries");
    let (tone, drawing, words) = match broken {
        None => (Tone::Ok, icons::CHECK, [count.as_str(), ", as they were written"].concat()),
        Some(seq) => (
            Tone::Bad,
            icons::ALERT,
            ["Entry ", &seq.to_string(), " of ", &total.to_string(), " is not as it was written"].concat(),
        ),
    };
    let cut = (shown < total).then(|| ["; the newest ", &shown.to_string(), " are shown"].concat());
    view! { <p class=["log-seal ", tone.class()].concat()>{icon(drawing)} <span>{words} {cut}</span></p> }
}

fn controls(entries: &[HistoryEntry], filter: Filter) -> impl IntoView + use<> {
    let people: BTreeSet<String> = entries.iter().map(|entry| entry.actor.clone()).collect();
    // Of a row, what its newest change calls it.
    let changes = entries.iter().rev().flat_map(|entry| &entry.changes);
    let fields: BTreeMap<Field, String> = changes.map(|change| (change.name, subject(change))).collect();
    let people: Vec<_> = people.into_iter().map(|person| (person.clone(), Some(person))).collect();
    let fields: Vec<_> = fields.into_iter().map(|(field, words)| (words, Some(field))).collect();
    view! {
        <div class="log-filter">
            <div class="segments" role="group" aria-label="What happened">
                {kind_button(filter, None, "All")} {kind_button(filter, Some(HistoryKind::Values), "Values")}
                {kind_button(filter, Some(HistoryKind::Decisions), "Decisions")}
                {kind_button(filter, Some(HistoryKind::Reading), "Reading")}
            </div>
            {choice("By whom", "Anybody", people, filter.person)} {choice("Field", "All fields", fields, filter.field)}
        </div>
    }
}

/// What changed.
fn subject(change: &FieldChange) -> String {
    let value = |value: &Option<String>| value.clone().unwrap_or_default();
    match change.name.row() {
        Some(_) => cells::row_name(change.name, &value(&change.before), &value(&change.after)),
        None => words::full_label(change.name),
    }
}

fn kind_button(filter: Filter, kind: Option<HistoryKind>, word: &'static str) -> impl IntoView {
    view! {
        <button
            type="button"
            aria-pressed=move || (filter.kind.get() == kind).to_string()
            on:click=move |_| filter.kind.set(kind)
        >
            {word}
        </button>
    }
}

/// A list to choose one value from, or none of them. With one value there is nothing to choose.
fn choice<T>(
    name: &'static str,
    all: &'static str,
    values: Vec<(String, Option<T>)>,
    chosen: RwSignal<Option<T>>,
) -> Option<impl IntoView>
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    if values.len() < 2 {
        return None;
    }
    let options = values.iter().enumerate().map(|(at, (words, _))| {
        view! { <option value=at.to_string()>{words.clone()}</option> }
    });
    let options = options.collect_view();
    let values = StoredValue::new(values);
    let place = move || {
        let place = values.with_value(|values| {
            chosen.with(|chosen| values.iter().position(|(_, value)| value.is_some() && value == chosen))
        });
        place.map(|at| at.to_string()).unwrap_or_default()
    };
    let choose = move |at: String| {
        let at: Option<usize> = at.parse().ok();
        // A new entry may have taken the list away while it was open.
        let found = values.try_with_value(|values| values.get(at?).and_then(|(_, value)| value.clone()));
        found.into_iter().for_each(|found| chosen.set(found));
    };
    Some(view! {
        <select class="input" aria-label=name on:change:target=move |event| choose(event.target().value()) prop:value=place>
            <option value="">{all}</option>
            {options}
        </select>
    })
}

pub fn entry_row(entry: HistoryEntry, numbers: NumberStyle) -> impl IntoView {
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
    let label = subject(&change);
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
    view! {
        <div class="text-muted num wrap-anywhere">
            {label} ": " {from} <span class="text-ink">{shown(&after, &before)}</span>
            {place.map(|place| [" · ", words::place_change(&place)].concat())}
        </div>
    }
}
