//! The other tabs of this browser: which of them live, so that nobody sends what another one is sending. They talk by
//! the browser's storage, which tells every other tab of a change, on plain HTTP too.

use super::stored::storage;
use leptos::{ev, leptos_dom::helpers::set_timeout, prelude::*};
use std::time::Duration;

/// Written with anything new, it asks every other tab for its client id.
const QUESTION: &str = "ap-intake-who";
/// Where they write it.
const ANSWER: &str = "ap-intake-here";
/// A tab that lives answers sooner. What a frozen one left is taken over under the numbers it gave, so that nothing is
/// done twice should it wake.
const ANSWER_WITHIN: Duration = Duration::from_millis(500);

/// Answers to other tabs as `client_id`, and notes in `heard` who answers this one. Browser only.
pub fn join(client_id: String, heard: StoredValue<Vec<String>>) {
    let listener = window_event_listener(ev::storage, move |event| match (event.key().as_deref(), event.new_value()) {
        (Some(QUESTION), Some(_)) => write(ANSWER, &client_id),
        (Some(ANSWER), Some(answer)) => {
            let client = answer.split(' ').next().unwrap_or_default().to_owned();
            _ = heard.try_update_value(|heard| heard.push(client));
        }
        _ => {}
    });
    on_cleanup(move || listener.remove());
}

/// Asks who lives, and goes on when they had time to answer.
pub fn ask(then: impl FnOnce() + 'static) {
    write(QUESTION, "");
    set_timeout(then, ANSWER_WITHIN);
}

/// Only a new value is told to the others.
fn write(name: &str, text: &str) {
    if let Some(storage) = storage() {
        _ = storage.set_item(name, &[text, " ", &js_sys::Math::random().to_string()].concat());
        _ = storage.remove_item(name);
    }
}
