//! One room of the hub: who is in it and what they have heard. Pure; the hub locks it and reads the log for it.

use super::{
    Farewell, LogRead, Mailbox,
    tail::{Frames, Tail},
};
use crate::domain::{
    events::{
        Event, LoggedEvent, ProcessingMessage, ProcessingStatus, Reset, Room, ServerMessage, Subscribed,
        presence::{Lock, Present},
    },
    ids::InvoiceId,
    invoice::Position,
};
use axum::extract::ws::Utf8Bytes;
use std::{collections::HashMap, sync::Arc};

/// Events and bytes of the largest replay. A client further behind loads its page again, which is less work.
pub const MAX_REPLAY: usize = 300;
pub const MAX_REPLAY_BYTES: usize = 1024 * 1024;

/// Events held back at most while a replay is read, which takes milliseconds.
const MAX_HELD: usize = 1000;

/// A socket, by number.
pub type MemberId = u64;

struct Member {
    mailbox: Arc<Mailbox>,
    /// Heard up to here, by replay.
    seen: i64,
    /// Live events that came while its replay is being read.
    held: Option<Vec<(i64, Frames)>>,
    /// It hears who is there, too.
    full: bool,
}

/// Who is in a room, and who has the right of way there.
#[derive(Default)]
pub struct Here {
    pub presence: Vec<Present>,
    pub locks: Vec<Lock>,
}

#[derive(Default)]
pub struct RoomState {
    members: HashMap<MemberId, Member>,
    /// The newest offset delivered. None until the first member's replay has been read.
    last: Option<i64>,
    /// The epoch of the log that `last` counts in.
    epoch: String,
    /// The newest offset heard of.
    announced: i64,
    /// The events that led to `last`.
    tail: Tail,
    /// The log is being read for this room.
    pub catching_up: bool,
}

impl RoomState {
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The log that `last` counts in, once a member is live.
    pub fn epoch(&self) -> Option<&str> {
        self.last.map(|_| self.epoch.as_str())
    }

    /// Sockets in it.
    pub fn members(&self) -> usize {
        self.members.len()
    }

    /// Where the members are, once one is live.
    pub fn last(&self) -> Option<i64> {
        self.last
    }

    /// Takes a socket in; live events wait until [`RoomState::release`].
    pub fn hold(&mut self, id: MemberId, mailbox: &Arc<Mailbox>, full: bool) {
        self.members.insert(id, Member { mailbox: mailbox.clone(), seen: 0, held: Some(Vec::new()), full });
    }

    /// Its members, the newest event on the way to each, and how many of the log were not read yet.
    pub fn places(&self) -> impl Iterator<Item = (MemberId, i64, i64)> {
        let last = self.last.unwrap_or(0);
        let behind = (self.announced - last).max(0);
        self.members.iter().map(move |(id, member)| (*id, member.seen.max(last), behind))
    }

    pub fn leave(&mut self, id: MemberId) {
        self.members.remove(&id);
    }

    /// Takes a socket in that missed nothing but what the tail holds. False: the log has to be read for it.
    pub fn rejoin(&mut self, id: MemberId, mailbox: &Arc<Mailbox>, full: bool, room: &Room, from: &Position) -> bool {
        let Some(last) = self.last else { return false };
        if self.is_behind() || self.epoch != from.epoch {
            return false;
        }
        let Some(missed) = self.tail.after(from.offset) else { return false };
        mailbox.replay(subscribed(room, &self.epoch, last, true, Here::default()).into_iter().chain(missed));
        self.members.insert(id, Member { mailbox: mailbox.clone(), seen: last, held: None, full });
        true
    }

