//! Several servers on one PostgreSQL database: what happens on one is heard on the others.

use super::{socket::Client, *};
use crate::{
    helpers::{Api, TestServer},
    services::ubl,
    store,
};
use ap_intake::{
    db::{self, Store},
    domain::{
        events::{ClientMessage, PresenceChange, PresenceState},
        ids::UserId,
        roles::Role,
        status::Status,
    },
    realtime::{Hub, Publisher, bus::LocalBus, postgres_bus},
    services::live::StoreLog,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(20);

/// A hub on a line of its own to a PostgreSQL database. It does not look at the log by itself.
async fn hub_on(store: &Store, url: &str, stop: &CancellationToken) -> Hub {
    let (bus, line) = postgres_bus::connect(url).await.unwrap();
    let hub = Hub::with_bus(Arc::new(StoreLog(store.clone())), Arc::new(bus));
    tokio::spawn(line.run(hub.clone(), stop.clone()));
    hub
}

/// Writes an event as a service would, and tells `hub` of it.
async fn happens(store: &Store, hub: &Hub, room: &Room) -> i64 {
    let event =
        Event::ProcessingStatus { invoice_id: InvoiceId(Uuid::nil()), data: status(TaskId(Uuid::nil()), 0, "") };
    let mut tx = store.begin().await.unwrap();
    let events = db::events::event_append(&mut tx, std::slice::from_ref(room), &event).await.unwrap();
    tx.commit().await.unwrap();
    let offset = events[0].offset;
    hub.publish(events);
    offset
}

/// The offset of the next event that waits for a socket; percentages are passed over.
async fn next_event(connection: &Connection) -> i64 {
    let heard = async {
        loop {
            for message in waiting(connection) {
                if let ServerMessage::ProcessingStatus(ProcessingMessage { offset, event_id: Some(_), .. }) = message {
                    return offset;
                }
            }
            connection.mailbox().filled().await;
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.expect("an event in time")
}

#[tokio::test]
async fn a_word_of_the_database_wakes_the_other_hub() {
    let Some(test) = store::postgres().await else { return };
    let stop = CancellationToken::new();
    let (one, other) = (hub_on(&test.store, &test.url, &stop).await, hub_on(&test.store, &test.url, &stop).await);
    let mut connection = other.connect();
    connection.subscribe(&Room::All, None).await.unwrap();
    waiting(&connection);
    for _ in 0..50 {
        let offset = happens(&test.store, &one, &Room::All).await;
        assert_eq!(next_event(&connection).await, offset);
    }
    stop.cancel();
}

#[tokio::test]
async fn a_line_that_was_cut_misses_nothing() {
    let Some(test) = store::postgres().await else { return };
    let stop = CancellationToken::new();
    let (one, other) = (hub_on(&test.store, &test.url, &stop).await, hub_on(&test.store, &test.url, &stop).await);
    let mut connection = other.connect();
    connection.subscribe(&Room::All, None).await.unwrap();
    waiting(&connection);
    let admin = sqlx::PgPool::connect(&test.url).await.unwrap();
    for _ in 0..3 {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'";
        let cut = sqlx::query(cut).execute(&admin).await.unwrap().rows_affected();
        assert!(cut >= 1, "somebody listens");
        let offset = happens(&test.store, &one, &Room::All).await;
        assert_eq!(next_event(&connection).await, offset);
    }
    stop.cancel();
}

#[tokio::test]
async fn percentages_cross_too_and_nobody_hears_its_own_twice() {
    let bus = LocalBus::default();
    let log = MemoryLog::new();
    let hubs = [(); 2].map(|()| Hub::with_bus(log.clone(), Arc::new(bus.clone())));
    for hub in &hubs {
        let (hub, mut heard) = (hub.clone(), bus.heard());
        tokio::spawn(async move {
            while let Ok(told) = heard.recv().await {
                hub.heard(told);
            }
        });
    }
    let mut connections = hubs.each_ref().map(Hub::connect);
    for connection in &mut connections {
        connection.subscribe(&Room::All, None).await.unwrap();
        waiting(connection);
    }
    hubs[0].progress(InvoiceId(Uuid::nil()), status(TaskId(Uuid::nil()), 30, "half"));
    let last = log.append(&Room::All);
    hubs[0].publish(vec![last.clone()]);
    for connection in &connections {
        let mut heard = Vec::new();
        while !heard.iter().any(|message| matches!(message, ServerMessage::ProcessingStatus(m) if m.event_id.is_some()))
        {
            tokio::time::timeout(PATIENCE, connection.mailbox().filled()).await.expect("something in time");
            heard.extend(waiting(connection));
        }
        assert!(heard.len() <= 2, "the percentage at most once and the milestone once: {heard:?}");
    }
}

/// The next change of who is there that waits for a socket.
async fn next_company(connection: &Connection) -> PresenceChange {
    let heard = async {
        loop {
            for message in waiting(connection) {
                if let ServerMessage::Presence(change) = message {
                    return change;
                }
            }
            connection.mailbox().filled().await;
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.expect("somebody in time")
}

#[tokio::test]
async fn people_on_different_servers_see_each_other() {
    let Some(test) = store::postgres().await else { return };
    let stop = CancellationToken::new();
    let room = Room::Invoice(InvoiceId(Uuid::now_v7()));
    let (here, there) = (hub_on(&test.store, &test.url, &stop).await, hub_on(&test.store, &test.url, &stop).await);
    let mut sockets = [here.connect(), there.connect()];
    for socket in &mut sockets {
        socket.said_hello();
        socket.subscribe(&room, None).await.unwrap();
        waiting(socket);
    }
    let [mine, theirs] = &mut sockets;
    let user = UserId(Uuid::now_v7());
    mine.announce(&room, user, "Cleo", 1, Some(PresenceState::default()));
    let joined = next_company(theirs).await;
    assert_eq!(
        (joined.room.clone(), joined.joins[0].name.as_str(), joined.joins[0].user),
        (room.clone(), "Cleo", user)
    );

    // A server that comes later asks who is there.
    let late = hub_on(&test.store, &test.url, &stop).await;
    let mut later = late.connect();
    later.said_hello();
    later.subscribe(&room, None).await.unwrap();
    let mut known: Vec<String> = waiting(&later)
        .into_iter()
        .flat_map(|message| match message {
            ServerMessage::Subscribed(subscribed) => subscribed.presence,
            _ => Vec::new(),
        })
        .map(|present| present.name)
        .collect();
    if known.is_empty() {
        known.extend(next_company(&later).await.joins.into_iter().map(|present| present.name));
    }
    assert_eq!(known, ["Cleo"]);

    mine.announce(&room, user, "Cleo", 2, None);
    let left = next_company(theirs).await;
    assert_eq!(left.leaves, [mine.name().to_owned()]);
    stop.cancel();
}

struct Two {
    servers: [TestServer; 2],
    clerks: [Api; 2],
    _store: store::TestStore,
    _files: tempfile::TempDir,
}

/// Two whole servers on one database and one folder of files. Only the second one has workers.
async fn two() -> Option<Two> {
    let store = store::postgres().await?;
    let files = tempfile::tempdir().unwrap();
    let mut servers = Vec::new();
    for workers in [0, 1] {
        let (url, folder) = (store.url.clone(), files.path().to_owned());
        let server = TestServer::with(move |config| {
            config.database_url = Some(url);
            config.data_dir = folder;
            config.workers = workers;
        });
        servers.push(server.await);
    }
    let servers: [TestServer; 2] = servers.try_into().ok()?;
    let clerk = servers[0].client(Role::Clerk).await;
    let clerks = [clerk.clone(), Api { url: servers[1].url.clone(), ..clerk }];
    Some(Two { servers, clerks, _store: store, _files: files })
}

async fn open(api: &Api) -> Client {
    let url = format!("{}/api/v1/invoices/updates", api.url.replacen("http", "ws", 1));
    let bearer = format!("Bearer {}", api.token.as_deref().unwrap());
    Client::connect(&url, &[("authorization", &bearer)]).await.unwrap()
}

#[tokio::test]
async fn two_servers_are_one_product() {
    let Some(two) = two().await else { return };
    let [one, other] = &two.clerks;
    let mut clients = [open(one).await, open(other).await];
    for client in &mut clients {
        client.say(r#"{"type":"hello","proto":1}"#).await;
        client.say(r#"{"type":"subscribe","room":"all"}"#).await;
        // What happens before it is in the room is not told to it.
        while !matches!(client.hear().await, ServerMessage::Subscribed(_)) {}
    }
    // Uploaded at the one without workers, so the other one reads it.
    let answer = one.upload(vec![("a.xml", ubl("A-1").into())]).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let id = answer.json::<Value>().await.unwrap()["uploads"][0]["invoice_id"].as_str().unwrap().to_owned();
    let mut told = Vec::new();
    for client in &mut clients {
        let mut offsets = Vec::new();
        loop {
            match client.hear().await {
                ServerMessage::InvoiceUpdated(InvoiceUpdated { offset, .. }) => offsets.push(offset),
                ServerMessage::ProcessingStatus(ProcessingMessage { offset, event_id: Some(_), data, .. }) => {
                    offsets.push(offset);
                    if data.invoice_status == Some(Status::NeedsReview) {
                        break;
                    }
                }
                _ => {}
            }
        }
        assert!(offsets.is_sorted_by(|one, next| one + 1 == *next), "{offsets:?}");
        told.push(offsets);
    }
    assert_eq!(told[0], told[1], "both heard the same");

    let body = json!({ "mutation_id": "1", "fields": [{ "name": "note", "base_version": 0, "value": "hello" }] });
    let changed = other.request(Method::PATCH, &format!("/api/v1/invoices/{id}")).json(&body).send().await.unwrap();
    assert_eq!(changed.status(), StatusCode::OK);
    for client in &mut clients {
        loop {
            if let ServerMessage::InvoiceUpdated(InvoiceUpdated { data, .. }) = client.hear().await {
                assert_eq!(data.action, "field_changed");
                break;
            }
        }
    }
    let Two { servers: [first, second], .. } = two;
    first.stop().await.unwrap();
    second.stop().await.unwrap();
}

#[test]
fn a_resume_of_a_task_is_not_a_resume_of_a_room() {
    let task = ClientMessage::Resume { task: TaskId(Uuid::nil()) };
    let text = serde_json::to_string(&task).unwrap();
    assert_eq!(serde_json::from_str::<ClientMessage>(&text).unwrap(), task);
}
