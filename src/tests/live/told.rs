//! What people and programs are told over real sockets of the real server: mentions, also while away, and work items.

use super::*;
use crate::helpers::{Api, TestServer, body, refused};
use ap_intake::domain::{
    events::{NotificationMessage, NotificationsReadMessage, WorkItemEvent, WorkItemMessage},
    roles::{Right, Role},
};
use futures::{SinkExt, StreamExt};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::{collections::VecDeque, time::Duration};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

/// Long enough for a busy machine; nothing waits for it but a test that fails.
const PATIENCE: Duration = Duration::from_secs(20);
const UPDATES: &str = "/api/v1/invoices/updates";
const WORK_ITEMS: &str = "/ws/workitems";

struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    ready: VecDeque<ServerMessage>,
}

async fn open(api: &Api, path: &str, origin: Option<&str>) -> Result<Client, Error> {
    let mut request = format!("{}{path}", api.url.replacen("http", "ws", 1)).into_client_request()?;
    if let Some(token) = &api.token {
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    let (socket, _) = tokio_tungstenite::connect_async(request).await?;
    Ok(Client { socket, ready: VecDeque::new() })
}

impl Client {
    async fn on(api: &Api, path: &str) -> Client {
        open(api, path, None).await.unwrap()
    }

    async fn say(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.unwrap();
    }

    async fn hear(&mut self) -> ServerMessage {
        while self.ready.is_empty() {
            let frame = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
            if let Message::Text(text) = frame.expect("the socket is open").expect("a frame") {
                self.ready.extend(messages(&text).expect("messages of PROTOCOL.md"));
            }
        }
        self.ready.pop_front().unwrap()
    }

    async fn subscribed(&mut self) -> Subscribed {
        match self.hear().await {
            ServerMessage::Subscribed(subscribed) => subscribed,
            other => panic!("unexpected: {other:?}"),
        }
    }

    async fn work_item(&mut self) -> WorkItemMessage {
        match self.hear().await {
            ServerMessage::WorkItem(item) => item,
            other => panic!("unexpected: {other:?}"),
        }
    }
}

async fn invoice(api: &Api) -> String {
    let answer = body(api.upload(vec![("a.xml", crate::helpers::ubl(1))]).await).await;
    answer["uploads"][0]["invoice_id"].as_str().unwrap().to_owned()
}

async fn user_id(api: &Api) -> String {
    body(api.get("/api/v1/session").await).await["user_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn somebody_mentioned_while_away_finds_it_and_their_open_tab_hears_it_at_once() {
    let server = TestServer::start().await;
    let (clerk, reviewer) = (server.client(Role::Clerk).await, server.client(Role::Reviewer).await);
    let id = invoice(&clerk).await;
    let mention = json!({ "text": "@reviewer, look", "mentions": [user_id(&reviewer).await] });
    let comments = format!("/api/v1/invoices/{id}/comments");
    assert_eq!(clerk.post(&comments, &mention).await.status(), StatusCode::CREATED);

    // Away until now: it waits.
    let browser = server.signed_in("reviewer@example.com").await;
    let found = body(browser.get("/api/v1/notifications").await).await;
    assert_eq!((&found["unread"], &found["notifications"][0]["actor"]), (&json!(1), &json!("clerk")));

    // Subscribed from where that was read: the next one comes by itself, and once.
    let room = format!("user:{}", user_id(&reviewer).await);
    let mut tab = Client::on(&reviewer, UPDATES).await;
    let position = &found["position"];
    tab.say(json!({ "type": "subscribe", "room": room, "epoch": position["epoch"], "offset": position["offset"] }))
        .await;
    assert!(tab.subscribed().await.recovered);
    let mut other_tab = Client::on(&reviewer, UPDATES).await;
    other_tab.say(json!({ "type": "subscribe", "room": room })).await;
    other_tab.subscribed().await;
    assert_eq!(clerk.post(&comments, &mention).await.status(), StatusCode::CREATED);
    let mut heard = Vec::new();
    for tab in [&mut tab, &mut other_tab] {
        match tab.hear().await {
            ServerMessage::Notification(NotificationMessage { offset: 2, data, .. }) => heard.push(data),
            other => panic!("unexpected: {other:?}"),
        }
    }
    assert_eq!((heard[0].text.as_str(), heard[0].invoice_id.to_string()), ("@reviewer, look", id));

    // Read in one tab, read in all.
    let read = reviewer.post("/api/v1/notifications/read", &json!({ "id": heard[0].id })).await;
    assert_eq!(body(read).await["unread"], 1);
    for tab in [&mut tab, &mut other_tab] {
        match tab.hear().await {
            ServerMessage::NotificationsRead(NotificationsReadMessage { data, .. }) => {
                assert_eq!((data.id.as_deref(), data.unread), (Some(heard[0].id.as_str()), 1));
            }
            other => panic!("unexpected: {other:?}"),
        }
    }
}

#[tokio::test]
async fn nobody_hears_what_another_person_is_told() {
    let server = TestServer::start().await;
    let (clerk, admin) = (server.client(Role::Clerk).await, server.client(Role::Admin).await);
    let mut client = Client::on(&admin, UPDATES).await;
    client.say(json!({ "type": "subscribe", "room": format!("user:{}", user_id(&clerk).await) })).await;
    match client.hear().await {
        ServerMessage::Error(ErrorMessage { code, .. }) => assert_eq!(code, "foreign_room"),
        other => panic!("unexpected: {other:?}"),
    }
}

#[tokio::test]
async fn a_work_item_reaches_every_socket_and_what_was_missed_is_replayed() {
    let server = TestServer::with(|config| config.demo = true).await;
    let email = server.services.demo_users().await.unwrap()[0].0.clone();
    let clerk = server.token_client(&email, &[Right::Read, Right::Upload]).await;
    let mut sockets = [Client::on(&clerk, WORK_ITEMS).await, Client::on(&clerk, WORK_ITEMS).await];
    let mut start = Vec::new();
    for socket in &mut sockets {
        let subscribed = socket.subscribed().await;
        assert_eq!(subscribed.room, Room::WorkItems);
        start.push(subscribed);
    }
    let made = clerk.post("/api/test/workitem", &json!({})).await;
    assert_eq!(made.status(), StatusCode::OK);
    let made = body(made).await;
    assert_eq!((&made["connections"], &made["workitem"]["sender"]), (&json!(2), &json!("test")));
    for socket in &mut sockets {
        let heard = socket.work_item().await;
        assert_eq!((heard.event, heard.offset), (WorkItemEvent::NewWorkitem, start[0].offset + 1));
        assert_eq!(json!(heard.data), made["workitem"]);
    }

    // One that was away says from where it goes on.
    let [first, second] = sockets;
    drop(second);
    clerk.post("/api/test/workitem", &json!({})).await;
    let mut back = Client::on(&clerk, WORK_ITEMS).await;
    back.subscribed().await;
    back.say(
        json!({ "type": "subscribe", "room": "workitems", "epoch": start[1].epoch, "offset": made_at(&start[1]) }),
    )
    .await;
    assert!(back.subscribed().await.recovered);
    assert_eq!(back.work_item().await.offset, made_at(&start[1]) + 1);
    drop(first);

    let listed = body(clerk.get("/api/v1/workitems").await).await;
    assert_eq!(listed["workitems"].as_array().unwrap().len(), 2);
}

/// The first work item after a socket began.
fn made_at(start: &Subscribed) -> i64 {
    start.offset + 1
}

#[tokio::test]
async fn the_socket_of_work_items_is_as_closed_as_the_other() {
    let server = TestServer::start().await;
    let clerk = server.client(Role::Clerk).await;
    let status = |outcome: Result<Client, Error>| match outcome {
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("unexpected: {other}"),
        Ok(_) => 101,
    };
    for path in [UPDATES, WORK_ITEMS] {
        assert_eq!(status(open(&server.browser(), path, None).await), 401, "{path}");
        assert_eq!(status(open(&clerk, path, Some("http://evil.example")).await), 403, "{path}");
        assert_eq!(status(open(&clerk, path, Some(&server.url)).await), 101, "{path}");
    }
    refused(clerk.post("/api/test/workitem", &json!({})).await, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn only_who_may_upload_makes_a_work_item_to_try_with() {
    let server = TestServer::with(|config| config.demo = true).await;
    let email = server.services.demo_users().await.unwrap()[0].0.clone();
    let reader = server.token_client(&email, &[Right::Read]).await;
    refused(reader.post("/api/test/workitem", &json!({})).await, StatusCode::FORBIDDEN).await;
    refused(server.browser().post("/api/test/workitem", &json!({})).await, StatusCode::UNAUTHORIZED).await;
    let clerk = server.token_client(&email, &[Right::Upload]).await;
    let make = || {
        let request = clerk.request(reqwest::Method::POST, "/api/test/workitem").header("idempotency-key", "k");
        async move { body(request.json(&json!({})).send().await.unwrap()).await }
    };
    assert_eq!(make().await, make().await, "a repeat makes no second one");
}
