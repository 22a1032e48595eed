//! Where the focus goes when the control that had it is gone.

use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys};

/// Once the page is up to date: if nothing has the focus any more, the heading takes it, so that keys and screen
/// readers go on from the top of what is shown. Browser only.
pub fn keep_on_page() {
    request_animation_frame(|| {
        let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        if lost && !focus_first("main h1[tabindex]") {
            focus_first("main");
        }
    });
}

/// Moves the focus to the first element that matches. False: there is none.
pub fn focus_first(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let element = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    element.is_some_and(|element| element.focus().is_ok())
}
