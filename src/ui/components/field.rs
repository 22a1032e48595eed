//! Labelled form fields for forms that are sent as a whole: sign-in, set-up, dialogs.

use crate::ui::icons::{self, icon};
use crate::ui::markup::{dynamic, el};
use leptos::prelude::*;

/// A line of text with its label above and, when there is one, its error below.
#[component]
pub fn TextField(
    /// The form's name for it, and its id.
    name: &'static str,
    label: &'static str,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] autocomplete: Option<&'static str>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] hint: Option<&'static str>,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(optional, into)] minlength: Option<&'static str>,
) -> impl IntoView {
    let hint_id = hint.map(|_| [name, "-hint"].concat());
    view! {
        <div class="form-row">
            <label for=name>{label}</label>
            <input
                class="input input-lg"
                id=name
                name=name
                type=kind
                autocomplete=autocomplete
                value=value
                required=required
                autofocus=autofocus
                minlength=minlength
                aria-describedby=hint_id.clone()
            />
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

/// Why a form was not taken, said aloud when it appears.
#[component]
pub fn FormError(#[prop(into)] message: Signal<Option<String>>) -> impl IntoView {
    view! {
        <div role="alert">
            {dynamic(move || {
                message.get().map(|message| el("p").class("form-error").child(icon(icons::ALERT)).text(message))
            })}
        </div>
    }
}
