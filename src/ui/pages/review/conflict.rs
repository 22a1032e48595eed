//! Two people changed the same fields: mine or theirs, for each.

use super::{cells, model::Review, words};
use crate::domain::{field::Field, invoice::FieldConflict};
use crate::ui::components::{dialog::Dialog, when::when};
use crate::ui::reactive::{effect, effect_from, memo};
use leptos::prelude::*;
use std::collections::BTreeSet;

#[component]
pub fn ConflictDialog(review: Review) -> impl IntoView {
    let open = RwSignal::new(false);
    // Theirs is what the server has, so it is what nobody has to choose.
    let mine = RwSignal::new(BTreeSet::<Field>::new());
    let conflicts = memo(move || review.conflicts());
    effect(move || {
        let any = conflicts.with(|conflicts| !conflicts.is_empty());
        if any {
            mine.set(BTreeSet::new());
        }
        open.set(any);
    });
    // Escape or Close: nothing was chosen.
    effect_from(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open && conflicts.with_untracked(|conflicts| !conflicts.is_empty()) {
            review.keep_theirs();
        }
        is_open
    });
    let all = move || conflicts.with_untracked(|conflicts| conflicts.iter().map(|conflict| conflict.name).collect());
    let rows = move || {
        let conflicts = conflicts.get();
        conflicts
            .into_iter()
            .enumerate()
            .map(|(at, conflict)| conflict_row(review, conflict, mine, at == 0))
            .collect_view()
    };
    view! {
        <Dialog open title="Somebody else changed this too" wide=true testid="conflict-dialog">
            <form
                on:submit=move |event| {
                    event.prevent_default();
                    review.settle(&mine.get_untracked());
                }
                novalidate
            >
                <div class="dialog-body">
                    <p class="text-muted">"Choose which value counts. The other one stays in the history."</p>
                    {rows}
                </div>
                <div class="dialog-foot">
                    <button type="button" class="btn btn-quiet" data-testid="keep-mine" on:click=move |_| review.settle(&all())>
                        "Keep all mine"
                    </button>
                    <button
                        type="button"
                        class="btn btn-quiet mr-auto"
                        data-testid="use-theirs"
                        on:click=move |_| review.settle(&BTreeSet::new())
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
    mine: RwSignal<BTreeSet<Field>>,
    is_first: bool,
) -> impl IntoView {
    let field = conflict.name;
    let numbers = review.numbers;
    let (mine_text, theirs_text) = (conflict.mine, conflict.theirs.unwrap_or_default());
    let shown = move |value: &str, other: &str| match field.row() {
        Some(_) => cells::difference_words(field, value, other, numbers),
        None => words::shown(field.kind(), value, numbers),
    };
    let told = move |value: &str, other: &str| match shown(value, other) {
        empty if empty.is_empty() => "(empty)".to_owned(),
        text => text,
    };
    let before = conflict.base.as_deref().map(|base| ["Before: ", &told(base, &mine_text)].concat());
    // The same value: it is where it stands that differs.
    let (mine_words, theirs_words) = match mine_text == theirs_text {
        true => ("My place on the page".to_owned(), "Their place on the page".to_owned()),
        false => (told(&mine_text, &theirs_text), told(&theirs_text, &mine_text)),
    };
    let is_mine = memo(move || mine.with(|mine| mine.contains(&field)));
    let label = match field.row() {
        Some(_) => cells::row_name(field, &theirs_text, &mine_text),
        None => words::full_label(field),
    };
    view! {
        <div role="group" aria-label=label.clone() class="grid gap-1">
            <div class="flex flex-wrap gap-x-2 text-sm">
                <span class="font-medium">{label.clone()}</span>
                <span class="text-muted num">{before}</span>
            </div>
            <div class="grid grid-cols-2 gap-2">
                <button
                    type="button"
                    class="choice"
                    data-focus=is_first.then_some("")
                    aria-pressed=move || is_mine.get().to_string()
                    on:click=move |_| mine.update(|mine| { _ = mine.insert(field); })
                >
                    <span class="text-xs text-muted">"Mine"</span>
                    <span class="num wrap-anywhere">{mine_words}</span>
                </button>
                <button
                    type="button"
                    class="choice"
                    aria-pressed=move || (!is_mine.get()).to_string()
                    on:click=move |_| mine.update(|mine| { _ = mine.remove(&field); })
                >
                    <span class="text-xs text-muted">{conflict.actor} ", " {when(conflict.at)}</span>
                    <span class="num wrap-anywhere">{theirs_words}</span>
                </button>
            </div>
        </div>
    }
}
