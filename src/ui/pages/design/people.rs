//! Other people, and the connection to them: faces, the menu of people, the bell, the sign of the connection.

use super::page::{columns, named, nothing, part, row};
use super::samples::{AT, LIVE, SUPPLIER, around, company, invoice_id, people, person};
use crate::api::ApiError;
use crate::domain::{
    error::AppError,
    invoice::Position,
    notification::{Notification, NotificationKind, Notifications},
};
use crate::ui::components::people_menu::{Loaded, PeopleMenu};
use crate::ui::layout::{bell, connection};
use crate::ui::markup::dynamic;
use crate::ui::pages::review::company::Faces;
use crate::ui::state::{Bell, Connection, Live, SocketState};
use leptos::prelude::*;

pub fn parts() -> impl IntoView {
    [
        part("Connection", columns(connections())),
        part("Who else is here", row([1, 3, 7].map(faces))),
        part("People to give it to", menus()),
        part("Bell", bells()),
    ]
}

fn connections() -> impl IntoView {
    let lost = Connection { latency_ms: None, ..LIVE };
    let socket = |socket| Connection { socket, ..lost };
    let states = [
        ("design-live", LIVE),
        ("design-connecting", socket(SocketState::Connecting)),
        ("design-reconnecting", socket(SocketState::Waiting)),
        ("design-offline", Connection { browser: false, ..lost }),
        ("design-away", Connection { server: false, ..lost }),
        ("design-signed-out", socket(SocketState::SignedOut)),
    ];
    let one = |(panel, state): (&'static str, Connection)| {
        view! { <div class="justify-self-start">{connection::pill(Live::sample(state), panel)} {connection::parts(&state)}</div> }
    };
    states.map(one)
}

fn faces(count: usize) -> AnyView {
    around(LIVE, company(count, &[]), || view! { <Faces /> }.into_any())
}

/// The first menu asks the server; the others are what it may show.
fn menus() -> impl IntoView {
    let menu = PeopleMenu {
        id: "design-people",
        me: Signal::stored(Some(person(2).id)),
        is_given: Signal::stored(true),
        choose: Callback::new(|_| ()),
    };
    let states: [(&'static str, Loaded); 3] = [
        ("Not there yet", None),
        ("Failed", Some(Err(ApiError(AppError::Unreachable)))),
        ("Me, others, nobody", Some(Ok(people(4)))),
    ];
    let shown = states.map(|(state, people)| {
        let rows = dynamic(move || menu.rows(&people));
        named(state, view! { <div class="menu menu-people static! w-fit" role="group" aria-label=state>{rows}</div> })
    });
    view! {
        {row(menu.view("btn", "Assign to", "Assign…"))}
        {columns(shown)}
    }
}

fn bells() -> impl IntoView {
    let button = |unread: i64| bell::button("design-bell", Memo::new(move |_| unread), nothing());
    let found = |notifications: Vec<Notification>| {
        let unread = notifications.iter().filter(|one| !one.read).count() as i64;
        Some(Ok(Notifications { notifications, unread, position: Position::default() }))
    };
    let all = vec![
        notice(3, NotificationKind::Mention, "@you: is the freight part of the order?", false),
        notice(2, NotificationKind::Assigned, "", false),
        notice(1, NotificationKind::Mention, "Thank you", true),
    ];
    let states = [
        ("Not there yet", None),
        ("Failed", Some(Err(ApiError(AppError::Unreachable)))),
        ("Nothing", found(Vec::new())),
        ("Unread and read", found(all)),
    ];
    let shown = states.map(|(state, loaded)| {
        named(state, view! { <div class="menu menu-bell static!">{bell::view(Bell::sample(loaded))}</div> })
    });
    view! {
        {row([0, 3, 120].map(button).collect_view())}
        {columns(shown)}
    }
}

fn notice(number: usize, kind: NotificationKind, text: &str, read: bool) -> Notification {
    Notification {
        id: number.to_string(),
        kind,
        invoice_id: invoice_id(number as u128),
        invoice_title: [SUPPLIER, " · 2026-117"].concat(),
        actor: person(number).name,
        actor_id: person(number).id,
        text: text.to_owned(),
        at: AT,
        read,
    }
}
