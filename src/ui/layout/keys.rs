//! Keys that work on every page: `/` searches, `u` uploads, Ctrl+Enter sends the dialog in front.

use crate::ui::components::search::SEARCH_ID;
use crate::ui::prefs::single_keys;
use crate::ui::reactive::effect;
use crate::ui::state::Uploads;
use leptos::{ev, prelude::*, wasm_bindgen::JsCast, web_sys};

/// Listens until the frame goes. Does nothing on the server.
pub fn listen(uploads: Uploads) {
    effect(move || {
        let handle = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                if let Some(front) = in_front(&event) {
                    event.prevent_default();
                    submit(&front);
                }
                return;
            }
            if !is_plain(&event) {
                return;
            }
            match event.key().as_str() {
                "/" => {
                    event.prevent_default();
                    focus(SEARCH_ID);
                }
                "u" if uploads.allowed() => {
                    event.prevent_default();
                    focus_upload_button();
                    uploads.dialog_open.set(true);
                }
                _ => {}
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// A dialog gives the focus back to what had it. Where nothing had, that is to be the button that opens it.
fn focus_upload_button() {
    let focused = document().active_element();
    if focused.is_some_and(|focused| !focused.is_same_node(document().body().as_deref().map(|body| body.as_ref()))) {
        return;
    }
    let button = document().query_selector("[data-testid='upload-button']").ok().flatten();
    if let Some(button) = button.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
        _ = button.focus();
    }
}

/// Whether a key is meant for the page: no modifier, not typed into something, no dialog in front, and not a single
/// sign where the person switched those off.
pub fn is_plain(event: &web_sys::KeyboardEvent) -> bool {
    if event.ctrl_key() || event.alt_key() || event.meta_key() || event.default_prevented() {
        return false;
    }
    let is_sign = event.key().chars().count() == 1;
    if is_sign && !single_keys() {
        return false;
    }
    let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else {
        return true;
    };
    let within = |selector: &str| target.closest(selector).ok().flatten().is_some();
    !within("input:not([type='checkbox']), textarea, select, [contenteditable], dialog, [popover]")
}

/// Whether it is Alt and a letter (small, as on its key), whatever sign the two make here.
pub fn is_alt(event: &web_sys::KeyboardEvent, letter: char) -> bool {
    if !event.alt_key() || event.ctrl_key() || event.meta_key() {
        return false;
    }
    let (key, code) = (event.key(), event.code());
    let is_its_place = code.strip_prefix("Key").is_some_and(|place| place.chars().eq(letter.to_uppercase()));
    key.chars().eq([letter]) || key.chars().eq(letter.to_uppercase()) || !key.is_ascii() && is_its_place
}

/// Whether a key goes into something one types in.
pub fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.matches("input, textarea, select, [contenteditable]").unwrap_or(false))
}

/// The dialog or menu that a key is meant for.
pub fn in_front(event: &web_sys::KeyboardEvent) -> Option<web_sys::Element> {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let around = target.and_then(|target| target.closest("dialog, [popover]").ok().flatten());
    around.or_else(|| document().query_selector("dialog[open]").ok().flatten())
}

/// Sends the form of a dialog, as its main button does.
fn submit(dialog: &web_sys::Element) {
    let button = dialog.query_selector("[type=submit]").ok().flatten();
    if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
        button.click();
    }
}

/// Takes the focus off the control that has it, so that what was typed is taken.
pub fn leave_control() {
    let focused = document().active_element().and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(focused) = focused {
        _ = focused.blur();
    }
}

/// Moves the focus to the element with `id`, if it is there.
pub fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        _ = element.focus();
    }
}
