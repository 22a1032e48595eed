//! Who is there, as the hub tells it: comings and goings at once and in order with the events, moves ten times a second,
//! only the newest of each connection. A room hears of itself alone, and only members that said hello do.

use super::{Connection, Hub};
use crate::{
    domain::{
        events::{Lock, PresenceChange, PresenceState, Present, Room, ServerMessage},
        ids::UserId,
    },
    realtime::{
        bus::Word,
        lock,
        presence::{Presence, Told},
        room::{MemberId, frame},
    },
};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::{Instant, sleep};

/// The shortest time between two moves of one connection.
const BEAT: Duration = Duration::from_millis(100);
/// How often it is looked at whose time is over.
const SWEEP: Duration = Duration::from_millis(250);

/// People told of to other servers in one piece, which has to fit into a word of the bus.
const AT_ONCE: usize = 16;

/// Where something changed.
#[derive(Clone, Copy)]
enum Origin {
    /// On this server: the others are told too. A member need not be told of its own moves.
    Here(Option<MemberId>),
    Other,
}

/// What the hub keeps of it.
#[derive(Default)]
pub(super) struct Company {
    pub(super) presence: Presence,
    /// Who moved since the last beat, by room and connection, with the member that need not be told.
    moved: BTreeMap<(Room, String), Origin>,
    /// A task sends moves, another one looks for those whose time is over.
    beating: bool,
    sweeping: bool,
}

impl Hub {
    /// Tells the other servers who came and who went here.
    fn tell_presence(&self, changes: &[PresenceChange]) {
        for change in changes {
            let piece = |joins: &[Present], leaves: &[String]| {
                let (room, joins, leaves) = (change.room.clone(), joins.to_vec(), leaves.to_vec());
                self.tell(Word::Presence(vec![PresenceChange { room, joins, leaves }]));
            };
            change.leaves.chunks(AT_ONCE).for_each(|leaves| piece(&[], leaves));
            change.joins.chunks(AT_ONCE).for_each(|joins| piece(joins, &[]));
        }
    }

    /// Who is there through this server.
    pub fn presence_local(&self) -> Vec<PresenceChange> {
        lock(&self.0.company).presence.snapshot_local()
    }

    /// Tells the other servers all who are there through this one.
    pub(super) fn tell_all_present(&self) {
        self.tell_presence(&self.presence_local());
    }

    /// What another server tells of its connections; nothing at all says that it lives.
    pub fn presence_remote(&self, node: &str, changes: &[PresenceChange]) {
        self.change(Origin::Other, |presence| presence.apply_remote(node, changes, Instant::now()));
    }

    /// All who are there through another server; whoever else was thought to be is not.
    pub fn presence_remote_whole(&self, node: &str, entries: &[PresenceChange]) {
        self.change(Origin::Other, |presence| presence.merge_remote(node, entries, Instant::now()));
    }

    /// Another server is gone, and all who were there through it.
    pub fn presence_remote_gone(&self, node: &str) {
        self.change(Origin::Other, |presence| presence.node_silent(node));
    }

    /// Tells the room of an invoice who has the right of way on a field.
    pub fn tell_lock(&self, changed: &Lock) {
        let mut rooms = lock(&self.0.rooms);
        let Some(state) = rooms.get_mut(&Room::Invoice(changed.invoice)).filter(|state| state.has_company()) else {
            return;
        };
        if let Some(frame) = frame(&ServerMessage::Lock(changed.clone())) {
            state.tell_lock(&frame);
        }
    }

    /// Changes who is there and tells what comes of it, all under the lock of the rooms, so that nobody who enters
    /// meanwhile misses it.
    fn change(&self, origin: Origin, change: impl FnOnce(&mut Presence) -> Told) {
        let mut rooms = lock(&self.0.rooms);
        let mut company = lock(&self.0.company);
        let Told { changes, moved } = change(&mut company.presence);
        if matches!(origin, Origin::Here(_)) {
            self.tell_presence(&changes);
        }
        for change in changes {
            let Some(state) = rooms.get_mut(&change.room).filter(|state| state.has_company()) else { continue };
            let (room, leaves) = (change.room.clone(), change.leaves.clone());
            if let Some(frame) = frame(&ServerMessage::Presence(change)) {
                state.tell_presence(&room, &frame, &leaves);
            }
        }
        company.moved.extend(moved.into_iter().map(|moved| (moved, origin)));
        if !company.moved.is_empty() && !company.beating {
            company.beating = true;
            self.0.runtime.spawn(self.clone().beat());
        }
        if !company.presence.is_empty() && !company.sweeping {
            company.sweeping = true;
            self.0.runtime.spawn(self.clone().sweep());
        }
    }

    /// Sends the newest moves each [`BEAT`], until nobody moves any more.
    async fn beat(self) {
        while self.send_moves() {
            sleep(BEAT).await;
        }
    }

    fn send_moves(&self) -> bool {
        let rooms = lock(&self.0.rooms);
        let mut company = lock(&self.0.company);
        let moved = std::mem::take(&mut company.moved);
        company.beating = !moved.is_empty();
        for ((room, connection), origin) in moved {
            // Who left meanwhile moves no more.
            let Some(present) = company.presence.one(&room, &connection).cloned() else { continue };
            let message = PresenceChange { room: room.clone(), joins: vec![present], leaves: Vec::new() };
            let mover = match origin {
                Origin::Here(mover) => {
                    self.tell_presence(std::slice::from_ref(&message));
                    mover
                }
                Origin::Other => None,
            };
            let Some(state) = rooms.get(&room).filter(|state| state.has_company()) else { continue };
            if let Some(frame) = frame(&ServerMessage::Presence(message)) {
                state.tell_cursor(&room, &connection, &frame, mover);
            }
        }
        company.beating
    }

    /// Takes out those whose time is over, as long as anybody is there.
    async fn sweep(self) {
        loop {
            sleep(SWEEP).await;
            self.change(Origin::Here(None), |presence| presence.sweep(Instant::now()));
            let mut company = lock(&self.0.company);
            if company.presence.is_empty() {
                company.sweeping = false;
                return;
            }
        }
    }
}

impl Connection {
    /// It said hello: rooms it enters from now on tell it who is there.
    pub fn said_hello(&mut self) {
        self.full = true;
    }

    /// Where this connection is in a room it is in; None: not there any more. A clock that is not higher than the last
    /// is passed over.
    pub fn announce(&mut self, room: &Room, user: UserId, name: &str, clock: u32, state: Option<PresenceState>) {
        let Some(state) = state else { return self.not_present(room) };
        self.is_present = true;
        let present = Present { connection: self.name().to_owned(), user, name: name.to_owned(), clock, state };
        self.hub.change(Origin::Here(Some(self.id)), |presence| presence.update(room, present, Instant::now()));
    }

    /// A frame of it came.
    pub fn heard(&self) {
        if self.is_present {
            self.hub.change(Origin::Here(Some(self.id)), |presence| presence.heard(self.name(), Instant::now()));
        }
    }

    pub(super) fn not_present(&self, room: &Room) {
        if self.is_present {
            self.hub.change(Origin::Here(Some(self.id)), |presence| presence.leave(room, self.name()));
        }
    }

    /// Its socket is gone. It may come back as another one.
    pub(super) fn dropped(&self) {
        if self.is_present {
            lock(&self.hub.0.company).presence.dropped(self.name(), Instant::now());
        }
    }
}
