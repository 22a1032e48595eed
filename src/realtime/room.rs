//! One room of the hub: who is in it and what they have heard. Pure; the hub locks it and reads the log for it.

use super::{Farewell, LogRead, Mailbox};
use crate::domain::{
    events::{Event, LoggedEvent, ProcessingMessage, ProcessingStatus, Reset, Room, ServerMessage},
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
    held: Option<Vec<(i64, Vec<Utf8Bytes>)>>,
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
    /// The log is being read for this room.
    pub catching_up: bool,
}

impl RoomState {
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
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
    pub fn hold(&mut self, id: MemberId, mailbox: &Arc<Mailbox>) {
        self.members.insert(id, Member { mailbox: mailbox.clone(), seen: 0, held: Some(Vec::new()) });
    }

    pub fn leave(&mut self, id: MemberId) {
        self.members.remove(&id);
    }

    /// Sends a socket its replay, which reaches to `top`, then what was held back, and goes on live. If its log is not
    /// the one that the others heard, they are told to load again.
    pub fn release(&mut self, id: MemberId, room: &Room, top: &Position, replay: Vec<Utf8Bytes>) {
        if self.last.is_none() {
            (self.last, self.epoch) = (Some(top.offset), top.epoch.clone());
        } else if self.epoch != top.epoch {
            self.reset(room, top);
        }
        let Some(member) = self.members.get_mut(&id) else { return };
        member.seen = top.offset;
        member.mailbox.replay(replay);
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
    fn announce(&mut self, offset: i64) {
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

/// What a client that was at `from` is sent, and whether that is everything it missed.
pub fn replay(from: Option<&Position>, read: &LogRead) -> (bool, Vec<Utf8Bytes>) {
    let Some(from) = from else { return (true, Vec::new()) };
    let top = read.top.offset;
    let possible = from.epoch == read.top.epoch && (0..=top).contains(&from.offset);
    let whole = read.events.len() <= MAX_REPLAY
        && read.events.iter().zip(from.offset + 1..).all(|(event, offset)| event.offset == offset)
        && from.offset + read.events.len() as i64 == top;
    if !possible || !whole {
        return (false, Vec::new());
    }
    let frames: Vec<_> = read.events.iter().flat_map(frames).collect();
    let bytes: usize = frames.iter().map(|frame| frame.len()).sum();
    if bytes > MAX_REPLAY_BYTES { (false, Vec::new()) } else { (true, frames) }
}

/// The frames of an event, serialised once for all who hear it.
fn frames(event: &LoggedEvent) -> Vec<Utf8Bytes> {
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
