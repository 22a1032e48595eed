//! Controls of forms that are sent as a whole.

use super::page::{columns, part};
use crate::ui::components::field::{FormError, TextField};
use crate::ui::pages::review::ask::{form_error, note_field};
use leptos::{html, prelude::*};

pub fn parts() -> impl IntoView {
    part("Forms", columns((fields(), controls(), notes())))
}

fn fields() -> impl IntoView {
    view! {
        <form class="grid gap-3" novalidate>
            <TextField name="plain" label="Plain" />
            <TextField name="filled" label="With a hint" value="1,190.00".to_owned() hint="What is paid, with VAT" />
            <TextField name="required" label="Required" required=true />
            <FormError message=Signal::stored(Some("This is not an amount".to_owned())) />
        </form>
    }
}

/// Those that have a class and no component.
fn controls() -> impl IntoView {
    view! {
        <form class="grid gap-3" novalidate>
            {choice("choice", "To choose from", false, false)} {choice("choice-wrong", "Not chosen", true, false)}
            {choice("choice-off", "Not to be chosen from", false, true)} <div class="form-row">
                <label for="read-only">"Only to read"</label>
                <input class="input" id="read-only" readonly value="2026-117" />
            </div> <div class="form-row">
                <label for="off">"Off"</label>
                <input class="input" id="off" disabled value="2026-117" />
            </div> <label class="flex items-center gap-2">
                <input class="check" type="checkbox" checked />
                "Chosen"
            </label> <label class="flex items-center gap-2">
                <input class="check" type="checkbox" disabled />
                "Can not be chosen"
            </label>
        </form>
    }
}

fn choice(id: &'static str, label: &'static str, is_wrong: bool, is_off: bool) -> impl IntoView {
    let error_id = [id, "-error"].concat();
    view! {
        <div class="form-row">
            <label for=id>{label}</label>
            <select
                class="input"
                id=id
                disabled=is_off
                aria-invalid=is_wrong.then_some("true")
                aria-describedby=is_wrong.then(|| error_id.clone())
            >
                <option value="">"Choose one"</option>
                <option value="wrong_amount">"Amount is wrong"</option>
            </select>
            {is_wrong.then(|| form_error("choice-wrong-error", RwSignal::new(true), "Choose a reason"))}
        </div>
    }
}

fn notes() -> impl IntoView {
    view! {
        <form class="grid gap-3" novalidate>
            {note("note", "note-error", "A longer text", false)}
            {note("note-wrong", "note-wrong-error", "A longer text that is missing", true)}
        </form>
    }
}

fn note(id: &'static str, error_id: &'static str, label: &'static str, is_missing: bool) -> impl IntoView {
    let missing = RwSignal::new(is_missing);
    view! {
        <div class="form-row">
            <label for=id>{label}</label>
            {note_field(NodeRef::<html::Textarea>::new(), id, error_id, missing)}
            {form_error(error_id, missing, "Say in a few words what is wrong")}
        </div>
    }
}
