//! Short messages at the bottom: what was done, what failed, with Undo where it can be undone.

use super::{focus, keyed::keyed, marks::Tone};
use crate::ui::icons::{self, icon};
use leptos::prelude::*;
use std::{sync::Arc, time::Duration};

/// Long enough to read twice; messages that offer Undo stay longer.
const SHOWN: Duration = Duration::from_secs(6);
const SHOWN_WITH_ACTION: Duration = Duration::from_secs(12);
/// More would cover the page; the oldest goes first.
const MOST: usize = 3;

/// What a button in a message does. It may outlive whatever page it came from.
#[derive(Clone)]
pub struct ToastAction {
    label: &'static str,
    run: Arc<dyn Fn() + Send + Sync>,
}

impl ToastAction {
    pub fn new(label: &'static str, run: impl Fn() + Send + Sync + 'static) -> ToastAction {
        ToastAction { label, run: Arc::new(run) }
    }
}

#[derive(Clone)]
struct Toast {
    id: u32,
    tone: Tone,
    text: String,
    action: Option<ToastAction>,
}

/// The messages shown now. One for the whole app, from context.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    last_id: StoredValue<u32>,
}

impl Toasts {
    /// Makes the store and provides it to everything below.
    pub fn provide() -> Toasts {
        let toasts = Toasts { shown: RwSignal::new(Vec::new()), last_id: StoredValue::new(0) };
        provide_context(toasts);
        toasts
    }

    /// Some for the page of all components, which stay.
    #[cfg(debug_assertions)]
    pub fn sample() -> Toasts {
        let toast = |id, tone, text: &str, action| Toast { id, tone, text: text.to_owned(), action };
        let again = |label| Some(ToastAction::new(label, || ()));
        let shown = vec![
            toast(1, Tone::Ok, "Approved", None),
            toast(2, Tone::Ok, "Rejected", again("Undo")),
            toast(3, Tone::Bad, "The server can not be reached", None),
            toast(4, Tone::Bad, "A change you made was not taken", again("Look at it")),
        ];
        Toasts { shown: RwSignal::new(shown), last_id: StoredValue::new(4) }
    }

    pub fn ok(self, text: impl Into<String>) {
        self.push(Tone::Ok, text.into(), None);
    }

    pub fn ok_with(self, text: impl Into<String>, action: ToastAction) {
        self.push(Tone::Ok, text.into(), Some(action));
    }

    pub fn failed(self, text: impl Into<String>) {
        self.push(Tone::Bad, text.into(), None);
    }

    pub fn failed_with(self, text: impl Into<String>, action: ToastAction) {
        self.push(Tone::Bad, text.into(), Some(action));
    }

    fn push(self, tone: Tone, text: String, action: Option<ToastAction>) {
        let id = self.last_id.get_value().wrapping_add(1);
        self.last_id.set_value(id);
        let time = if action.is_some() { SHOWN_WITH_ACTION } else { SHOWN };
        self.shown.update(|shown| {
            if shown.len() >= MOST {
                shown.remove(0);
            }
            shown.push(Toast { id, tone, text, action });
        });
        set_timeout(move || self.drop(id), time);
    }

    /// Takes messages that say this away: the person saw it elsewhere, or it is said again.
    pub fn take_back(self, text: &str) {
        _ = self.shown.try_update(|shown| shown.retain(|toast| toast.text != text));
    }

    fn drop(self, id: u32) {
        // The app may be gone when a timer fires.
        _ = self.shown.try_update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// Where the messages appear; a live region that is always there, or its first message would not be said.
#[component]
pub fn ToastRegion(toasts: Toasts) -> impl IntoView {
    let ids = move || toasts.shown.with(|shown| shown.iter().map(|toast| toast.id.into()).collect());
    let find = move |id: u128| {
        toasts.shown.with_untracked(|shown| shown.iter().find(|toast| u128::from(toast.id) == id).cloned())
    };
    view! {
        <div class="toasts" role="status" aria-live="polite">
            {keyed(ids, move |id| find(id).map(|toast| toast_view(toasts, toast)).into_any())}
        </div>
    }
}

fn toast_view(toasts: Toasts, toast: Toast) -> impl IntoView {
    let id = toast.id;
    let drawing = if toast.tone == Tone::Bad { icons::ALERT } else { icons::OK };
    view! {
        <div class=["toast ", toast.tone.class()].concat() data-testid="toast">
            {icon(drawing)} <span class="grow">{toast.text}</span>
            {toast
                .action
                .map(|action| {
                    view! {
                        <button
                            type="button"
                            class="btn btn-sm"
                            on:click=move |_| {
                                (action.run)();
                                toasts.drop(id);
                                focus::keep_on_page();
                            }
                        >
                            {action.label}
                        </button>
                    }
                })}
            <button
                type="button"
                class="btn btn-quiet btn-icon btn-sm"
                aria-label="Dismiss"
                on:click=move |_| {
                    toasts.drop(id);
                    focus::keep_on_page();
                }
            >
                {icon(icons::CLOSE)}
            </button>
        </div>
    }
}
