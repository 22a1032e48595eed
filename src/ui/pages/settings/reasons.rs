//! The reasons to choose from when an invoice is rejected.

use super::{Shown, form_of};
use crate::api::settings::set_reject_reasons;
use crate::domain::reject_reason::{MOST_LETTERS, RejectReason};
use crate::ui::components::field::FormError;
use crate::ui::reactive::memo;
use leptos::prelude::*;

/// The name, and id, of the field for one that is new.
const NEW: &str = "new-reason";

pub fn section(shown: Shown) -> impl IntoView {
    let reasons = memo(move || shown.settings.with(|settings| settings.reject_reasons.clone().unwrap_or_default()));
    let failure = RwSignal::new(None);
    let added = RwSignal::new(String::new());
    let save = move |event| {
        let typed = form_of(&event);
        let mut asked: Vec<RejectReason> = reasons
            .get_untracked()
            .into_iter()
            .map(|RejectReason { code, .. }| RejectReason {
                words: typed(&words_name(&code)),
                is_off: typed(&offered_name(&code)).is_empty(),
                code,
            })
            .collect();
        let new = typed(NEW);
        if !new.trim().is_empty() {
            asked.push(RejectReason { code: String::new(), words: new, is_off: false });
        }
        shown.send(set_reject_reasons(asked), "Reasons saved", failure, move |_| added.set(String::new()));
    };
    view! {
        <section aria-labelledby="reasons-title">
            <h2 id="reasons-title" class="dialog-title mb-2">
                "Reasons for a rejection"
            </h2>
            <form class="grid gap-4 max-w-[30rem]" data-testid="reasons-form" on:submit=save>
                <FormError message=failure />
                <ul class="grid gap-2">
                    <For each=move || reasons.get() key=|reason| reason.clone() let:reason>
                        {row(reason)}
                    </For>
                </ul>
                <div class="form-row">
                    <label for=NEW>"One more reason"</label>
                    <input
                        class="input"
                        id=NEW
                        name=NEW
                        maxlength=MOST_LETTERS
                        autocomplete="off"
                        prop:value=move || added.get()
                        on:input=move |event| added.set(event_target_value(&event))
                    />
                </div>
                <p class="hint">
                    "What was rejected for a reason keeps its words in the history. A reason that is not offered can not be chosen any more."
                </p>
                <div>
                    <button type="submit" class="btn btn-primary">
                        "Save reasons"
                    </button>
                </div>
            </form>
        </section>
    }
}

fn words_name(code: &str) -> String {
    ["words-", code].concat()
}

fn offered_name(code: &str) -> String {
    ["offered-", code].concat()
}

fn row(reason: RejectReason) -> impl IntoView {
    let RejectReason { code, words, is_off } = reason;
    let label = ["Reason: ", &words].concat();
    view! {
        <li class="flex items-center gap-3" data-testid="reason-row">
            <input
                class="input flex-1 min-w-0"
                name=words_name(&code)
                maxlength=MOST_LETTERS
                required
                autocomplete="off"
                aria-label=label
                value=words.clone()
            />
            <label class="flex items-center gap-2 text-sm">
                <input type="checkbox" class="check" name=offered_name(&code) checked=!is_off />
                "Offered"
                <span class="sr-only">": " {words.clone()}</span>
            </label>
        </li>
    }
}
