//! Moving through the table by keyboard: `j` and `k`, or the arrows; `m` for one's own work. Enter opens, as the focused thing is a link.

use crate::ui::layout::keys::is_plain;
use crate::ui::reactive::effect;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

/// Listens until the page goes; `m` shows one's own work, or everybody's again. Does nothing on the server.
pub fn listen(toggle_mine: Callback<()>) {
    effect(move || {
        let handle = window_event_listener(ev::keydown, move |event| {
            let step = match event.key().as_str() {
                "j" | "ArrowDown" => 1,
                "k" | "ArrowUp" => -1,
                "m" if is_plain(&event) => return toggle_mine.run(()),
                _ => return,
            };
            if is_plain(&event) && move_focus(step) {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Moves the focus by `step` rows; from elsewhere to the first. False when there are none.
fn move_focus(step: i32) -> bool {
    let Ok(links) = document().query_selector_all(".row-link") else { return false };
    // In a row the focus may be on its box.
    let focused = document().active_element();
    let row = focused.as_ref().and_then(|focused| focused.closest("tr").ok().flatten());
    let focused = row.and_then(|row| row.query_selector(".row-link").ok().flatten()).or(focused);
    let at = (0..links.length()).find(|at| match (links.get(*at), &focused) {
        (Some(link), Some(focused)) => link.is_same_node(Some(focused)),
        _ => false,
    });
    let next = match at {
        Some(at) => at.saturating_add_signed(step).min(links.length().saturating_sub(1)),
        None => 0,
    };
    let Some(link) = links.get(next).and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) else {
        return false;
    };
    link.focus().is_ok()
}
