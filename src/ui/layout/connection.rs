//! The sign of the connection: one word on the page, all three parts in its panel.

use crate::ui::components::marks::Tone;
use crate::ui::icons::{self, Icon, icon};
use crate::ui::markup::{Markup, dynamic, el};
use crate::ui::reactive::memo;
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
    Some(pill(use_context::<Live>()?, PANEL_ID))
}

/// The word, and behind it the panel with the id `panel`.
pub fn pill(live: Live, panel: &'static str) -> impl IntoView {
    let connection = live.connection();
    let whole = memo(move || summary(connection.get()));
    view! {
        <button
            type="button"
            class=move || ["pill ", whole.get().0.class()].concat()
            popovertarget=panel
            data-testid="connection-status"
            data-state=move || whole.get().1
        >
            <span class="pill-dot" aria-hidden="true"></span>
            <span class="pill-word" role="status">
                <span class="sr-only">"Connection: "</span>
                <span class="pill-said">{dynamic(move || whole.get().1)}</span>
            </span>
        </button>
        <div id=panel class="menu menu-account" popover="auto">
            {dynamic(move || connection.with(parts))}
            {inspect(live)}
        </div>
    }
}

#[cfg(debug_assertions)]
fn inspect(live: Live) -> Option<AnyView> {
    Some(super::inspector::inspector(live).into_any())
}

#[cfg(not(debug_assertions))]
fn inspect(_: Live) -> Option<AnyView> {
    None
}

type Part = (Tone, &'static str);

/// What the panel says.
pub fn parts(connection: &Connection) -> Markup {
    el("dl")
        .class("grid gap-1 p-2 text-sm")
        .child(part("Network", network(connection)))
        .child(part("Server", server(connection)))
        .child(part("Live updates", updates(connection)))
        .children(connection.latency_ms.map(latency))
}

/// How long a message takes there and back.
fn latency(ms: u32) -> Markup {
    el("div")
        .class("flex justify-between gap-4")
        .attr("data-testid", "latency")
        .child(el("dt").class("text-muted").text("There and back"))
        .child(el("dd").class("num").text([ms.to_string().as_str(), " ms"].concat()))
}

fn network(connection: &Connection) -> Part {
    if connection.browser { (Tone::Ok, "On") } else { (Tone::Bad, "Off") }
}

/// What was known of it is old without a network.
fn server(connection: &Connection) -> Part {
    match (connection.browser, connection.server) {
        (false, _) => (Tone::Neutral, "Out of reach"),
        (true, true) => (Tone::Ok, "Answers"),
        (true, false) => (Tone::Bad, "Does not answer"),
    }
}

fn updates(connection: &Connection) -> Part {
    if !connection.browser || !connection.server {
        return (Tone::Neutral, "Waiting");
    }
    match connection.socket {
        SocketState::Open => (Tone::Ok, "On"),
        SocketState::Idle => (Tone::Neutral, "Not needed here"),
        SocketState::Connecting => (Tone::Neutral, "Connecting"),
        SocketState::Waiting => (Tone::Bad, "Lost, trying again"),
        SocketState::SignedOut => (Tone::Bad, "Signed out"),
    }
}

fn drawing_of(tone: Tone) -> Icon {
    match tone {
        Tone::Ok => icons::CHECK,
        Tone::Neutral => icons::MINUS,
        _ => icons::ALERT,
    }
}

fn part(name: &'static str, (tone, word): Part) -> Markup {
    let muted = if tone == Tone::Neutral { " text-muted" } else { "" };
    let state = el("dd").class(["mark ", tone.class(), muted].concat()).child(icon(drawing_of(tone))).text(word);
    el("div")
        .class("flex items-center justify-between gap-6")
        .child(el("dt").class("text-muted").text(name))
        .child(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hangs_on_a_lost_part_is_not_called_well() {
        let offline = Connection { browser: false, socket: SocketState::Open, ..Connection::default() };
        assert_eq!(network(&offline).0, Tone::Bad);
        assert_eq!((server(&offline).0, updates(&offline).0), (Tone::Neutral, Tone::Neutral));
        let away = Connection { server: false, socket: SocketState::Waiting, ..Connection::default() };
        assert_eq!((server(&away).0, updates(&away).0), (Tone::Bad, Tone::Neutral));
        let well = Connection { server: true, socket: SocketState::Open, ..away };
        assert_eq!((server(&well).0, updates(&well).0), (Tone::Ok, Tone::Ok));
    }
}
