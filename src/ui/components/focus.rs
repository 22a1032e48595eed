//! Where the focus goes when the control that had it is gone.

use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys};

/// Once the page is up to date: if nothing has the focus any more, the heading takes it, so that keys and screen
/// readers go on from the top of what is shown. Browser only.
pub fn keep_on_page() {
    if_lost(|| {
        if !focus_first("main h1[tabindex]") {
            focus_first("main");
        }
    });
}

/// The same within the dialog that is open: its first element that matches `selector` takes it.
pub fn keep_in_dialog(selector: &'static str) {
    if_lost(move || {
        focus_first(&["dialog[open] ", selector].concat());
    });
}

fn if_lost(then: impl FnOnce() + 'static) {
    request_animation_frame(move || {
        if document().active_element().is_none_or(|element| element.tag_name() == "BODY") {
            then();
        }
    });
}

/// Moves the focus to the first element that matches. False: there is none.
pub fn focus_first(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let element = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    element.is_some_and(|element| element.focus().is_ok())
}
