//! The rules of the house.

use super::{Shown, form_of, shown_amount};
use crate::api::settings::set_rules;
use crate::domain::{approval::Rules, touchless::TouchlessRules};
use crate::ui::components::field::FormError;
use leptos::prelude::*;

pub fn section(shown: Shown) -> impl IntoView {
    let rules = Memo::new(move |_| shown.settings.with(|settings| settings.rules.clone()));
    let first = rules.get_untracked();
    let two_over = move |rules: &Rules| shown_amount(rules.two_approvals_over.as_deref());
    let failure = RwSignal::new(None);
    let save = move |event| {
        let typed = form_of(&event);
        let rules = Rules {
            // A box that is not ticked is not sent.
            self_approval: !typed("self_approval").is_empty(),
            two_approvals_over: Some(typed("two_approvals_over")),
            currency: typed("currency"),
            touchless: TouchlessRules {
                is_on: !typed("touchless").is_empty(),
                sure_from: typed("touchless_sure_from"),
                ceiling: Some(typed("touchless_ceiling")),
            },
        };
        shown.send(set_rules(rules), "Rules saved", failure, |_| ());
    };
    view! {
        <section aria-labelledby="rules-title">
            <h2 id="rules-title" class="dialog-title mb-2">
                "Rules"
            </h2>
            <form class="grid gap-4 max-w-[30rem]" data-testid="rules-form" on:submit=save>
                <FormError message=failure />
                <div class="form-row">
                    <label for="currency">"Currency of limits"</label>
                    <input
                        class="input max-w-24"
                        id="currency"
                        name="currency"
                        required
                        maxlength="3"
                        autocomplete="off"
                        aria-describedby="currency-hint"
                        value=first.currency.clone()
                        prop:value=move || rules.with(|rules| rules.currency.clone())
                    />
                    <p class="hint" id="currency-hint">
                        "Three letters. An invoice in another currency is over every limit."
                    </p>
                </div>
                <div class="form-row">
                    <label for="two_approvals_over">"Two approvals above"</label>
                    <input
                        class="input num max-w-40"
                        id="two_approvals_over"
                        name="two_approvals_over"
                        inputmode="decimal"
                        autocomplete="off"
                        aria-describedby="two_approvals_over-hint"
                        value=two_over(&first)
                        prop:value=move || rules.with(two_over)
                    />
                    <p class="hint" id="two_approvals_over-hint">
                        "A gross total. Above it, two people have to approve. Left empty: one is enough."
                    </p>
                </div>
                <label class="flex items-start gap-2">
                    <input
                        type="checkbox"
                        class="check mt-0.5 shrink-0"
                        name="self_approval"
                        checked=first.self_approval
                        prop:checked=move || rules.with(|rules| rules.self_approval)
                    />
                    <span>
                        "People may approve what they uploaded or changed"
                        <span class="hint block">"Only where one person does everything."</span>
                    </span>
                </label>
                {touchless(rules)}
                <div>
                    <button type="submit" class="btn btn-primary">
                        "Save rules"
                    </button>
                </div>
            </form>
        </section>
    }
}

/// What is approved without a person.
fn touchless(rules: Memo<Rules>) -> impl IntoView {
    let first = rules.get_untracked().touchless;
    let ceiling = move |rules: &TouchlessRules| shown_amount(rules.ceiling.as_deref());
    view! {
        <fieldset class="grid gap-4 border-t border-line pt-4">
            <legend class="float-left font-semibold mb-2">"Touchless approval"</legend>
            <label class="flex items-start gap-2 clear-both">
                <input
                    type="checkbox"
                    class="check mt-0.5 shrink-0"
                    name="touchless"
                    checked=first.is_on
                    prop:checked=move || rules.with(|rules| rules.touchless.is_on)
                />
                <span>
                    "Approve without a person what raises no question"
                    <span class="hint block">
                        "Only where every check holds, the supplier and its bank account are known, it is no duplicate, and one approval is enough."
                    </span>
                </span>
            </label>
            <div class="form-row">
                <label for="touchless_sure_from">"Every value read at least this surely"</label>
                <input
                    class="input num max-w-24"
                    id="touchless_sure_from"
                    name="touchless_sure_from"
                    inputmode="decimal"
                    autocomplete="off"
                    aria-describedby="touchless_sure_from-hint"
                    value=first.sure_from.clone()
                    prop:value=move || rules.with(|rules| rules.touchless.sure_from.clone())
                />
                <p class="hint" id="touchless_sure_from-hint">
                    "From 0.5 to 1. 0.975 is what the review page marks as read surely."
                </p>
            </div>
            <div class="form-row">
                <label for="touchless_ceiling">"Never above"</label>
                <input
                    class="input num max-w-40"
                    id="touchless_ceiling"
                    name="touchless_ceiling"
                    inputmode="decimal"
                    autocomplete="off"
                    aria-describedby="touchless_ceiling-hint"
                    value=ceiling(&first)
                    prop:value=move || rules.with(|rules| ceiling(&rules.touchless))
                />
                <p class="hint" id="touchless_ceiling-hint">
                    "A gross total. Left empty: any amount that one person may approve alone."
                </p>
            </div>
        </fieldset>
    }
}
