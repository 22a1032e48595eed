//! In development: what went over the socket, newest first. A release carries none of it.

use crate::ui::state::Live;
use leptos::prelude::*;

/// The list, to be opened in the panel of the connection.
pub fn inspector(live: Live) -> impl IntoView {
    let row = |message: String| view! { <li class="break-all py-0.5">{message}</li> };
    view! {
        <details class="p-2 text-xs max-w-md" data-testid="inspector">
            <summary>"Messages"</summary>
            <ol class="max-h-96 overflow-auto" tabindex="0" aria-label="Messages, newest first">
                {move || live.seen().into_iter().rev().map(row).collect_view()}
            </ol>
        </details>
    }
}
