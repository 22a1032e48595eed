//! Who is there and who has the right of way, between real sockets.

use super::*;
use ap_intake::{
    db::now_ms,
    domain::{
        events::{Cursor, Lock, PresenceChange, PresenceState, Present},
        field::Field,
    },
    realtime::presence::GRACE,
    services::locks::LOCK_LEASE,
};
use std::time::Instant;

/// A client that speaks the full protocol.
struct Person {
    client: Client,
    connection: String,
}

impl Server {
    async fn person(&self, role: &str) -> Person {
        let mut client = self.open(&[("x-signed-in", role)]).await.unwrap();
        client.say(r#"{"type":"hello","proto":1,"resume":[]}"#).await;
        match client.hear().await {
            ServerMessage::Welcome(Welcome { connection, .. }) => Person { client, connection },
            other => panic!("unexpected: {other:?}"),
        }
    }

    /// A person in an invoice's room, and who was there before.
    async fn person_in(&self, role: &str, id: InvoiceId) -> (Person, Vec<Present>, Vec<Lock>) {
        let mut person = self.person(role).await;
        person.client.say(&format!(r#"{{"type":"subscribe","invoiceId":"{id}"}}"#)).await;
        match person.client.hear().await {
            ServerMessage::Subscribed(Subscribed { presence, locks, .. }) => (person, presence, locks),
            other => panic!("unexpected: {other:?}"),
        }
    }
}

impl Person {
    async fn is_at(&mut self, id: InvoiceId, clock: u32, state: &str) {
        let text = format!(r#"{{"type":"presence","room":"invoice:{id}","clock":{clock},"state":{state}}}"#);
        self.client.say(&text).await;
    }

    /// Comes into a room it has subscribed to. Everybody there is told, it too.
    async fn comes(&mut self, id: InvoiceId, state: &str) {
        self.is_at(id, 1, state).await;
        let PresenceChange { joins, .. } = self.presence().await;
        assert_eq!(joins.iter().map(|join| &join.connection).collect::<Vec<_>>(), [&self.connection]);
    }

    async fn asks(&mut self, what: &str, id: InvoiceId, field: &str) {
        self.client.say(&format!(r#"{{"type":"{what}","invoice":"{id}","field":"{field}"}}"#)).await;
    }

    async fn presence(&mut self) -> PresenceChange {
        match self.client.hear().await {
            ServerMessage::Presence(change) => change,
            other => panic!("unexpected: {other:?}"),
        }
    }

    async fn joins(&mut self) -> Present {
        let PresenceChange { mut joins, leaves, .. } = self.presence().await;
        assert_eq!((joins.len(), leaves.len()), (1, 0));
        joins.remove(0)
    }

    async fn lock(&mut self) -> Lock {
        match self.client.hear().await {
            ServerMessage::Lock(lock) => lock,
            other => panic!("unexpected: {other:?}"),
        }
    }

    /// Answered and told to the room: the asker hears both, as it is in the room.
    async fn takes(&mut self, id: InvoiceId, field: &str) -> Lock {
        self.asks("lock", id, field).await;
        let answer = self.lock().await;
        assert_eq!(self.lock().await.holder, answer.holder);
        assert_eq!(answer.holder.as_ref().map(|holder| &holder.connection), Some(&self.connection));
        answer
    }
}

#[tokio::test]
async fn two_people_see_each_other() {
    let server = Server::start().await;
    let id = server.upload("A-1").await;
    let (mut rita, before, _) = server.person_in("reviewer", id).await;
    assert_eq!(before, []);
    rita.comes(id, r#"{"field":"due_date"}"#).await;

    let (mut cleo, before, _) = server.person_in("clerk", id).await;
    let reviewer = &server.house.reviewer;
    assert_eq!(before.len(), 1);
    assert_eq!((&before[0].connection, before[0].user), (&rita.connection, reviewer.user_id));
    assert_eq!(before[0].name, reviewer.name, "by the server's word");
    cleo.comes(id, "{}").await;
    assert_eq!(rita.joins().await.user, server.house.clerk.user_id);
    cleo.is_at(id, 2, r#"{"cursor":{"page":1,"x":2500,"y":10000}}"#).await;
    let cursor = Some(Cursor { page: 1, x: 2500, y: 10_000 });
    assert_eq!(rita.joins().await.state, PresenceState { field: None, cursor });
    cleo.is_at(id, 2, r#"{"field":"note"}"#).await;
    cleo.is_at(id, 3, r#"{"field":"iban"}"#).await;
    assert_eq!(rita.joins().await.clock, 3, "an old clock is passed over");
    cleo.client.say(r#"{"type":"ping"}"#).await;
    assert_eq!(cleo.client.hear().await, ServerMessage::Pong, "one's own moves are not told");
}

#[tokio::test]
async fn of_many_moves_few_arrive_and_the_last_always() {
    let server = Server::start().await;
    let id = server.upload("A-1").await;
    let (mut rita, ..) = server.person_in("reviewer", id).await;
    let room = Room::Invoice(id);
    let clerk = &server.house.clerk;
    let mut connection = server.hub.connect();
    connection.subscribe(&room, None).await.unwrap();
    let at = |x| Some(PresenceState { field: None, cursor: Some(Cursor { page: 1, x, y: 0 }) });
    for clock in 1..=200 {
        connection.announce(&room, clerk.user_id, &clerk.name, clock, at(clock as u16));
        tokio::task::yield_now().await;
    }
    let mut heard = 1;
    while rita.joins().await.clock < 200 {
        heard += 1;
    }
    assert!(heard < 20, "{heard} of 200");
}

#[tokio::test]
async fn who_says_so_leaves_at_once() {
    let server = Server::start().await;
    let id = server.upload("A-1").await;
    let (mut rita, ..) = server.person_in("reviewer", id).await;
    let (mut cleo, ..) = server.person_in("clerk", id).await;
    for (turn, goodbye) in
        [format!(r#"{{"type":"unsubscribe","invoiceId":"{id}"}}"#), String::new()].into_iter().enumerate()
    {
        cleo.client.say(&format!(r#"{{"type":"subscribe","invoiceId":"{id}"}}"#)).await;
        cleo.is_at(id, 1, "{}").await;
        rita.joins().await;
        let since = Instant::now();
        match turn {
            0 => cleo.client.say(&goodbye).await,
            _ => cleo.is_at(id, 2, "null").await,
        }
        assert_eq!(rita.presence().await.leaves, [cleo.connection.as_str()]);
        assert!(since.elapsed() < GRACE);
    }
}

#[tokio::test]
async fn who_is_cut_off_leaves_after_the_grace_with_the_locks() {
    let server = Server::start().await;
    let id = server.upload("A-1").await;
    let (mut rita, ..) = server.person_in("reviewer", id).await;
    let (mut cleo, ..) = server.person_in("clerk", id).await;
    cleo.comes(id, "{}").await;
    rita.joins().await;
    let taken = cleo.takes(id, "note").await;
    assert_eq!(rita.lock().await.token, taken.token);
    let since = Instant::now();
    drop(cleo.client);
    let (mut left, mut freed) = (false, false);
    while !(left && freed) {
        match rita.client.hear().await {
            ServerMessage::Presence(change) => left = change.leaves == [cleo.connection.as_str()],
            ServerMessage::Lock(lock) => freed = lock.holder.is_none() && lock.token == taken.token,
            other => panic!("unexpected: {other:?}"),
        }
    }
    assert!(since.elapsed() + Duration::from_millis(500) > GRACE, "{:?}", since.elapsed());
}

#[tokio::test]
async fn a_page_loaded_again_neither_leaves_nor_is_there_twice() {
    let server = Server::start().await;
    let id = server.upload("A-1").await;
    let (mut rita, ..) = server.person_in("reviewer", id).await;
    let (mut old, ..) = server.person_in("clerk", id).await;
    old.comes(id, "{}").await;
    rita.joins().await;
    old.takes(id, "note").await;
    rita.lock().await;
    old.client.socket.close(None).await.unwrap();
    // Until the server has seen it go.
    while server.hub.connections() > 1 {
        tokio::task::yield_now().await;
    }
    let (mut new, before, locks) = server.person_in("clerk", id).await;
    assert_eq!((before.len(), locks.len()), (1, 1), "the old one is still thought of");
    new.comes(id, "{}").await;
    let PresenceChange { joins, leaves, .. } = rita.presence().await;
    assert_eq!((joins.len(), leaves), (1, vec![old.connection]));
    assert_eq!(new.takes(id, "note").await.field.name(), "note", "the same person's other page had it");
}

#[tokio::test]
async fn only_in_an_invoice_one_is_in_and_after_hello() {
    let server = Server::start().await;
    let id = server.upload("A-1").await;
    let other = server.upload("A-2").await;
    let mut plain = server.client().await;
    plain.say(&format!(r#"{{"type":"subscribe","invoiceId":"{id}"}}"#)).await;
    plain.subscribed().await;
    plain.say(&format!(r#"{{"type":"presence","room":"invoice:{id}","clock":1,"state":{{}}}}"#)).await;
    assert_eq!(plain.error().await, "invalid", "no hello");

    let (mut cleo, ..) = server.person_in("clerk", id).await;
    cleo.is_at(other, 1, "{}").await;
    assert_eq!(cleo.client.error().await, "invalid", "not in that room");
    cleo.asks("lock", other, "note").await;
    assert_eq!(cleo.client.error().await, "invalid");
    cleo.client.say(r#"{"type":"presence","room":"all","clock":1,"state":{}}"#).await;
    assert_eq!(cleo.client.error().await, "invalid", "not an invoice");
    for cursor in [r#"{"page":0,"x":1,"y":1}"#, r#"{"page":1,"x":10001,"y":1}"#] {
        cleo.is_at(id, 1, &format!(r#"{{"cursor":{cursor}}}"#)).await;
        assert_eq!(cleo.client.error().await, "invalid", "{cursor}");
    }
    for state in [r#"{"field":"no_such_field"}"#, r#"{"cursor":{"page":1,"x":-1,"y":0}}"#, r#"{"cursor":7}"#] {
        cleo.is_at(id, 1, state).await;
        assert_eq!(cleo.client.error().await, "malformed", "{state}");
    }
    let (mut auditor, ..) = server.person_in("auditor", id).await;
    auditor.asks("lock", id, "note").await;
    assert_eq!(auditor.client.error().await, "missing_right");
    auditor.is_at(id, 1, "{}").await;
    assert_eq!(cleo.joins().await.user, server.house.reader_only().user_id, "who may read is seen");
}

#[tokio::test]
async fn a_plain_client_hears_nothing_of_it() {
    let server = Server::start().await;
    let id = server.upload("A-1").await;
    let (mut cleo, ..) = server.person_in("clerk", id).await;
    cleo.comes(id, "{}").await;
    cleo.takes(id, "note").await;
    let mut plain = server.client().await;
    plain.say(&format!(r#"{{"type":"subscribe","invoiceId":"{id}"}}"#)).await;
    match plain.hear().await {
        ServerMessage::Subscribed(Subscribed { presence, locks, .. }) => {
            assert_eq!((presence, locks), (vec![], vec![]));
        }
        other => panic!("unexpected: {other:?}"),
    }
    cleo.is_at(id, 2, r#"{"field":"note"}"#).await;
    cleo.asks("unlock", id, "note").await;
    assert_eq!(cleo.lock().await.holder, None);
    cleo.is_at(id, 3, "null").await;
    server.house.work().await;
    plain.event().await;
}

#[tokio::test]
async fn the_right_of_way_is_granted_denied_given_up_and_ends() {
    let server = Server::start().await;
    let id = server.upload("A-1").await;
    let (mut rita, ..) = server.person_in("reviewer", id).await;
    let (mut cleo, ..) = server.person_in("clerk", id).await;
    let first = cleo.takes(id, "note").await;
    assert_eq!(rita.lock().await.holder, first.holder, "the room is told");

    rita.asks("lock", id, "note").await;
    let denied = rita.lock().await;
    assert_eq!((denied.holder, denied.token), (first.holder, first.token));
    cleo.asks("renew", id, "note").await;
    assert_eq!(cleo.lock().await.token, first.token);
    cleo.asks("unlock", id, "note").await;
    for person in [&mut cleo, &mut rita] {
        assert_eq!(person.lock().await.holder, None);
    }

    let second = rita.takes(id, "note").await;
    assert!(second.token > first.token);
    cleo.lock().await;
    let (.., locks) = server.person_in("admin", id).await;
    assert_eq!(locks.iter().map(|lock| lock.token).collect::<Vec<_>>(), [second.token], "who comes is told");
    server.house.services.lock_expire(now_ms() + LOCK_LEASE.as_millis() as i64).await.unwrap();
    for person in [&mut cleo, &mut rita] {
        let free = person.lock().await;
        assert_eq!((free.holder, free.token), (None, second.token));
    }
    rita.asks("renew", id, "note").await;
    assert_eq!(rita.lock().await.holder, None, "too late");

    cleo.takes(id, "note").await;
    rita.lock().await;
    cleo.client.say(&format!(r#"{{"type":"unsubscribe","invoiceId":"{id}"}}"#)).await;
    assert_eq!(rita.lock().await.holder, None, "who leaves the invoice gives it up");
}

#[tokio::test]
async fn people_on_other_servers_are_told_too() {
    let server = Server::start().await;
    let id = server.upload("A-1").await;
    let room = Room::Invoice(id);
    let (mut rita, ..) = server.person_in("reviewer", id).await;
    rita.comes(id, "{}").await;
    let there = |clock, field| Present {
        connection: "other-1".to_owned(),
        user: server.house.clerk.user_id,
        name: "Cleo".to_owned(),
        clock,
        state: PresenceState { field, cursor: None },
    };
    let change = |joins| [PresenceChange { room: room.clone(), joins, leaves: Vec::new() }];
    server.hub.presence_remote("other", &change(vec![there(1, None)]));
    assert_eq!(rita.joins().await, there(1, None));
    let moved = there(2, Some(Field::Note));
    server.hub.presence_remote("other", &change(vec![moved.clone()]));
    assert_eq!(rita.joins().await, moved);
    let ours = server.hub.presence_local();
    assert_eq!(ours.iter().flat_map(|change| &change.joins).count(), 1, "what others told is theirs to tell");
    let (_, before, _) = server.person_in("admin", id).await;
    assert_eq!(before.len(), 2);
    server.hub.presence_remote_whole("other", &[]);
    assert_eq!(rita.presence().await.leaves, ["other-1"]);
    server.hub.presence_remote("other", &change(vec![there(3, None)]));
    rita.joins().await;
    server.hub.presence_remote_gone("other");
    assert_eq!(rita.presence().await.leaves, ["other-1"]);
}
