//! The control of a field: what one types, picks or reads.

use super::{fields::control_id, model::Review};
use crate::domain::field::{Field, FieldKind};
use crate::ui::components::marks::Known;
use crate::ui::reactive::memo;
use leptos::{either::EitherOf3, ev, prelude::*, wasm_bindgen::JsCast};

/// Codes of UNTDID 1001 that people meet. Any other stands as it was read.
const TYPES: [(&str, &str); 4] =
    [("380", "Invoice"), ("381", "Credit note"), ("384", "Corrected invoice"), ("326", "Partial invoice")];

pub fn control(review: Review, field: Field, described_by: String) -> impl IntoView {
    match field.kind() {
        _ if field == Field::DocumentType => EitherOf3::A(type_choice(review, described_by)),
        FieldKind::LongText => EitherOf3::B(text_area(review, field, described_by)),
        kind => EitherOf3::C(line(review, field, kind, described_by)),
    }
}

fn is_invalid(review: Review, field: Field) -> Option<&'static str> {
    let refused = review.refused.with(|refused| refused.contains_key(&field));
    (refused || review.known(field) == Known::RuleFailed).then_some("true")
}

fn line(review: Review, field: Field, kind: FieldKind, described_by: String) -> impl IntoView {
    let text = memo(move || review.text(field));
    let is_date = kind == FieldKind::Date;
    let id = control_id(field);
    let class = match kind {
        FieldKind::Amount => "input field-end",
        FieldKind::Iban | FieldKind::VatId => "input mono",
        FieldKind::Date => "input num",
        _ => "input",
    };
    view! {
        <input
            class=class
            type=if is_date { "date" } else { "text" }
            inputmode=(kind == FieldKind::Amount).then_some("decimal")
            autocomplete="off"
            spellcheck="false"
            id=id.clone()
            data-testid=id
            value=text.get_untracked()
            readonly=move || !review.editable()
            aria-invalid=move || is_invalid(review, field)
            aria-describedby=described_by
            prop:value=move || text.get()
            on:input=move |event| {
                if is_date {
                    type_date(review, field, &event);
                } else {
                    review.draft(field, event_target_value(&event));
                }
            }
            on:keydown=move |event| {
                if is_date && changes_date(&event) && untrack(|| review.editable()) {
                    review.begin(field);
                }
            }
            on:change=move |event| {
                if !is_date {
                    review.type_in(field, &event_target_value(&event));
                }
            }
            on:blur=move |event| {
                if is_date {
                    leave_date(review, field, &event);
                }
            }
        />
    }
}

/// Whether a key begins to change a date. Until it is whole again the control has no value and tells nobody, and what
/// others change must not take its place.
fn changes_date(event: &ev::KeyboardEvent) -> bool {
    let key = event.key();
    let is_sign = key.chars().count() == 1;
    let is_combined = event.ctrl_key() || event.alt_key() || event.meta_key();
    !is_combined && (is_sign || matches!(key.as_str(), "Backspace" | "Delete" | "ArrowUp" | "ArrowDown"))
}

/// A part of a date is no value: what stood there before stays underneath, to be gone back to.
fn type_date(review: Review, field: Field, event: &ev::Event) {
    let Some(control) = date_control(event) else { return };
    if is_part(&control) {
        review.begin(field);
    } else {
        review.draft(field, control.value());
    }
}

/// A date counts once the control is left: while a year is typed, each of its digits makes another date.
fn leave_date(review: Review, field: Field, event: &ev::FocusEvent) {
    let Some(control) = date_control(event).filter(|_| !review.is_gone()) else { return };
    if is_part(&control) {
        review.refuse_date(field);
    } else {
        review.type_in(field, &control.value());
    }
}

fn date_control(event: &ev::Event) -> Option<web_sys::HtmlInputElement> {
    let control = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
    control.filter(|control| !control.read_only())
}

fn is_part(date: &web_sys::HtmlInputElement) -> bool {
    date.matches(":invalid").unwrap_or(false)
}

fn text_area(review: Review, field: Field, described_by: String) -> impl IntoView {
    let text = memo(move || review.text(field));
    let id = control_id(field);
    view! {
        <textarea
            class="input"
            id=id.clone()
            data-testid=id
            rows="2"
            readonly=move || !review.editable()
            aria-invalid=move || is_invalid(review, field)
            aria-describedby=described_by
            prop:value=move || text.get()
            on:input=move |event| review.draft(field, event_target_value(&event))
            on:change=move |event| review.type_in(field, &event_target_value(&event))
        >
            {text.get_untracked()}
        </textarea>
    }
}

fn type_choice(review: Review, described_by: String) -> impl IntoView {
    let code = memo(move || review.text(Field::DocumentType));
    let id = control_id(Field::DocumentType);
    let known = TYPES
        .into_iter()
        .map(|(value, word)| {
            view! {
                <option value=value selected=move || code.with(|code| code == value)>
                    {word}
                </option>
            }
        })
        .collect_view();
    let other = move || {
        let code = code.get();
        let is_other = TYPES.iter().all(|(value, _)| *value != code);
        is_other.then(|| view! { <option value=code.clone() selected>{code.clone()}</option> })
    };
    view! {
        <select
            class="input"
            id=id.clone()
            data-testid=id
            disabled=move || !review.editable()
            aria-invalid=move || is_invalid(review, Field::DocumentType)
            aria-describedby=described_by
            on:change=move |event| review.type_in(Field::DocumentType, &event_target_value(&event))
        >
            {known}
            {other}
        </select>
    }
}

/// The word for a document's type.
pub fn type_word(code: &str) -> Option<&'static str> {
    TYPES.into_iter().find(|(value, _)| *value == code).map(|(_, word)| word)
}
