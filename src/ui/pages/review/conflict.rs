//! Two people changed the same fields: mine or theirs, for each; of longer texts also both in one.

use super::{cells, model::Review, words};
use crate::domain::{field::Field, invoice::FieldConflict};
use crate::ui::components::{dialog::Dialog, when::when};
use crate::ui::reactive::{effect, effect_from, memo};
use leptos::prelude::*;
use std::collections::BTreeMap;

#[component]
pub fn ConflictDialog(review: Review) -> impl IntoView {
    let open = RwSignal::new(false);
    // What is to be sent. Theirs is what the server has, so it is what nobody has to choose; of texts that go together,
    // both, with which nothing is lost.
    let chosen = RwSignal::new(BTreeMap::<Field, String>::new());
    let conflicts = memo(move || review.conflicts());
    effect(move || {
        conflicts.with(|conflicts| {
            let both = conflicts.iter().filter_map(|conflict| Some((conflict.name, conflict.merged.clone()?)));
            chosen.set(both.collect());
            open.set(!conflicts.is_empty());
        });
    });
    // Escape or Close: nothing was chosen.
    effect_from(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open && conflicts.with_untracked(|conflicts| !conflicts.is_empty()) {
            review.keep_theirs();
        }
        is_open
    });
    let all_mine = move || {
        let mine = |conflict: &FieldConflict| (conflict.name, conflict.mine.clone());
        conflicts.with_untracked(|conflicts| conflicts.iter().map(mine).collect())
    };
    let rows = move || {
        let conflicts = conflicts.get();
        conflicts
            .into_iter()
            .enumerate()
            .map(|(at, conflict)| conflict_row(review, conflict, chosen, at == 0))
            .collect_view()
    };
    view! {
        <Dialog open title="Somebody else changed this too" wide=true testid="conflict-dialog">
            <form
                on:submit=move |event| {
                    event.prevent_default();
                    review.settle(&chosen.get_untracked());
                }
                novalidate
            >
                <div class="dialog-body">
                    <p class="text-muted">"Choose which value counts. The other one stays in the history."</p>
                    {rows}
                </div>
                <div class="dialog-foot">
                    <button type="button" class="btn btn-quiet" data-testid="keep-mine" on:click=move |_| review.settle(&all_mine())>
                        "Keep all mine"
                    </button>
                    <button
                        type="button"
                        class="btn btn-quiet mr-auto"
                        data-testid="use-theirs"
                        on:click=move |_| review.settle(&BTreeMap::new())
                    >
                        "Use all theirs"
                    </button>
                    <button type="submit" class="btn btn-primary" data-testid="merge">
                        "Save"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

fn conflict_row(
    review: Review,
    conflict: FieldConflict,
    chosen: RwSignal<BTreeMap<Field, String>>,
    is_first: bool,
) -> impl IntoView {
    let field = conflict.name;
    let numbers = review.numbers;
    let FieldConflict { base, mine, merged, actor, at, .. } = conflict;
    let theirs = conflict.theirs.unwrap_or_default();
    let shown = move |value: &str, other: &str| match field.row() {
        Some(_) => cells::difference_words(field, value, other, numbers),
        None => words::shown(field.kind(), value, numbers),
    };
    let told = move |value: &str, other: &str| match shown(value, other) {
        empty if empty.is_empty() => "(empty)".to_owned(),
        text => text,
    };
    let before = base.as_deref().map(|base| ["Before: ", &told(base, &mine)].concat());
    // The same value: it is where it stands that differs.
    let (mine_words, theirs_words) = match mine == theirs {
        true => ("My place on the page".to_owned(), "Their place on the page".to_owned()),
        false => (told(&mine, &theirs), told(&theirs, &mine)),
    };
    let label = match field.row() {
        Some(_) => cells::row_name(field, &theirs, &mine),
        None => words::full_label(field),
    };
    let who = view! {
        {actor}
        ", "
        {when(at)}
    };
    // Without a value it is theirs.
    let choice = move |value: Option<String>, who: AnyView, words: String| {
        let is_chosen = {
            let value = value.clone();
            memo(move || chosen.with(|chosen| chosen.get(&field) == value.as_ref()))
        };
        let choose = move |_| {
            chosen.update(|chosen| {
                _ = match value.clone() {
                    Some(value) => chosen.insert(field, value),
                    None => chosen.remove(&field),
                };
            });
        };
        view! {
            <button
                type="button"
                class="choice"
                data-focus=move || (is_first && is_chosen.get()).then_some("")
                aria-pressed=move || is_chosen.get().to_string()
                on:click=choose
            >
                <span class="text-xs text-muted">{who}</span>
                <span class="num wrap-anywhere whitespace-pre-line">{words}</span>
            </button>
        }
    };
    let both = merged.map(|merged| choice(Some(merged.clone()), "Both".into_any(), merged));
    view! {
        <div role="group" aria-label=label.clone() class="grid gap-1">
            <div class="flex flex-wrap gap-x-2 text-sm">
                <span class="font-medium">{label.clone()}</span>
                <span class="text-muted num">{before}</span>
            </div>
            <div class="grid grid-cols-2 gap-2">
                {choice(Some(mine), "Mine".into_any(), mine_words)} {choice(None, who.into_any(), theirs_words)}
            </div>
            {both}
        </div>
    }
}
