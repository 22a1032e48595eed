//! The other tabs of this browser: which of them live, so that nobody sends what another one is sending. They talk by
//! the browser's storage, which tells every other tab of a change, on plain HTTP too.

use super::stored::browser;
use leptos::{ev, leptos_dom::helpers::set_timeout, prelude::*};
use std::time::Duration;

/// Written with anything new, it asks every other tab whose changes it sends.
const QUESTION: &str = "ap-intake-who";
/// Where they write the client ids.
const ANSWER: &str = "ap-intake-here";
/// A tab that lives answers sooner. What a frozen one left is taken over under the numbers it gave, so that nothing is
/// done twice should it wake.
const ANSWER_WITHIN: Duration = Duration::from_millis(500);

/// Tells other tabs whose changes are with this one, and notes in `heard` what they tell it. Browser only.
pub fn join(clients: impl Fn() -> Vec<String> + 'static, heard: StoredValue<Vec<String>>) {
    let listener = window_event_listener(ev::storage, move |event| match (event.key().as_deref(), event.new_value()) {
        (Some(QUESTION), Some(_)) => write(ANSWER, &clients().join(" ")),
        (Some(ANSWER), Some(answer)) => {
            // The number at its end is nobody's id.
            _ = heard.try_update_value(|heard| heard.extend(answer.split(' ').map(str::to_owned)));
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
    if let Some(storage) = browser() {
        _ = storage.set_item(name, &[text, " ", &js_sys::Math::random().to_string()].concat());
        _ = storage.remove_item(name);
    }
}
