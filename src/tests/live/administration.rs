//! What administrators see of the sockets, and do to them.

use super::{socket::Client, *};
use crate::helpers::{Api, TestServer};
use ap_intake::domain::{
    events::SystemMessage,
    roles::{Actor, Role},
};

async fn open(api: &Api) -> Client {
    let url = format!("{}/api/v1/invoices/updates", api.url.replacen("http", "ws", 1));
    let bearer = format!("Bearer {}", api.token.as_deref().unwrap());
    let mut client = Client::connect(&url, &[("authorization", &bearer)]).await.unwrap();
    client.say(r#"{"type":"hello","proto":1}"#).await;
    client
}

async fn welcome(client: &mut Client) -> Welcome {
    match client.hear().await {
        ServerMessage::Welcome(welcome) => welcome,
        other => panic!("unexpected: {other:?}"),
    }
}

async fn maintenance(client: &mut Client) -> String {
    match client.hear().await {
        ServerMessage::System(SystemMessage::Maintenance { message }) => message,
        other => panic!("unexpected: {other:?}"),
    }
}

async fn actor(server: &TestServer, api: &Api) -> Actor {
    server.services.actor_by_token(api.token.as_deref().unwrap()).await.unwrap()
}

#[tokio::test]
async fn open_sockets_are_seen_and_one_is_closed() {
    let server = TestServer::start().await;
    let (admin, clerk) = (server.client(Role::Admin).await, server.client(Role::Clerk).await);
    let (mut first, mut second) = (open(&clerk).await, open(&clerk).await);
    let names = [welcome(&mut first).await.connection, welcome(&mut second).await.connection];
    first.say(r#"{"type":"subscribe","room":"all"}"#).await;
    let (place, _) = first.subscribed().await;
    first.say(r#"{"type":"nonsense"}"#).await;
    assert_eq!(first.error().await, "unknown_type");

    let admin = actor(&server, &admin).await;
    let seen = server.services.open_sockets(&admin).unwrap();
    assert_eq!(seen.total, 2);
    let socket = seen.sockets.iter().find(|socket| socket.connection == names[0]).unwrap();
    assert_eq!((socket.user.as_str(), socket.full), ("clerk", true));
    assert_eq!((socket.rooms[0].room.clone(), socket.rooms[0].offset), (Room::All, place.offset));
    assert_eq!(socket.last_error.as_deref(), Some("unknown_type"));
    assert!(socket.opened_at > 0);

    server.services.socket_close(&admin, &names[0]).unwrap();
    let ServerMessage::Bye(bye) = first.hear().await else { panic!("no bye") };
    assert_eq!((bye.code.as_str(), bye.reconnect), ("closed", true));
    second.say(r#"{"type":"ping"}"#).await;
    assert_eq!(second.hear().await, ServerMessage::Pong, "the other one stays");
}

#[tokio::test]
async fn a_notice_reaches_who_is_here_and_who_comes() {
    let server = TestServer::start().await;
    let (admin, clerk) = (server.client(Role::Admin).await, server.client(Role::Clerk).await);
    let admin = actor(&server, &admin).await;
    let mut here = open(&clerk).await;
    welcome(&mut here).await;
    server.services.maintenance_announce(&admin, " Back at 12:30 ").unwrap();
    assert_eq!(maintenance(&mut here).await, "Back at 12:30");
    let mut later = open(&clerk).await;
    welcome(&mut later).await;
    assert_eq!(maintenance(&mut later).await, "Back at 12:30");
    server.services.maintenance_announce(&admin, "").unwrap();
    assert_eq!(maintenance(&mut here).await, "");
    let refused = server.services.maintenance_announce(&admin, &"x".repeat(301));
    assert_eq!(refused.unwrap_err().code(), "invalid");
}

#[tokio::test]
async fn only_administrators_may() {
    let server = TestServer::start().await;
    for role in [Role::Clerk, Role::Reviewer, Role::Auditor] {
        let api = server.client(role).await;
        let actor = actor(&server, &api).await;
        assert_eq!(server.services.open_sockets(&actor).unwrap_err().code(), "missing_right");
        assert_eq!(server.services.socket_close(&actor, "x").unwrap_err().code(), "missing_right");
        assert_eq!(server.services.maintenance_announce(&actor, "x").unwrap_err().code(), "missing_right");
        let page = api.post("/api/fn/load_open_sockets", &serde_json::json!({})).await;
        assert_ne!(page.status(), 200);
    }
}
