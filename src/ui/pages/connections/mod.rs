//! Who is connected, for administrators: the open sockets of a server, what waits for each, a way to close one, and a
//! notice to everybody.

mod route;

pub use route::ConnectionsRoute;

use super::invoices::search_from_elsewhere;
use crate::api::{
    ApiError,
    connections::{announce_maintenance, close_socket, load_open_sockets},
};
use crate::domain::{
    connections::{HeardRoom, OpenSocket, OpenSockets},
    events::Room,
};
use crate::ui::components::{
    button::{Button, Look},
    failure::refused,
    toast::Toasts,
    when::when,
};
use crate::ui::layout::head::PageHead;
use crate::ui::reactive::effect;
use crate::ui::state::connection::tab_visible;
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// How often the list is asked for while it is looked at.
const EVERY: Duration = Duration::from_secs(2);

#[component]
pub fn ConnectionsPage() -> impl IntoView {
    let loaded = Resource::new(|| (), |()| load_open_sockets());
    let open = RwSignal::new(OpenSockets::default());
    let reload = Callback::new(move |()| {
        spawn_local(async move {
            // What is shown is better than nothing; and the page may have been left meanwhile.
            if let Ok(now) = load_open_sockets().await {
                _ = open.try_set(now);
            }
        });
    });
    effect(move || {
        let beat = set_interval_with_handle(
            move || {
                if tab_visible() {
                    reload.run(());
                }
            },
            EVERY,
        );
        on_cleanup(move || {
            if let Ok(beat) = beat {
                beat.clear();
            }
        });
    });
    view! {
        <PageHead title="Connections" search=search_from_elsewhere() />
        <div class="page-body grid-cols-[minmax(0,1fr)]">
            <Suspense fallback=|| {
                view! { <p class="text-muted" data-testid="skeleton">"Looking…"</p> }
            }>
                {move || {
                    loaded
                        .get()
                        .map(|answer| match answer {
                            Ok(first) => {
                                open.set(first);
                                list(open, reload).into_any()
                            }
                            Err(error) => refused(&error.0, Callback::new(move |()| loaded.refetch())).into_any(),
                        })
                }}
            </Suspense>
        </div>
    }
}

fn list(open: RwSignal<OpenSockets>, reload: Callback<()>) -> impl IntoView {
    view! {
        {notice(open, reload)}
        <p class="text-muted my-3" data-testid="connections-total">
            {move || open.with(summary)}
        </p>
        <div class="table-wrap overflow-x-auto">
            <table class="table" data-testid="connections-table">
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col">"Hears"</th>
                        <th scope="col" class="text-right">
                            "Waiting"
                        </th>
                        <th scope="col">"Last error"</th>
                        <th scope="col">
                            <span class="sr-only">"What can be done"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <For
                        each=move || open.get().sockets
                        key=OpenSocket::clone
                        children=move |socket| row(socket, reload)
                    />
                </tbody>
            </table>
        </div>
    }
}

fn summary(open: &OpenSockets) -> String {
    let connections = if open.total == 1 { " connection" } else { " connections" };
    let more = if open.sockets.len() < open.total { ", those with the most waiting first" } else { "" };
    [open.total.to_string().as_str(), connections, " to the server ", &open.node, more].concat()
}

fn row(socket: OpenSocket, reload: Callback<()>) -> impl IntoView {
    let connection = socket.connection.clone();
    let close = Callback::new(move |()| {
        let connection = connection.clone();
        act(async move { close_socket(connection).await }, "Connection closed", reload);
    });
    let protocol = if socket.full { "" } else { "plain" };
    let waiting = match socket.waiting {
        0 => "nothing".to_owned(),
        _ => [socket.waiting.to_string().as_str(), " · ", &(socket.waiting_bytes / 1024).to_string(), " KiB"].concat(),
    };
    view! {
        <tr>
            <td>
                <div>{socket.user}</div>
                <div class="text-sm text-muted num">{socket.connection} " " {protocol}</div>
            </td>
            <td>{when(socket.opened_at)}</td>
            <td>{socket.rooms.into_iter().map(room).collect_view()}</td>
            <td class="text-right num">{waiting}</td>
            <td>{socket.last_error.unwrap_or_else(|| "–".to_owned())}</td>
            <td class="text-right">
                <Button label="Close" on_press=close look=Look::Quiet />
            </td>
        </tr>
    }
}

fn room(heard: HeardRoom) -> impl IntoView {
    let behind = match heard.behind {
        0 => String::new(),
        behind => [" (", &behind.to_string(), " behind)"].concat(),
    };
    let name = match heard.room {
        // Whose it is stands in the row.
        Room::User(_) => "their own".to_owned(),
        other => other.to_string(),
    };
    view! { <div class="text-sm num">{name} " · " {heard.offset} {behind}</div> }
}

/// What everybody is told, and a way to change it.
fn notice(open: RwSignal<OpenSockets>, reload: Callback<()>) -> impl IntoView {
    let text = NodeRef::<leptos::html::Input>::new();
    let told = Memo::new(move |_| open.with(|open| open.maintenance.clone()));
    let tell = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let notice = text.get_untracked().map(|input| input.value()).unwrap_or_default();
        act(announce_maintenance(notice), "Everybody is told", reload);
    };
    let take_back = Callback::new(move |()| {
        if let Some(input) = text.get_untracked() {
            input.set_value("");
        }
        act(announce_maintenance(String::new()), "Notice taken back", reload);
    });
    view! {
        <form class="flex flex-wrap items-end gap-2" on:submit=tell>
            <label class="grow max-w-[36rem]">
                <span class="text-sm font-medium">"Notice to everybody"</span>
                <input
                    node_ref=text
                    class="input mt-1"
                    maxlength="300"
                    required
                    value=told.get_untracked()
                    placeholder="Back at 12:30: a new version is installed"
                    data-testid="maintenance-notice"
                />
            </label>
            <button type="submit" class="btn">
                "Tell everybody"
            </button>
            <Show when=move || told.with(|told| !told.is_empty())>
                <Button label="Take back" on_press=take_back look=Look::Quiet />
            </Show>
        </form>
    }
}

fn act(asked: impl Future<Output = Result<(), ApiError>> + 'static, done: &'static str, reload: Callback<()>) {
    let toasts: Toasts = expect_context();
    spawn_local(async move {
        match asked.await {
            Ok(()) => toasts.ok(done),
            Err(error) => toasts.failed(error.to_string()),
        }
        // The page may have been left meanwhile.
        _ = reload.try_run(());
    });
}