    /// Sends a socket what it missed up to `top` (None: that can not all be sent), then what was held back, and goes on
    /// live. If its log is not the one that the others heard, they are told to load again.
    pub fn release(&mut self, id: MemberId, room: &Room, top: &Position, missed: Option<Vec<Frames>>, here: Here) {
        if self.last.is_none() {
            (self.last, self.epoch) = (Some(top.offset), top.epoch.clone());
            self.tail.begin(top.offset, Vec::new());
        } else if self.epoch != top.epoch {
            self.reset(room, top);
        }
        let Some(member) = self.members.get_mut(&id) else { return };
        member.seen = top.offset;
        let subscribed = subscribed(room, &top.epoch, top.offset, missed.is_some(), here);
        let missed = missed.unwrap_or_default();
        member.mailbox.replay(subscribed.into_iter().chain(missed.iter().flatten().cloned()));
        // The others who come back now need not read the same.
        if self.last == Some(top.offset) && missed.len() > self.tail.len() {
            self.tail.begin(top.offset, missed);
        }
        for (offset, frames) in member.held.take().into_iter().flatten() {
            if offset > top.offset {
                frames.into_iter().for_each(|frame| member.mailbox.event(frame));
            }
        }
    }

    /// Takes an event of the log. In order it is delivered, an old one is dropped, and one too early is remembered:
    /// [`RoomState::is_behind`] then says so.
    pub fn offer(&mut self, event: &LoggedEvent) {
        self.announce(event.offset);
        if self.last.is_some_and(|last| event.offset == last + 1) {
            self.last = Some(event.offset);
            self.deliver(event);
        }
    }

    /// Notes where the log stands. Another log than before is begun from there: everybody is told to load again.
    pub fn stands_at(&mut self, room: &Room, top: &Position) {
        if self.epoch == top.epoch {
            self.announce(top.offset);
        } else if self.last.is_some() {
            self.reset(room, top);
        }
    }

    /// Notes that the log goes up to `offset`.
    pub fn announce(&mut self, offset: i64) {
        self.announced = self.announced.max(offset);
    }

    /// The log holds more than was delivered.
    pub fn is_behind(&self) -> bool {
        self.last.is_some_and(|last| self.announced > last)
    }

    /// Delivers what was read from the log after [`RoomState::last`]. When the log no longer holds it, or is another,
    /// everybody is told to load again. False: there was nothing to go on with.
    pub fn catch_up(&mut self, room: &Room, read: &LogRead) -> bool {
        let Some(before) = self.last else { return false };
        if self.epoch != read.top.epoch {
            self.reset(room, &read.top);
            return true;
        }
        read.events.iter().for_each(|event| self.offer(event));
        let last = self.last.unwrap_or(before);
        let cut = read.events.first().map_or(read.top.offset != last, |first| first.offset > last + 1);
        if cut {
            self.reset(room, &read.top);
        }
        cut || last != before
    }

    /// Goes on from `top`, without what lies before it.
    fn reset(&mut self, room: &Room, top: &Position) {
        (self.last, self.epoch) = (Some(top.offset), top.epoch.clone());
        self.announced = top.offset;
        self.tail.begin(top.offset, Vec::new());
        let reset = ServerMessage::Reset(Reset { room: room.clone(), epoch: top.epoch.clone(), offset: top.offset });
        let Some(frame) = frame(&reset) else { return };
        for member in self.members.values_mut() {
            member.seen = top.offset;
            if let Some(held) = &mut member.held {
                held.clear();
            }
            member.mailbox.event(frame.clone());
        }
    }

    fn deliver(&mut self, event: &LoggedEvent) {
        let frames = frames(event);
        let task = match &event.event {
            Event::ProcessingStatus { data, .. } => Some(data.task_id),
            _ => None,
        };
        for member in self.members.values_mut().filter(|member| member.seen < event.offset) {
            if let Some(task) = task {
                member.mailbox.forget_progress(&event.room, task);
            }
            match &mut member.held {
                Some(held) if held.len() >= MAX_HELD => member.mailbox.close(Farewell::Slow),
                Some(held) => held.push((event.offset, frames.clone())),
                None => frames.iter().for_each(|frame| member.mailbox.event(frame.clone())),
            }
        }
        self.tail.push(frames);
    }

