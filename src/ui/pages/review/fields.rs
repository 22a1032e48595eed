//! The right side: why review is needed, the fields in their groups, each with its mark and what is wrong under it.

use super::{model::Review, words};
use crate::domain::{
    checks::{CheckResult, Severity},
    field::{Field, FieldGroup, FieldKind},
};
use crate::ui::components::marks::{Known, Note, Tone, known_mark};
use crate::ui::format::amount;
use crate::ui::icons::{self, icon};
use leptos::{
    either::{Either, EitherOf4},
    ev,
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The id of a field's control.
pub fn control_id(field: Field) -> String {
    ["field-", field.as_str()].concat()
}

/// Moves the focus to a field.
pub fn focus_field(field: Field) {
    crate::ui::layout::keys::focus(&control_id(field));
}

#[component]
pub fn Reasons(review: Review) -> impl IntoView {
    let reasons = Memo::new(move |_| review.detail.with(|detail| detail.review_reasons.clone()));
    let shown = move || review.status().editable() && reasons.with(|reasons| !reasons.is_empty());
    view! {
        <Show when=shown>
            <div class="reasons">
                <Note tone=Tone::Warn drawing=icons::LOOK>
                    <h2 class="font-medium">"Why review is needed"</h2>
                    <ul>
                        {move || {
                            reasons
                                .get()
                                .into_iter()
                                .map(|reason| {
                                    let field = reason.fields.first().copied();
                                    reason_row(reason.message, field)
                                })
                                .collect_view()
                        }}
                    </ul>
                </Note>
            </div>
        </Show>
    }
}

/// A reason leads to its field: a plain link to the control, so it works without JavaScript too.
fn reason_row(message: String, field: Option<Field>) -> impl IntoView {
    match field {
        None => Either::Left(view! { <li>{message}</li> }),
        Some(field) => {
            let go = move |event: ev::MouseEvent| {
                event.prevent_default();
                focus_field(field);
            };
            let href = ["#", &control_id(field)].concat();
            Either::Right(view! {
                <li>
                    <a class="link" href=href rel="external" on:click=go>
                        {message}
                    </a>
                </li>
            })
        }
    }
}

/// All groups. A field that is rarely used shows only when the invoice has it.
#[component]
pub fn Fields(review: Review) -> impl IntoView {
    let groups = FieldGroup::ALL.into_iter().map(|group| field_group(review, group)).collect_view();
    view! { <div on:keydown=move |event| on_key(review, &event)>{groups}</div> }
}

fn field_group(review: Review, group: FieldGroup) -> impl IntoView {
    let shown = Memo::new(move |_| {
        review.detail.with(|detail| {
            let has = |field: &Field| field.always_shown() || detail.fields.contains_key(field);
            Field::ALL.iter().copied().filter(|field| field.group() == group).filter(has).collect::<Vec<_>>()
        })
    });
    view! {
        <section class="group" aria-label=group.label()>
            <h2 class="group-title">{group.label()}</h2>
            <For each=move || shown.get() key=|field| *field let:field>
                {field_row(review, field)}
            </For>
        </section>
    }
}

fn field_row(review: Review, field: Field) -> impl IntoView {
    let known = Memo::new(move |_| review.known(field));
    let fresh = Memo::new(move |_| review.fresh.with(|fresh| fresh.contains(&field)));
    let id = control_id(field);
    let notes_id = [id.as_str(), "-notes"].concat();
    let title = [field.business_term(), " · ", field.label()].concat();
    view! {
        <div
            class=move || if fresh.get() { "field fresh" } else { "field" }
            on:focusin=move |_| review.active.set(Some(field))
        >
            <label for=id title=title>
                {field.label()}
            </label>
            {control(review, field, notes_id.clone())}
            {move || known_mark(known.get())}
            <div class="contents" id=notes_id aria-live="polite">
                {move || field_notes(review, field)}
            </div>
        </div>
    }
}

fn control(review: Review, field: Field, notes_id: String) -> impl IntoView {
    let kind = field.kind();
    let numbers = review.numbers;
    let text = Memo::new(move |_| words::shown(kind, &review.value(field), numbers));
    let readonly = Memo::new(move |_| !review.editable());
    let invalid = move || {
        let refused = review.refused.with(|refused| refused.contains_key(&field));
        (refused || review.known(field) == Known::RuleFailed).then_some("true")
    };
    let take = move |typed: String| review.type_in(field, &typed);
    let id = control_id(field);
    if field == Field::DocumentType {
        return Either::Left(type_choice(text, readonly, notes_id, Callback::new(take)));
    }
    Either::Right(match kind {
        FieldKind::LongText => EitherOf4::A(view! {
            <textarea
                class="input"
                id=id.clone()
                data-testid=id
                rows="2"
                readonly=move || readonly.get()
                aria-invalid=invalid
                aria-describedby=notes_id
                prop:value=move || text.get()
                on:change=move |event| take(event_target_value(&event))
            >
                {text.get_untracked()}
            </textarea>
        }),
        FieldKind::Date => EitherOf4::B(view! {
            <input
                class="input num"
                type="date"
                id=id.clone()
                data-testid=id
                value=text.get_untracked()
                readonly=move || readonly.get()
                aria-invalid=invalid
                aria-describedby=notes_id
                prop:value=move || text.get()
                on:change=move |event| take(event_target_value(&event))
            />
        }),
        FieldKind::Text | FieldKind::Code | FieldKind::Currency | FieldKind::Country => EitherOf4::C(view! {
            <input
                class="input"
                type="text"
                autocomplete="off"
                spellcheck="false"
                id=id.clone()
                data-testid=id
                value=text.get_untracked()
                readonly=move || readonly.get()
                aria-invalid=invalid
                aria-describedby=notes_id
                prop:value=move || text.get()
                on:change=move |event| take(event_target_value(&event))
            />
        }),
        FieldKind::Amount | FieldKind::Iban | FieldKind::VatId => EitherOf4::D(view! {
            <input
                class=if kind == FieldKind::Amount { "input field-end" } else { "input mono" }
                type="text"
                inputmode=(kind == FieldKind::Amount).then_some("decimal")
                autocomplete="off"
                spellcheck="false"
                id=id.clone()
                data-testid=id
                value=text.get_untracked()
                readonly=move || readonly.get()
                aria-invalid=invalid
                aria-describedby=notes_id
                prop:value=move || text.get()
                on:change=move |event| take(event_target_value(&event))
            />
        }),
    })
}

/// The type of the document, UNTDID 1001. The codes people meet have words; any other stands as it was read.
fn type_choice(code: Memo<String>, readonly: Memo<bool>, notes_id: String, take: Callback<String>) -> impl IntoView {
    const KNOWN: [(&str, &str); 4] =
        [("380", "Invoice"), ("381", "Credit note"), ("384", "Corrected invoice"), ("326", "Partial invoice")];
    let id = control_id(Field::DocumentType);
    let option = move |value: &'static str, word: &'static str| {
        view! {
            <option value=value selected=move || code.with(|code| code == value)>
                {word}
            </option>
        }
    };
    let known = KNOWN.into_iter().map(|(value, word)| option(value, word)).collect_view();
    let other = move || {
        let code = code.get();
        let is_other = KNOWN.iter().all(|(value, _)| *value != code);
        is_other.then(|| view! { <option value=code.clone() selected>{code.clone()}</option> })
    };
    view! {
        <select
            class="input"
            id=id.clone()
            data-testid=id
            disabled=move || readonly.get()
            aria-describedby=notes_id
            on:change=move |event| take.run(event_target_value(&event))
        >
            {known}
            {other}
        </select>
    }
}

/// What stands under a field: why the last change was not taken, then the checks that did not hold.
fn field_notes(review: Review, field: Field) -> impl IntoView {
    let refused = review.refused.with(|refused| refused.get(&field).cloned());
    let checks = review.detail.with(|detail| {
        detail.checks.iter().filter(|check| check.fields.first() == Some(&field)).cloned().collect::<Vec<_>>()
    });
    let numbers = review.numbers;
    view! {
        {refused
            .map(|reason| {
                view! {
                    <p class="field-note tone-bad">
                        {icon(icons::ALERT)}
                        <span>"Not saved: " {reason}</span>
                    </p>
                }
            })}
        {checks.into_iter().map(|check| check_note(check, numbers)).collect_view()}
    }
}

/// A check that did not hold, in words, with both amounts.
pub fn check_note(check: CheckResult, numbers: crate::ui::format::NumberStyle) -> impl IntoView {
    let tone = if check.severity == Severity::Warning { "field-note tone-warn" } else { "field-note tone-bad" };
    let amounts = match (check.expected, check.found) {
        (Some(expected), Some(found)) => Some(view! {
            <span class="amounts">
                " Expected " {amount(&expected, numbers)} ", found " {amount(&found, numbers)} "."
            </span>
        }),
        _ => None,
    };
    view! {
        <p class=tone title=check.rule>
            {icon(icons::WARN)}
            <span>{check.message} {amounts}</span>
        </p>
    }
}

/// Enter: this value is right, on to the next that needs a look. Escape: back to the value before.
fn on_key(review: Review, event: &ev::KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
        return;
    }
    let Some(target) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return };
    let Some(field) = target.id().strip_prefix("field-").and_then(|name| name.parse::<Field>().ok()) else { return };
    match event.key().as_str() {
        "Enter" if field.kind() == FieldKind::LongText => {}
        "Enter" => {
            event.prevent_default();
            // Leaving the control saves what was typed; only an untouched value is confirmed as it is.
            let untouched =
                shown_text(&target) == untrack(|| words::shown(field.kind(), &review.value(field), review.numbers));
            _ = target.blur();
            if untouched {
                review.confirm(field);
            }
            match next_to_look_at(review, field) {
                Some(next) => focus_field(next),
                None => crate::ui::layout::keys::focus("decide"),
            }
        }
        "Escape" => {
            if let Some(input) = target.dyn_ref::<web_sys::HtmlInputElement>() {
                input.set_value(&untrack(|| words::shown(field.kind(), &review.value(field), review.numbers)));
                input.select();
            }
        }
        _ => {}
    }
}

fn shown_text(control: &HtmlElement) -> String {
    control.dyn_ref::<web_sys::HtmlInputElement>().map(|input| input.value()).unwrap_or_default()
}

/// The next field after `from`, in the order of the form, that needs a look; from the top again after the last.
fn next_to_look_at(review: Review, from: Field) -> Option<Field> {
    let order: Vec<Field> = FieldGroup::ALL
        .into_iter()
        .flat_map(|group| Field::ALL.iter().copied().filter(move |field| field.group() == group))
        .collect();
    let at = order.iter().position(|field| *field == from)?;
    let needs = |field: &Field| untrack(|| review.known(*field).needs_a_look());
    order[at + 1..].iter().chain(&order[..at]).copied().find(needs)
}
