//! The keys of the review page, and the sheet that tells them.

use super::{Dialogs, fields, model::Review};
use crate::ui::components::dialog::Dialog;
use crate::ui::layout::keys::{in_front, is_alt, is_plain, is_typing, leave_control};
use crate::ui::reactive::effect;
use leptos::{ev, prelude::*, wasm_bindgen::JsCast};
use web_sys::{Element, KeyboardEvent};

const SHEET: [(&str, &str); 17] = [
    ("Tab", "Next field"),
    ("Enter", "On to the next value that needs a look; the one left is right"),
    ("Esc", "Back to the value before"),
    ("↑  ↓", "In a line: the same cell of the line above, below"),
    ("Shift click", "On a word of the page: behind what is in the field"),
    ("Alt P", "To the place of the value on the page, or to a new one, and back"),
    ("← ↑ ↓ →", "On a place: move it; with Shift its size, with Ctrl in small steps; Del removes it"),
    ("Ctrl Enter", "Approve or submit, and open the next invoice"),
    ("Alt A", "Make it your work"),
    ("Ctrl ↑", "Previous invoice"),
    ("Ctrl ↓", "Next invoice"),
    ("Ctrl Z", "Undo"),
    ("Ctrl Shift Z", "Redo"),
    ("+  −  0", "Larger, smaller, fit the page"),
    ("/", "Search, in the list"),
    ("U", "Upload"),
    ("?", "This sheet"),
];

/// What the keys of the whole page do.
#[derive(Clone, Copy)]
pub struct Moves {
    pub decide: Callback<()>,
    pub previous: Callback<()>,
    pub next: Callback<()>,
}

/// Enter goes to the first value that needs a look; Ctrl+Enter decides and goes on; Ctrl+↑ and Ctrl+↓ go through the
/// selection; Alt+A makes it one's own work; Ctrl+Z and Ctrl+Shift+Z undo and redo outside of controls; `?` tells the keys. While a dialog or a menu is
/// open, none of them is meant for the page.
pub fn listen(review: Review, dialogs: Dialogs, moves: Moves) {
    effect(move || {
        let handle = window_event_listener(ev::keydown, move |event| {
            if event.key() == "?" && is_plain(&event) {
                event.prevent_default();
                dialogs.keys.set(true);
                return;
            }
            if event.key() == "Enter" && is_plain(&event) && is_on_nothing(&event) {
                event.prevent_default();
                return fields::look_on(review, None);
            }
            if is_alt(&event, 'a') && in_front(&event).is_none() {
                event.prevent_default();
                return review.take_it();
            }
            if !(event.ctrl_key() || event.meta_key()) || event.alt_key() || event.default_prevented() {
                return;
            }
            if in_front(&event).is_none() && press(review, moves, &event) {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// True: the key did something.
fn press(review: Review, moves: Moves, event: &KeyboardEvent) -> bool {
    let typing = is_typing(event);
    match event.key().as_str() {
        "Enter" => go(moves.decide),
        "ArrowUp" => go(moves.previous),
        "ArrowDown" => go(moves.next),
        "z" if !typing => review.undo(),
        "Z" | "y" if !typing => review.redo(),
        _ => return false,
    }
    true
}

/// What was typed is taken first: leaving the control does that.
fn go(to: Callback<()>) {
    leave_control();
    to.run(());
}

/// Whether the focus is where Enter has no meaning of its own: on the heading, say.
fn is_on_nothing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let around = target.and_then(|target| target.closest("a, button, summary, label, input, [role], [draggable]").ok());
    around.flatten().is_none()
}

#[component]
pub fn KeysDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open title="Keys" testid="keys-dialog">
            <div class="dialog-body">{sheet()}</div>
        </Dialog>
    }
}

/// Each key with what it does.
pub fn sheet() -> impl IntoView {
    let rows = SHEET
        .into_iter()
        .map(|(keys, words)| {
            let keys = keys.split_whitespace().map(|key| view! { <kbd class="kbd">{key}</kbd> }).collect_view();
            view! {
                <div class="keys-row">
                    <dt>{keys}</dt>
                    <dd>{words}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="grid gap-2">{rows}</dl> }
}