    /// Tells the live members how far a task is.
    pub fn progress(&self, room: &Room, invoice_id: InvoiceId, status: &ProcessingStatus) {
        let Some(offset) = self.last else { return };
        let message = ServerMessage::ProcessingStatus(ProcessingMessage {
            invoice_id,
            room: room.clone(),
            offset,
            event_id: None,
            data: status.clone(),
        });
        let frames: Vec<_> = frame(&message).into_iter().chain(task_frame(room, status)).collect();
        for member in self.members.values().filter(|member| member.held.is_none()) {
            member.mailbox.progress(room, status.task_id, frames.clone());
        }
    }
}

/// What is not in the log: for members that said hello.
impl RoomState {
    /// Whether anybody hears who is there.
    pub fn has_company(&self) -> bool {
        self.members.values().any(|member| member.full)
    }

    /// Tells who came and who went, in order with the events. A member that is still held back is told in `subscribed`.
    pub fn tell_presence(&self, room: &Room, frame: &Utf8Bytes, leaves: &[String]) {
        for member in self.members.values().filter(|member| member.full) {
            member.mailbox.forget_cursors(room, leaves);
            if member.held.is_none() {
                member.mailbox.event(frame.clone());
            }
        }
    }

    /// Tells where somebody is now; `except` knows.
    pub fn tell_cursor(&self, room: &Room, connection: &str, frame: &Utf8Bytes, except: Option<MemberId>) {
        let others = self.members.iter().filter(|(id, _)| Some(**id) != except).map(|(_, member)| member);
        for member in others.filter(|member| member.full && member.held.is_none()) {
            member.mailbox.cursor(room, connection, frame.clone());
        }
    }

    /// Tells who has the right of way. Held back like an event: the locks that `subscribed` tells were read before.
    pub fn tell_lock(&mut self, frame: &Utf8Bytes) {
        for member in self.members.values_mut().filter(|member| member.full) {
            match &mut member.held {
                Some(held) if held.len() >= MAX_HELD => member.mailbox.close(Farewell::Slow),
                Some(held) => held.push((i64::MAX, vec![frame.clone()])),
                None => member.mailbox.event(frame.clone()),
            }
        }
    }
}

/// What a client that was at `from` missed; None: that can not all be sent.
pub fn replay(from: Option<&Position>, read: &LogRead) -> Option<Vec<Frames>> {
    let Some(from) = from else { return Some(Vec::new()) };
    let top = read.top.offset;
    let possible = from.epoch == read.top.epoch && (0..=top).contains(&from.offset);
    let whole = read.events.len() <= MAX_REPLAY
        && read.events.iter().zip(from.offset + 1..).all(|(event, offset)| event.offset == offset)
        && from.offset + read.events.len() as i64 == top;
    if !possible || !whole {
        return None;
    }
    let frames: Vec<_> = read.events.iter().map(frames).collect();
    let bytes: usize = frames.iter().flatten().map(|frame| frame.len()).sum();
    (bytes <= MAX_REPLAY_BYTES).then_some(frames)
}

fn subscribed(room: &Room, epoch: &str, offset: i64, recovered: bool, here: Here) -> Option<Utf8Bytes> {
    let Here { presence, locks } = here;
    let (room, epoch) = (room.clone(), epoch.to_owned());
    frame(&ServerMessage::Subscribed(Subscribed { room, epoch, offset, recovered, presence, locks }))
}

/// The frames of an event, serialised once for all who hear it.
fn frames(event: &LoggedEvent) -> Frames {
    let task = match &event.event {
        Event::ProcessingStatus { data, .. } => task_frame(&event.room, data),
        _ => None,
    };
    frame(&event.message()).into_iter().chain(task).collect()
}

/// In the room of a task, what programs that know tasks only expect.
fn task_frame(room: &Room, status: &ProcessingStatus) -> Option<Utf8Bytes> {
    matches!(room, Room::Task(_)).then(|| frame(&status.task_update())).flatten()
}

/// A message as text. None only for what can not be JSON, which no message is.
pub fn frame(message: &ServerMessage) -> Option<Utf8Bytes> {
    serde_json::to_string(message)
        .map(Utf8Bytes::from)
        .inspect_err(|error| tracing::error!(%error, "message lost"))
        .ok()
}
