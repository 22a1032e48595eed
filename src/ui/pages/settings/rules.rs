//! The rules of the house.

use super::{Shown, form_of, shown_amount};
use crate::api::settings::set_rules;
use crate::domain::{approval::Rules, touchless::TouchlessRules};
use crate::ui::components::field::FormError;
use leptos::prelude::*;

/// A rule that is typed.
struct Typed {
    /// The field's id, and its name in the form.
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    class: &'static str,
    /// It needs so many letters; None: a number, or nothing.
    letters: Option<u8>,
    value: fn(&Rules) -> String,
}

const CURRENCY: Typed = Typed {
    name: "currency",
    label: "Currency of limits",
    hint: "Three letters. An invoice in another currency is over every limit.",
    class: "input max-w-24",
    letters: Some(3),
    value: |rules| rules.currency.clone(),
};
const TWO_APPROVALS: Typed = Typed {
    name: "two_approvals_over",
    label: "Two approvals above",
    hint: "A gross total. Above it, two people have to approve. Left empty: one is enough.",
    class: "input num max-w-40",
    letters: None,
    value: |rules| shown_amount(rules.two_approvals_over.as_deref()),
};
const SURE_FROM: Typed = Typed {
    name: "touchless_sure_from",
    label: "Every value read at least this surely",
    hint: "From 0.5 to 1. 0.975 is what the review page marks as read surely.",
    class: "input num max-w-24",
    letters: None,
    value: |rules| rules.touchless.sure_from.clone(),
};
const CEILING: Typed = Typed {
    name: "touchless_ceiling",
    label: "Never above",
    hint: "A gross total. Left empty: any amount that one person may approve alone.",
    class: "input num max-w-40",
    letters: None,
    value: |rules| shown_amount(rules.touchless.ceiling.as_deref()),
};

fn row(rules: Memo<Rules>, typed: &'static Typed) -> impl IntoView {
    let hint_id = [typed.name, "-hint"].concat();
    view! {
        <div class="form-row">
            <label for=typed.name>{typed.label}</label>
            <input
                class=typed.class
                id=typed.name
                name=typed.name
                inputmode=typed.letters.is_none().then_some("decimal")
                required=typed.letters.is_some()
                maxlength=typed.letters.map(|letters| letters.to_string())
                autocomplete="off"
                aria-describedby=hint_id.clone()
                value=(typed.value)(&rules.get_untracked())
                prop:value=move || rules.with(typed.value)
            />
            <p class="hint" id=hint_id>
                {typed.hint}
            </p>
        </div>
    }
}

pub fn section(shown: Shown) -> impl IntoView {
    let rules = Memo::new(move |_| shown.settings.with(|settings| settings.rules.clone()));
    let first = rules.get_untracked();
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
                {row(rules, &CURRENCY)} {row(rules, &TWO_APPROVALS)}
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
            {row(rules, &SURE_FROM)} {row(rules, &CEILING)}
        </fieldset>
    }
}
