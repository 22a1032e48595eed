//! The open sockets of this server by name: who they belong to, and a way to each.

use super::{Farewell, Mailbox, lock, room::MemberId, room::frame};
use crate::domain::{
    connections::{HeardRoom, OpenSocket},
    events::{ServerMessage, SystemMessage},
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

/// What is known of an open socket besides its rooms.
pub struct Card {
    pub connection: String,
    mailbox: Arc<Mailbox>,
    /// Milliseconds since 1970, UTC.
    opened_at: i64,
    said_hello: AtomicBool,
    said: Mutex<Said>,
}

#[derive(Default)]
struct Said {
    user: String,
    last_error: Option<String>,
}

impl Card {
    pub fn new(connection: String, mailbox: Arc<Mailbox>, opened_at: i64) -> Card {
        Card { connection, mailbox, opened_at, said_hello: AtomicBool::new(false), said: Mutex::default() }
    }

    /// Whose it is.
    pub fn belongs_to(&self, user: &str) {
        lock(&self.said).user = user.to_owned();
    }

    /// It takes the messages of the full protocol.
    pub fn said_hello(&self) {
        self.said_hello.store(true, Ordering::Relaxed);
    }

    /// It was told an error.
    pub fn failed(&self, code: &str) {
        lock(&self.said).last_error = Some(code.to_owned());
    }

    fn show(&self, rooms: Vec<HeardRoom>) -> OpenSocket {
        let (waiting, waiting_bytes) = self.mailbox.waiting();
        let said = lock(&self.said);
        OpenSocket {
            connection: self.connection.clone(),
            user: said.user.clone(),
            opened_at: self.opened_at,
            full: self.said_hello.load(Ordering::Relaxed),
            rooms,
            waiting: waiting as u32,
            waiting_bytes: waiting_bytes as u64,
            last_error: said.last_error.clone(),
        }
    }
}

/// All cards.
#[derive(Default)]
pub struct Registry {
    cards: Mutex<HashMap<MemberId, Arc<Card>>>,
    /// What everybody is told; who comes later too.
    maintenance: Mutex<String>,
}

impl Registry {
    pub fn add(&self, id: MemberId, card: Arc<Card>) {
        lock(&self.cards).insert(id, card);
    }

    pub fn remove(&self, id: MemberId) {
        lock(&self.cards).remove(&id);
    }

    /// Sends a socket away. False: there is none of that name.
    pub fn close(&self, connection: &str) -> bool {
        let found = lock(&self.cards).values().find(|card| card.connection == connection).cloned();
        found.inspect(|card| card.mailbox.close(Farewell::Closed)).is_some()
    }

    /// Tells everybody who said hello.
    pub fn tell(&self, message: SystemMessage) {
        let Some(frame) = frame(&ServerMessage::System(message)) else { return };
        for card in lock(&self.cards).values().filter(|card| card.said_hello.load(Ordering::Relaxed)) {
            card.mailbox.control(frame.clone());
        }
    }

    /// Announces maintenance; nothing: it is over.
    pub fn announce(&self, message: String) {
        lock(&self.maintenance).clone_from(&message);
        self.tell(SystemMessage::Maintenance { message });
    }

    pub fn maintenance(&self) -> String {
        lock(&self.maintenance).clone()
    }

    /// How many there are, and those with the most waiting, then the oldest; `rooms_of` says where they are.
    pub fn list(&self, limit: usize, mut rooms: HashMap<MemberId, Vec<HeardRoom>>) -> (usize, Vec<OpenSocket>) {
        let cards: Vec<(MemberId, Arc<Card>)> =
            lock(&self.cards).iter().map(|(id, card)| (*id, card.clone())).collect();
        let mut sockets: Vec<OpenSocket> =
            cards.iter().map(|(id, card)| card.show(rooms.remove(id).unwrap_or_default())).collect();
        sockets.sort_by(|one, other| {
            (other.waiting_bytes.cmp(&one.waiting_bytes)).then(one.opened_at.cmp(&other.opened_at))
        });
        sockets.truncate(limit);
        (cards.len(), sockets)
    }
}
