//! The sign of the connection: one word on the page, all three parts in its panel.

use crate::ui::components::marks::Tone;
use crate::ui::icons::{self, icon};
use crate::ui::state::{Connection, Live, SocketState};
use leptos::prelude::*;

const PANEL_ID: &str = "connection-panel";

/// The whole state in one word.
fn summary(connection: Connection) -> (Tone, &'static str) {
    if !connection.browser {
        return (Tone::Bad, "Offline");
    }
    if !connection.server {
        return (Tone::Bad, "Server away");
    }
    match connection.socket {
        SocketState::Open => (Tone::Ok, "Live"),
        SocketState::Idle | SocketState::Connecting => (Tone::Neutral, "Connecting"),
        SocketState::Waiting => (Tone::Warn, "Reconnecting"),
        SocketState::SignedOut => (Tone::Bad, "Signed out"),
    }
}

#[component]
pub fn ConnectionPill() -> impl IntoView {
    let live = use_context::<Live>()?;
    let connection = live.connection();
    let whole = Memo::new(move |_| summary(connection.get()));
    Some(view! {
        <button
            type="button"
            class=move || ["pill ", whole.get().0.class()].concat()
            popovertarget=PANEL_ID
            data-testid="connection-status"
            data-state=move || whole.get().1
        >
            <span class="pill-dot" aria-hidden="true"></span>
            <span class="pill-word" role="status">
                <span class="sr-only">"Connection: "</span>
                {move || whole.get().1}
            </span>
        </button>
        <div id=PANEL_ID class="menu menu-account" popover="auto">
            <dl class="grid gap-1 p-2 text-sm">
                {part("Network", move || yes_or(connection.get().browser, "On", "Off"))}
                {part("Server", move || yes_or(connection.get().server, "Answers", "Does not answer"))}
                {part("Live updates", move || socket_word(connection.get().socket))}
            </dl>
        </div>
    })
}

fn yes_or(good: bool, yes: &'static str, no: &'static str) -> (bool, &'static str) {
    (good, if good { yes } else { no })
}

fn socket_word(state: SocketState) -> (bool, &'static str) {
    match state {
        SocketState::Open => (true, "On"),
        SocketState::Idle => (true, "Not needed here"),
        SocketState::Connecting => (true, "Connecting"),
        SocketState::Waiting => (false, "Lost, trying again"),
        SocketState::SignedOut => (false, "Signed out"),
    }
}

fn part(name: &'static str, state: impl Fn() -> (bool, &'static str) + Send + Sync + Copy + 'static) -> impl IntoView {
    view! {
        <div class="flex items-center justify-between gap-6">
            <dt class="text-muted">{name}</dt>
            <dd class=move || if state().0 { "mark tone-ok" } else { "mark tone-bad" }>
                {move || icon(if state().0 { icons::CHECK } else { icons::ALERT })} {move || state().1}
            </dd>
        </div>
    }
}
