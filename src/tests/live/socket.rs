//! Real sockets on a real database: sign-in, origin, order, resume, limits, the end.

mod company;

use super::*;
use crate::{
    services::{House, ubl},
    store,
};
use ap_intake::{
    domain::roles::Actor,
    realtime::{Hub, Pacer},
    server::sockets::{self, SocketState},
    services::live::StoreLog,
};
use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use futures::{SinkExt, StreamExt};
use std::{collections::VecDeque, time::Duration};
use tokio::{net::TcpStream, runtime::Handle};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::frame::coding::CloseCode},
};
use tokio_util::sync::CancellationToken;

/// Long enough for a busy machine; nothing waits for it but a test that fails.
const PATIENCE: Duration = Duration::from_secs(20);

struct Server {
    house: House,
    address: std::net::SocketAddr,
    stopping: CancellationToken,
    hub: Hub,
    _store: store::TestStore,
}

/// Stands for the sign-in layer, which has tests of its own: the request says who is signed in, by role.
async fn sign_in(State(people): State<Arc<[Actor]>>, mut request: Request, next: Next) -> Response {
    if let Some(role) = request.headers().get("x-signed-in") {
        let actor = people.iter().find(|actor| role == actor.role.as_str());
        request.extensions_mut().insert(actor.expect("a role of the house").clone());
    }
    next.run(request).await
}

impl Server {
    async fn start() -> Server {
        let store = store::sqlite().await.unwrap();
        let mut house = House::new(&store.store).await;
        let hub = Hub::new(Arc::new(StoreLog(store.store.clone())));
        house.services.publisher = Arc::new(hub.clone());
        let stopping = CancellationToken::new();
        let state = SocketState {
            services: house.services.clone(),
            hub: hub.clone(),
            origins: Arc::new(["https://partner.example".to_owned()]),
            stopping: stopping.clone(),
            threads: Handle::current(),
            pacer: Pacer::new(Handle::current()),
        };
        let people: Arc<[Actor]> =
            Arc::new([house.clerk.clone(), house.reviewer.clone(), house.admin.clone(), house.reader_only()]);
        let app = Router::new()
            .merge(sockets::routes::<SocketState>())
            .with_state(state)
            .layer(from_fn_with_state(people, sign_in));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Server { house, address, stopping, hub, _store: store }
    }

