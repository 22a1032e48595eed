//! Two people changed the same fields: mine or theirs, for each.

use super::{model::Review, words};
use crate::domain::{field::Field, invoice::FieldConflict};
use crate::ui::components::dialog::Dialog;
use crate::ui::format::moment;
use leptos::prelude::*;
use std::collections::BTreeSet;

#[component]
pub fn ConflictDialog(review: Review) -> impl IntoView {
    let open = RwSignal::new(false);
    // Theirs is what the server has, so it is what nobody has to choose.
    let mine = RwSignal::new(BTreeSet::<Field>::new());
    Effect::new(move || {
        let any = review.conflicts.with(|conflicts| !conflicts.is_empty());
        if any {
            mine.set(BTreeSet::new());
        }
        open.set(any);
    });
    // Escape or Close: theirs stays.
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open && review.conflicts.with_untracked(|conflicts| !conflicts.is_empty()) {
            review.settle(&BTreeSet::new());
        }
        is_open
    });
    let settle = move |keep: BTreeSet<Field>| review.settle(&keep);
    let all =
        move || review.conflicts.with_untracked(|conflicts| conflicts.iter().map(|conflict| conflict.name).collect());
    view! {
        <Dialog open title="Somebody else changed this too" wide=true testid="conflict-dialog">
            <div class="dialog-body">
                <p class="text-muted">"Choose which value counts. The other one stays in the history."</p>
                <For each=move || review.conflicts.get() key=|conflict| (conflict.name, conflict.version) let:conflict>
                    {conflict_row(review, conflict, mine)}
                </For>
            </div>
            <div class="dialog-foot">
                <button type="button" class="btn" data-testid="use-theirs" on:click=move |_| settle(BTreeSet::new())>
                    "Use theirs"
                </button>
                <button type="button" class="btn" data-testid="keep-mine" on:click=move |_| settle(all())>
                    "Keep mine"
                </button>
                <button
                    type="button"
                    class="btn btn-primary"
                    data-testid="merge"
                    on:click=move |_| settle(mine.get_untracked())
                >
                    "Use what is marked"
                </button>
            </div>
        </Dialog>
    }
}

fn conflict_row(review: Review, conflict: FieldConflict, mine: RwSignal<BTreeSet<Field>>) -> impl IntoView {
    let field = conflict.name;
    let shown = |value: &str| match words::shown(field.kind(), value, review.numbers) {
        empty if empty.is_empty() => "(empty)".to_owned(),
        text => text,
    };
    let by = [conflict.actor.as_str(), ", ", &moment(conflict.at), " UTC"].concat();
    let before = conflict.base.as_deref().map(|base| ["Before: ", &shown(base)].concat());
    let is_mine = Memo::new(move |_| mine.with(|mine| mine.contains(&field)));
    view! {
        <div role="group" aria-label=field.label() class="grid gap-1">
            <div class="flex gap-2 text-sm">
                <span class="font-medium">{field.label()}</span>
                <span class="text-muted">{before}</span>
            </div>
            <div class="grid grid-cols-2 gap-2">
                <button
                    type="button"
                    class="choice"
                    aria-pressed=move || is_mine.get().to_string()
                    on:click=move |_| mine.update(|mine| { _ = mine.insert(field); })
                >
                    <span class="text-xs text-muted">"Mine"</span>
                    <span class="num wrap-anywhere">{shown(&conflict.mine)}</span>
                </button>
                <button
                    type="button"
                    class="choice"
                    aria-pressed=move || (!is_mine.get()).to_string()
                    on:click=move |_| mine.update(|mine| { _ = mine.remove(&field); })
                >
                    <span class="text-xs text-muted">{by}</span>
                    <span class="num wrap-anywhere">{shown(conflict.theirs.as_deref().unwrap_or_default())}</span>
                </button>
            </div>
        </div>
    }
}
