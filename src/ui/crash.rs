//! Errors of our own in the page. Each is reported to the server, whose log has it under an id that the person is told.
//! A panic stops the whole program: from then on nothing answers, and only loading the page again helps; the person sees
//! that in plain elements, since the views stopped too. Changes typed before are kept by the browser
//! ([`super::state::edits`]).

use crate::domain::page_error::PageError;
use leptos::{
    prelude::{document, window},
    wasm_bindgen::JsValue,
};
use std::{
    cell::RefCell,
    panic::{PanicHookInfo, set_hook},
};
use web_sys::{Blob, BlobPropertyBag, Document, Element};

const NOTICE_ID: &str = "page-stopped";
const REPORTS: &str = "/api/v1/errors";

thread_local! {
    static LAST_FAILED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Tells of panics from now on: the person by a notice, the server by a report, the developer by `log`. Browser only.
pub fn watch(log: fn(&PanicHookInfo<'_>)) {
    set_hook(Box::new(move |info| {
        log(info);
        // Without a body there is nobody to tell.
        _ = show(info);
    }));
}

/// Keeps under which id the server failed to answer, for a report that may follow. Browser only.
pub fn note_failed(request_id: String) {
    LAST_FAILED.with(|last| last.replace(Some(request_id)));
}

/// Reports an error to the server; gives the id to ask for it by. None: the browser does not send it. Browser only.
pub fn report(message: String) -> Option<String> {
    let drawn = 100_000_000 + (js_sys::Math::random() * 900_000_000.0) as u32;
    let id = ["page-", &drawn.to_string()].concat();
    let error = PageError {
        id: id.clone(),
        message,
        path: window().location().pathname().unwrap_or_default(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        // Not where the panic came in the middle of noting one.
        request_id: LAST_FAILED.with(|last| last.try_borrow().ok()?.clone()),
    };
    let text = serde_json::to_string(&error.cut()).ok()?;
    let parts = js_sys::Array::new();
    parts.push(&JsValue::from(text));
    let kind = BlobPropertyBag::new();
    kind.set_type("application/json");
    let body = Blob::new_with_str_sequence_and_options(&parts, &kind).ok()?;
    // Outlives the page, which the person may load again at once.
    window().navigator().send_beacon_with_opt_blob(REPORTS, Some(&body)).ok()?.then_some(id)
}

fn show(info: &PanicHookInfo<'_>) -> Option<()> {
    let document = document();
    if document.get_element_by_id(NOTICE_ID).is_some() {
        return None;
    }
    let notice = element(&document, "div", "page-stopped", "")?;
    _ = notice.set_attribute("id", NOTICE_ID);
    _ = notice.set_attribute("role", "alert");
    let words = "This page has stopped by an error of ours. What you changed is kept.";
    let words = element(&document, "p", "", words)?;
    notice.append_child(&words).ok()?;
    if let Some(id) = report(info.to_string()) {
        let id = element(&document, "p", "", &["Tell support: ", &id].concat())?;
        notice.append_child(&id).ok()?;
    }
    let again = element(&document, "a", "btn btn-primary", "Load it again")?;
    // An address with a fragment would only scroll.
    let address = document.location()?.href().ok()?;
    _ = again.set_attribute("href", address.split('#').next().unwrap_or_default());
    // Not for the router, which stopped too.
    _ = again.set_attribute("rel", "external");
    notice.append_child(&again).ok()?;
    document.body()?.append_child(&notice).ok()?;
    Some(())
}

fn element(document: &Document, tag: &str, class: &str, text: &str) -> Option<Element> {
    let element = document.create_element(tag).ok()?;
    if !class.is_empty() {
        _ = element.set_attribute("class", class);
    }
    element.set_text_content(Some(text));
    Some(element)
}
