//! What people's corrections taught, by supplier, and the way to forget it.

use super::Shown;
use crate::api::settings::set_forgotten;
use crate::domain::learned::{Forgotten, LearnedRule, LearnedSupplier};
use crate::ui::components::toast::ToastAction;
use crate::ui::format::{counted, day};
use crate::ui::reactive::memo;
use leptos::{prelude::*, task::spawn_local};

pub fn section(shown: Shown) -> impl IntoView {
    let suppliers = memo(move || shown.settings.with(|settings| settings.learned.clone().unwrap_or_default()));
    view! {
        <section aria-labelledby="learned-title">
            <h2 id="learned-title" class="dialog-title mb-1">
                "Learned from corrections"
            </h2>
            <p class="text-muted mb-3 max-w-[42rem]">
                "What somebody corrects on an invoice that is then submitted or approved is read the same way on the supplier's next one. Amounts, numbers, dates and accounts are always read from the document."
            </p>
            <Show when=move || suppliers.with(Vec::is_empty)>
                <p class="text-muted">"Nothing yet."</p>
            </Show>
            <ul class="grid gap-5">
                <For each=move || suppliers.get() key=|supplier| supplier.clone() let:supplier>
                    {supplier_item(shown, supplier)}
                </For>
            </ul>
        </section>
    }
}

fn supplier_item(shown: Shown, supplier: LearnedSupplier) -> impl IntoView {
    let LearnedSupplier { id, name, rules } = supplier;
    let label = ["Forget everything learned for ", &name].concat();
    let several = rules.len() > 1;
    let rules = rules.into_iter().map(|rule| rule_item(shown, &name, rule)).collect_view();
    view! {
        <li data-testid="learned-supplier">
            <div class="flex flex-wrap items-center gap-x-3 min-h-9">
                <h3 class="font-semibold wrap-anywhere">{name}</h3>
                {several.then(|| forget_button(shown, label, "Forget all", Forgotten::Supplier(id)))}
            </div>
            <ul class="grid">{rules}</ul>
        </li>
    }
}

fn rule_item(shown: Shown, supplier: &str, rule: LearnedRule) -> impl IntoView + use<> {
    let field = rule.field.label();
    let label = ["Forget how ", field, " is read for ", supplier].concat();
    let style = rule.style.map(|style| [", ", &style].concat()).unwrap_or_default();
    let trust = if rule.is_trusted { " · counts as sure" } else { "" };
    let used = counted(rule.used, "invoice", "invoices");
    let (confirmed, corrected) = (rule.confirmed.to_string(), rule.corrected.to_string());
    let counts = ["Used on ", &used, ", left ", &confirmed, ", corrected ", &corrected, trust].concat();
    let by = ["By ", &rule.person, ", ", &day(rule.at)].concat();
    view! {
        <li class="flex items-start gap-3 py-2 border-t border-line max-w-[42rem]" data-testid="learned-rule">
            <div class="grow min-w-0">
                <div class="wrap-anywhere">
                    <span class="font-medium">{field}</span>
                    " "
                    {rule.place}
                    <span class="num">{style}</span>
                </div>
                <div class="text-sm text-muted num">{by}</div>
                <div class="text-sm text-muted num">{counts}</div>
            </div>
            {forget_button(shown, label, "Forget", Forgotten::Rule(rule.id))}
        </li>
    }
}

fn forget_button(shown: Shown, label: String, word: &'static str, which: Forgotten) -> impl IntoView {
    view! {
        <button
            type="button"
            class="btn btn-quiet btn-sm"
            aria-label=label
            on:click=move |_| set(shown, which.clone(), true)
        >
            {word}
        </button>
    }
}

/// Forgets, with a way back; or remembers again.
fn set(shown: Shown, which: Forgotten, forgotten: bool) {
    spawn_local(async move {
        match set_forgotten(which.clone(), forgotten).await {
            Err(error) => shown.toasts.failed(error.to_string()),
            Ok(()) if forgotten => {
                let back = ToastAction::new("Undo", move || set(shown, which.clone(), false));
                shown.toasts.ok_with("Forgotten", back);
            }
            Ok(()) => shown.toasts.ok("Remembered again"),
        }
        shown.reload();
    });
}
