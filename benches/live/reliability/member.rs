//! One of the sockets that are cut: it keeps its place in the room as a client does, and comes back to it.

use super::{
    super::{Outcome, target::ROOM},
    ledger::{Ledger, Told},
    link::Link,
    tally::Tally,
    words::{Message, messages},
};
use serde_json::json;
use std::time::{Duration, Instant};

/// Whoever missed no more than this is told all of it (PROTOCOL.md); these events are far from 1 MiB together.
const MAX_REPLAY: i64 = 300;

/// A client.
pub struct Member {
    /// Its number, by which findings name it.
    pub name: usize,
    pub link: Option<Link>,
    pub mood: Mood,
    /// When it does what its mood has it do next; an open one waits for nothing.
    pub due: Option<Instant>,
    /// The log's epoch, and the newest offset it was told.
    place: Option<(String, i64)>,
    /// Caught up once it is here.
    target: Option<i64>,
    returning: Option<Return>,
    /// Its last connection ended with its server.
    pub lost_server: bool,
    /// The server's last words.
    pub bye: Option<String>,
}

/// What a client is about.
#[derive(Clone, Copy, PartialEq)]
pub enum Mood {
    /// Comes back at its time.
    Away,
    Open,
    /// Hears until it comes back at its time.
    HalfClosed,
    /// Does not read until it is dropped at its time.
    Stalled,
}

struct Return {
    since: Instant,
    after_kill: bool,
}

impl Member {
    pub fn new(name: usize, now: Instant) -> Member {
        let (link, mood, due) = (None, Mood::Away, Some(now));
        Member { name, link, mood, due, place: None, target: None, returning: None, lost_server: false, bye: None }
    }

    /// What it says first on a new connection.
    pub fn hello(&self) -> Vec<String> {
        let resume: Vec<_> = self
            .place
            .iter()
            .map(|(epoch, offset)| json!({ "room": ROOM, "epoch": epoch, "offset": offset }))
            .collect();
        let hello = json!({ "type": "hello", "proto": 1, "resume": resume }).to_string();
        let subscribe = json!({ "type": "subscribe", "room": ROOM }).to_string();
        if resume.is_empty() { vec![hello, subscribe] } else { vec![hello] }
    }

    /// Begins to come back; the clock runs from its first try.
    pub fn comes_back(&mut self, link: Option<Link>, now: Instant) {
        (self.link, self.mood, self.due, self.target, self.bye) = (link, Mood::Open, None, None, None);
        if self.place.is_some() {
            let after_kill = self.lost_server;
            self.returning.get_or_insert(Return { since: now, after_kill });
        }
    }

    /// Its connection is gone; it tries again after `pause`.
    pub fn goes(&mut self, pause: Duration, now: Instant) {
        (self.link, self.mood, self.due, self.target) = (None, Mood::Away, Some(now + pause), None);
    }

    /// It is to be cut: a return that was under way is given up. True: there was one.
    pub fn gives_up_return(&mut self) -> bool {
        self.lost_server = false;
        self.returning.take().is_some()
    }

    /// The server took it into the room.
    pub fn is_in_room(&self) -> bool {
        self.link.is_some() && self.target.is_some()
    }

    /// In the room, with everything told up to `top`.
    pub fn stands_at(&self, top: i64) -> bool {
        self.is_in_room() && self.returning.is_none() && self.offset() == Some(top)
    }

    pub fn is_returning(&self) -> bool {
        self.returning.is_some()
    }

    pub fn offset(&self) -> Option<i64> {
        self.place.as_ref().map(|(_, offset)| *offset)
    }

    /// Takes a frame.
    pub fn hear(&mut self, text: &[u8], ledger: &mut Ledger, tally: &mut Tally, now: Instant) -> Outcome<()> {
        for message in messages(text)? {
            let is_of_room = message.room == Some(ROOM);
            match (message.kind, message.offset) {
                ("ping", _) => self.link.iter_mut().for_each(|link| link.say(r#"{"type":"pong"}"#)),
                ("subscribed", Some(offset)) if is_of_room => self.subscribed(&message, offset, ledger, tally),
                ("reset", Some(offset)) if is_of_room => {
                    tally.resets += 1;
                    self.place = Some((message.epoch.unwrap_or_default().to_owned(), offset));
                }
                (_, Some(offset)) if is_of_room => self.event(&message, offset, ledger),
                ("bye", _) => self.bye = message.code.map(str::to_owned),
                ("error", _) => tally.refused(&format!("error {}", message.code.unwrap_or_default())),
                _ => {}
            }
        }
        self.catches_up(tally, now);
        Ok(())
    }

    fn subscribed(&mut self, message: &Message, offset: i64, ledger: &mut Ledger, tally: &mut Tally) {
        let epoch = message.epoch.unwrap_or_default();
        self.target = Some(offset);
        let Some((known, last)) = &self.place else {
            self.place = Some((epoch.to_owned(), offset));
            return;
        };
        if message.recovered == Some(true) && known == epoch {
            return;
        }
        if message.recovered == Some(true) {
            ledger.find(format!("socket {} stood in {known} and was told that all of {epoch} follows", self.name));
        }
        if offset < *last {
            // Told before it was kept: a change that the kill undid.
            ledger.find(format!("socket {} had heard {last}, and the log now ends at {offset}", self.name));
        }
        if offset - last <= MAX_REPLAY && known == epoch {
            let missed = offset - last;
            ledger.find(format!("socket {} missed {missed} events after {last} and was told to load again", self.name));
        }
        tally.told_to_load += 1;
        tally.spared += offset - last;
        self.place = Some((epoch.to_owned(), offset));
    }

    fn event(&mut self, message: &Message, offset: i64, ledger: &mut Ledger) {
        // A percentage is not in the log.
        let Some(event_id) = message.event_id else { return };
        let Some((_, last)) = self.place.as_mut().filter(|_| self.target.is_some()) else {
            ledger.find(format!("socket {} heard {offset} before it was in the room", self.name));
            return;
        };
        *last = ledger.follow(self.name, *last, &Told { offset, event_id, change: message.change() });
    }

    fn catches_up(&mut self, tally: &mut Tally, now: Instant) {
        let is_there = self.target.is_some_and(|target| self.offset() >= Some(target));
        let Some(back) = self.returning.take_if(|_| is_there) else { return };
        let times = if back.after_kill { &mut tally.after_kills } else { &mut tally.after_cuts };
        times.push(now.duration_since(back.since));
        self.lost_server = false;
    }
}
