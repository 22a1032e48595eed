//! Why a person has to look, on top of the form: what failed, what is missing, what was not read surely.

use super::{
    fields::{control_id, focus_field},
    model::Review,
    words,
};
use crate::domain::{field::Field, invoice::InvoiceDetail};
use crate::ui::components::marks::{Known, Note, Tone};
use crate::ui::icons;
use crate::ui::reactive::memo;
use leptos::{either::Either, ev, prelude::*};

/// What the banner says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Why {
    /// Each with the field it leads to.
    messages: Vec<(String, Option<Field>)>,
    missing: Vec<Field>,
    unsure: Vec<Field>,
}

impl Why {
    fn of(detail: &InvoiceDetail) -> Why {
        let told_by_field = |code: &str| matches!(code, "missing" | "unsure") || words::has_own_note(code);
        let reasons = detail.review_reasons.iter().filter(|reason| !told_by_field(&reason.code));
        let messages = reasons.map(|reason| {
            // The amounts stand under the field.
            let check = detail.checks.iter().find(|check| check.message == reason.message);
            let message = check.map_or(reason.message.as_str(), words::check_words);
            (message.to_owned(), reason.fields.first().copied())
        });
        let to_check = Field::ALL.iter().copied().filter(|field| words::known(detail, *field) == Known::ToCheck);
        let (unsure, missing) =
            to_check.partition(|field| detail.fields.get(field).is_some_and(|value| !value.value.is_empty()));
        Why { messages: messages.collect(), missing, unsure }
    }

    fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.missing.is_empty() && self.unsure.is_empty()
    }
}

#[component]
pub fn Reasons(review: Review) -> impl IntoView {
    let why = memo(move || review.detail.with(Why::of));
    // Of a file that seems to hold several invoices, what was read of all its pages says little.
    let is_one = memo(move || review.detail.with(|detail| detail.splitting.proposed.is_empty()));
    let shown = move || review.editable() && is_one.get() && why.with(|why| !why.is_empty());
    let messages = move || {
        let messages = why.with(|why| why.messages.clone());
        messages.into_iter().map(|(message, field)| view! { <li>{message_row(message, field)}</li> }).collect_view()
    };
    view! {
        <Show when=shown>
            <div class="reasons">
                <Note tone=Tone::Warn drawing=icons::LOOK>
                    <h2 class="font-medium">"Why review is needed"</h2>
                    <ul>
                        {messages} {move || chips("Not found:", why.with(|why| why.missing.clone()))}
                        {move || chips("Not read surely:", why.with(|why| why.unsure.clone()))}
                    </ul>
                </Note>
            </div>
        </Show>
    }
}

/// A plain link to the control, so it works without JavaScript too.
fn field_link(class: &'static str, words: String, field: Field) -> impl IntoView {
    let go = move |event: ev::MouseEvent| {
        event.prevent_default();
        focus_field(field);
    };
    view! {
        <a class=class href=["#", &control_id(field)].concat() rel="external" on:click=go>
            {words}
        </a>
    }
}

fn message_row(message: String, field: Option<Field>) -> impl IntoView {
    match field {
        None => Either::Left(message),
        Some(field) => Either::Right(field_link("link", message, field)),
    }
}

fn chips(words: &'static str, fields: Vec<Field>) -> Option<impl IntoView> {
    if fields.is_empty() {
        return None;
    }
    let links = fields.into_iter().map(|field| field_link("chip", words::full_label(field), field)).collect_view();
    Some(view! { <li class="chips"><span>{words}</span> {links}</li> })
}