    async fn open(&self, headers: &[(&'static str, &str)]) -> Result<Client, Error> {
        Client::connect(&format!("ws://{}/api/v1/invoices/updates", self.address), headers).await
    }

    async fn client(&self) -> Client {
        self.open(&[("x-signed-in", "clerk")]).await.unwrap()
    }

    async fn upload(&self, name: &str) -> InvoiceId {
        self.house.upload(&self.house.clerk, name, ubl(name)).await
    }

    async fn refused(&self, headers: &[(&'static str, &str)]) -> u16 {
        match self.open(headers).await {
            Err(Error::Http(response)) => response.status().as_u16(),
            Err(other) => panic!("unexpected: {other}"),
            Ok(_) => 101,
        }
    }
}

/// One open socket.
pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    ready: VecDeque<ServerMessage>,
}

impl Client {
    pub async fn connect(url: &str, headers: &[(&'static str, &str)]) -> Result<Client, Error> {
        let mut request = url.into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (socket, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Client { socket, ready: VecDeque::new() })
    }

    pub async fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// None: the socket is gone.
    pub async fn try_say(&mut self, text: &str) -> Option<()> {
        self.socket.send(Message::text(text)).await.ok()
    }

    /// The next message; None: the socket is gone.
    pub async fn try_hear(&mut self) -> Option<ServerMessage> {
        while self.ready.is_empty() {
            let frame = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
            if let Message::Text(text) = frame?.ok()? {
                self.ready.extend(messages(&text).expect("messages of PROTOCOL.md"));
            }
        }
        self.ready.pop_front()
    }

    async fn frame(&mut self) -> Message {
        let frame = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
        frame.expect("the socket is open").expect("a frame")
    }

    pub async fn hear(&mut self) -> ServerMessage {
        while self.ready.is_empty() {
            if let Message::Text(text) = self.frame().await {
                self.ready.extend(messages(&text).expect("messages of PROTOCOL.md"));
            }
        }
        self.ready.pop_front().unwrap()
    }

    /// Its offset and whether all was recovered.
    pub async fn subscribed(&mut self) -> (Position, bool) {
        match self.hear().await {
            ServerMessage::Subscribed(Subscribed { epoch, offset, recovered, .. }) => {
                (Position { epoch, offset }, recovered)
            }
            other => panic!("unexpected: {other:?}"),
        }
    }

    pub async fn error(&mut self) -> String {
        match self.hear().await {
            ServerMessage::Error(ErrorMessage { code, .. }) => code,
            other => panic!("unexpected: {other:?}"),
        }
    }

    /// The offset of the next event of the log.
    pub async fn event(&mut self) -> i64 {
        loop {
            match self.hear().await {
                ServerMessage::InvoiceUpdated(InvoiceUpdated { offset, .. })
                | ServerMessage::ProcessingStatus(ProcessingMessage { offset, event_id: Some(_), .. }) => {
                    return offset;
                }
                ServerMessage::ProcessingStatus(_) => {}
                other => panic!("unexpected: {other:?}"),
            }
        }
    }

    /// The code of the close frame.
    async fn closed(&mut self) -> CloseCode {
        loop {
            if let Message::Close(Some(close)) = self.frame().await {
                return close.code;
            }
        }
    }
}

#[tokio::test]
async fn changes_are_heard_in_order() {
    let server = Server::start().await;
    let mut client = server.client().await;
    client.say(r#"{"type":"subscribe","room":"all"}"#).await;
    let (start, recovered) = client.subscribed().await;
    assert!(recovered);
    server.upload("A-1").await;
    server.upload("A-2").await;
    let top = StoreLog(server.house.services.store.clone()).read(&Room::All, None, 0).await.unwrap().top.offset;
    for offset in start.offset + 1..=top {
        assert_eq!(client.event().await, offset);
    }
    assert!(top >= start.offset + 2, "something happened");
}

#[tokio::test]
async fn an_invoice_is_followed_by_its_id() {
    let server = Server::start().await;
    let id = server.upload("A-1").await;
    let mut client = server.client().await;
    client.say(&format!(r#"{{"type":"subscribe","invoiceId":"{id}","some_new_field":1}}"#)).await;
    client.subscribed().await;
    server.upload("A-2").await;
    server.house.work().await;
    match client.hear().await {
        ServerMessage::ProcessingStatus(ProcessingMessage { invoice_id, room, .. }) => {
            assert_eq!((invoice_id, room), (id, Room::Invoice(id)))
        }
        ServerMessage::InvoiceUpdated(InvoiceUpdated { invoice_id, room, .. }) => {
            assert_eq!((invoice_id, room), (id, Room::Invoice(id)))
        }
        other => panic!("unexpected: {other:?}"),
    }
}

#[tokio::test]
async fn what_happened_during_a_cut_is_replayed() {
    let server = Server::start().await;
    let mut client = server.client().await;
    client.say(r#"{"type":"hello","proto":1,"client_id":"1","resume":[]}"#).await;
    assert!(matches!(client.hear().await, ServerMessage::Welcome(Welcome { proto: 1, .. })));
    client.say(r#"{"type":"subscribe","room":"all"}"#).await;
    let (start, _) = client.subscribed().await;
    drop(client);
    server.upload("A-1").await;
    server.upload("A-2").await;
    let mut client = server.client().await;
    let Position { epoch, offset } = &start;
    client
        .say(&format!(
            r#"{{"type":"hello","proto":1,"resume":[{{"room":"all","epoch":"{epoch}","offset":{offset}}}]}}"#
        ))
        .await;
    assert!(matches!(client.hear().await, ServerMessage::Welcome(_)));
    let (top, recovered) = client.subscribed().await;
    assert!(recovered && top.offset > start.offset);
    for expected in start.offset + 1..=top.offset {
        assert_eq!(client.event().await, expected);
    }
    server.upload("A-3").await;
    assert_eq!(client.event().await, top.offset + 1, "and live from there");
}

#[tokio::test]
async fn an_unknown_epoch_is_not_recoverable() {
    let server = Server::start().await;
    server.upload("A-1").await;
    let mut client = server.client().await;
    client.say(r#"{"type":"subscribe","room":"all","epoch":"of another log","offset":0}"#).await;
    let (position, recovered) = client.subscribed().await;
    assert!(!recovered);
    assert!(position.offset > 0);
    client.say(r#"{"type":"subscribe","room":"all","offset":0}"#).await;
    assert!(!client.subscribed().await.1, "an offset of no epoch");
}

#[tokio::test]
async fn only_our_pages_and_only_who_is_signed_in() {
    let server = Server::start().await;
    let host = format!("http://{}", server.address);
    let yes = ("x-signed-in", "clerk");
    assert_eq!(server.refused(&[]).await, 401);
    assert_eq!(server.refused(&[yes, ("origin", "http://evil.example")]).await, 403);
    assert_eq!(server.refused(&[yes, ("origin", "null")]).await, 403);
    assert_eq!(server.refused(&[yes, ("origin", &host)]).await, 101);
    assert_eq!(server.refused(&[yes, ("origin", "https://partner.example")]).await, 101);
}

#[tokio::test]
async fn rooms_that_are_not_there_or_not_theirs_are_refused_and_the_socket_stays() {
    let server = Server::start().await;
    let nobody = Uuid::now_v7();
    let mut client = server.client().await;
    for (room, code) in [
        (format!("invoice:{nobody}"), "not_found"),
        (format!("task:{nobody}"), "not_found"),
        (format!("user:{}", server.house.admin.user_id), "foreign_room"),
    ] {
        client.say(&format!(r#"{{"type":"subscribe","room":"{room}"}}"#)).await;
        assert_eq!(client.error().await, code, "{room}");
    }
    client.say(&format!(r#"{{"type":"subscribe","room":"user:{}"}}"#, server.house.clerk.user_id)).await;
    client.subscribed().await;
}

#[tokio::test]
async fn what_is_not_a_message_is_answered_with_an_error() {
    let server = Server::start().await;
    let mut client = server.client().await;
    for (text, code) in [
        ("{", "malformed"),
        ("[]", "malformed"),
        (r#"{"type":7}"#, "malformed"),
        (r#"{"type":"subscribe","room":"nowhere"}"#, "malformed"),
        (r#"{"type":"subscribe"}"#, "invalid"),
        (r#"{"type":"make_coffee"}"#, "unknown_type"),
    ] {
        client.say(text).await;
        assert_eq!(client.error().await, code, "{text}");
    }
    client.socket.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(client.error().await, "malformed");
    client.say(&"[".repeat(60_000)).await;
    assert_eq!(client.error().await, "malformed", "nested too deeply");
    client.say(r#"{"type":"ping"}"#).await;
    assert_eq!(client.hear().await, ServerMessage::Pong);
}

#[tokio::test]
async fn a_message_too_large_closes_the_socket() {
    let server = Server::start().await;
    let mut client = server.client().await;
    client.say(&" ".repeat(64 * 1024 + 1)).await;
    assert_eq!(client.closed().await, CloseCode::Size);
}

#[tokio::test]
async fn a_flood_is_limited_and_then_ended() {
    let server = Server::start().await;
    let mut client = server.client().await;
    for _ in 0..400 {
        // The server may have hung up already.
        if client.socket.feed(Message::text(r#"{"type":"pong"}"#)).await.is_err() {
            break;
        }
    }
    _ = client.socket.flush().await;
    assert_eq!(client.error().await, "rate_limited");
    match client.hear().await {
        ServerMessage::Bye(Bye { code, reconnect, after_ms }) => {
            assert_eq!((code.as_str(), reconnect, after_ms), ("flood", true, Some(30_000)));
        }
        other => panic!("unexpected: {other:?}"),
    }
}

#[tokio::test]
async fn pings_count_as_messages() {
    let server = Server::start().await;
    let mut client = server.client().await;
    for _ in 0..400 {
        // The server may have hung up already.
        if client.socket.feed(Message::Ping(Default::default())).await.is_err() {
            break;
        }
    }
    _ = client.socket.flush().await;
    assert_eq!(client.error().await, "rate_limited");
    assert!(matches!(client.hear().await, ServerMessage::Bye(Bye { code, .. }) if code == "flood"));
}

#[tokio::test]
async fn a_subscription_that_is_dropped_is_told_by_its_room() {
    let server = Server::start().await;
    let mut client = server.client().await;
    for _ in 0..70 {
        client.socket.feed(Message::text(r#"{"type":"pong"}"#)).await.unwrap();
    }
    for number in 0..2 {
        let say = format!(r#"{{"type":"subscribe","invoiceId":"{}"}}"#, Uuid::from_u128(number));
        client.socket.feed(Message::text(say)).await.unwrap();
    }
    client.socket.flush().await.unwrap();
    let mut rooms = Vec::new();
    while rooms.len() < 3 {
        match client.hear().await {
            ServerMessage::Error(ErrorMessage { code, temporary: true, room, .. }) if code == "rate_limited" => {
                rooms.push(room)
            }
            other => panic!("unexpected: {other:?}"),
        }
    }
    let invoice = |number| Some(Room::Invoice(InvoiceId(Uuid::from_u128(number))));
    assert_eq!(rooms, [None, invoice(0), invoice(1)]);
}

#[tokio::test]
async fn rooms_beyond_the_hundredth_are_refused_by_name() {
    let server = Server::start().await;
    let mut client = server.client().await;
    let resume: Vec<String> = (0..102)
        .map(|number| format!(r#"{{"room":"task:{}","epoch":"e","offset":0}}"#, Uuid::from_u128(number)))
        .collect();
    client.say(&format!(r#"{{"type":"hello","proto":1,"resume":[{}]}}"#, resume.join(","))).await;
    let mut refused = Vec::new();
    while refused.len() < 102 {
        match client.hear().await {
            ServerMessage::Error(ErrorMessage { code, room: Some(_), .. }) => refused.push(code),
            ServerMessage::Welcome(_) => {}
            other => panic!("unexpected: {other:?}"),
        }
    }
    assert_eq!(refused.iter().filter(|code| *code == "too_many_rooms").count(), 2);
}

#[tokio::test]
async fn a_client_that_closes_is_answered() {
    let server = Server::start().await;
    let mut client = server.client().await;
    client.socket.close(None).await.unwrap();
    assert!(matches!(client.frame().await, Message::Close(_)), "no broken connection");
}

#[tokio::test]
async fn a_server_that_stops_says_so_and_counts_to_zero() {
    let server = Server::start().await;
    let mut client = server.client().await;
    client.say(r#"{"type":"ping"}"#).await;
    assert_eq!(client.hear().await, ServerMessage::Pong);
    assert_eq!(server.hub.connections(), 1);
    server.stopping.cancel();
    match client.hear().await {
        ServerMessage::Bye(Bye { code, reconnect: true, after_ms: Some(500..=3000) }) => assert_eq!(code, "shutdown"),
        other => panic!("unexpected: {other:?}"),
    }
    assert_eq!(client.closed().await, CloseCode::Away);
    tokio::time::timeout(PATIENCE, server.hub.emptied()).await.expect("no socket is left");
}
