//! What waits to be sent on one socket. Bounded: a reader too slow for its events is sent away and comes back with
//! replay; progress is overwritten, so it never piles up.

use super::{lock, pace::Pacer};
use crate::domain::{
    events::{Bye, Room, ServerMessage},
    ids::TaskId,
};
use axum::extract::ws::Utf8Bytes;
use std::{
    collections::{BTreeMap, VecDeque},
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, OnceLock, Weak},
    task::{Poll, Waker},
};

/// Bytes of events that may wait on one socket.
pub const MAX_WAITING: usize = 1024 * 1024;
/// Messages and bytes of one batch. As much does not wait for more.
pub const BATCH: usize = 64;
pub const BATCH_BYTES: usize = 32 * 1024;

/// Why the server closes a socket. Sent as `bye`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Farewell {
    /// More events waited than [`MAX_WAITING`].
    Slow,
    /// The server stops; another one will answer.
    Shutdown,
    /// The session ended, or its rights do not reach this far any more.
    SignedOut,
    /// Too many messages for too long.
    Flood,
    /// Nothing was heard after a ping.
    Silent,
    /// An administrator closed it.
    Closed,
}

impl Farewell {
    /// The message, with how long to wait before coming back; `spread` from 0 to 1 keeps clients from coming all at once.
    pub fn message(self, spread: f32) -> ServerMessage {
        let (code, after_ms) = match self {
            Farewell::Slow => ("slow", Some(0)),
            Farewell::Shutdown => ("shutdown", Some(500 + (2500.0 * spread.clamp(0.0, 1.0)) as u32)),
            Farewell::SignedOut => ("signed_out", None),
            Farewell::Flood => ("flood", Some(30_000)),
            Farewell::Silent => ("silent", Some(0)),
            Farewell::Closed => ("closed", Some(2_000)),
        };
        ServerMessage::Bye(Bye { code: code.to_owned(), reconnect: after_ms.is_some(), after_ms })
    }
}

#[derive(Default)]
struct Lanes {
    control: VecDeque<Utf8Bytes>,
    results: VecDeque<Utf8Bytes>,
    /// Each with the bytes it counts for: nothing for a replay, which is bounded where it is read.
    events: VecDeque<(Utf8Bytes, usize)>,
    /// Sum of those bytes.
    waiting: usize,
    progress: BTreeMap<(TaskId, Room), Vec<Utf8Bytes>>,
    /// By room and connection.
    cursors: BTreeMap<(Room, String), Utf8Bytes>,
    farewell: Option<Farewell>,
    /// It rang and the reader has not come yet.
    filled: bool,
    /// Who waits for it to ring.
    reader: Option<Waker>,
    /// Something went out a moment ago: what comes now is gathered, and the pacer rings.
    resting: bool,
}

/// The lanes of one socket: answers before results before events before progress before cursors.
#[derive(Default)]
pub struct Mailbox {
    lanes: Mutex<Lanes>,
    /// Set where events are gathered, with the mailbox itself for the pacer's list.
    pacer: OnceLock<(Arc<Pacer>, Weak<Mailbox>)>,
}

impl Mailbox {
    /// From now on events that follow one another closely are gathered before it rings.
    pub fn gather(self: &Arc<Self>, pacer: &Arc<Pacer>) {
        self.pacer.get_or_init(|| (pacer.clone(), Arc::downgrade(self)));
    }

    /// An answer to the client's own message.
    pub fn control(&self, frame: Utf8Bytes) {
        let mut lanes = lock(&self.lanes);
        lanes.control.push_back(frame);
        ring(lanes);
    }

    /// What became of a change that the client sent.
    pub fn result(&self, frame: Utf8Bytes) {
        let mut lanes = lock(&self.lanes);
        lanes.results.push_back(frame);
        ring(lanes);
    }

    /// Events read from the log for this socket alone, in order with the live ones.
    pub fn replay(&self, frames: impl IntoIterator<Item = Utf8Bytes>) {
        let mut lanes = lock(&self.lanes);
        lanes.events.extend(frames.into_iter().map(|frame| (frame, 0)));
        ring(lanes);
    }

    /// A live event, shared with other sockets.
    pub fn event(&self, frame: Utf8Bytes) {
        let mut lanes = lock(&self.lanes);
        if lanes.waiting + frame.len() > MAX_WAITING {
            lanes.farewell.get_or_insert(Farewell::Slow);
            lanes.events.clear();
            lanes.progress.clear();
            lanes.cursors.clear();
            return ring(lanes);
        }
        lanes.waiting += frame.len();
        let size = frame.len();
        lanes.events.push_back((frame, size));
        self.ring_in_time(lanes);
    }

    /// How far a task is; takes the place of what waited for it.
    pub fn progress(&self, room: &Room, task: TaskId, frames: Vec<Utf8Bytes>) {
        let mut lanes = lock(&self.lanes);
        lanes.progress.insert((task, room.clone()), frames);
        self.ring_in_time(lanes);
    }

    /// A milestone of the task goes out: older progress would step back behind it.
    pub fn forget_progress(&self, room: &Room, task: TaskId) {
        let mut lanes = lock(&self.lanes);
        if !lanes.progress.is_empty() {
            lanes.progress.remove(&(task, room.clone()));
        }
    }

    /// Where somebody is; takes the place of what waited for that connection.
    pub fn cursor(&self, room: &Room, connection: &str, frame: Utf8Bytes) {
        let mut lanes = lock(&self.lanes);
        lanes.cursors.insert((room.clone(), connection.to_owned()), frame);
        self.ring_in_time(lanes);
    }

    /// These connections leave the room: what waits of them would bring them back.
    pub fn forget_cursors(&self, room: &Room, connections: &[String]) {
        let mut lanes = lock(&self.lanes);
        for connection in connections {
            lanes.cursors.remove(&(room.clone(), connection.clone()));
        }
    }

    /// Nothing more goes out but a `bye`.
    pub fn close(&self, farewell: Farewell) {
        let mut lanes = lock(&self.lanes);
        lanes.farewell.get_or_insert(farewell);
        ring(lanes);
    }

    /// Rings at once after a quiet time or when much waits; otherwise the pacer rings in a moment.
    fn ring_in_time(&self, mut lanes: MutexGuard<'_, Lanes>) {
        if let Some((pacer, me)) = self.pacer.get() {
            if lanes.resting && !lanes.is_much() {
                return;
            }
            if !lanes.resting
                && let Some(me) = me.upgrade()
            {
                lanes.resting = true;
                pacer.rest(me);
            }
        }
        ring(lanes);
    }

    /// The pause is over: rings if something waits. Otherwise the rest is over too: false.
    pub(super) fn rested(&self) -> bool {
        let mut lanes = lock(&self.lanes);
        lanes.resting = lanes.next_len().is_some();
        let waits = lanes.resting;
        if waits {
            ring(lanes);
        }
        waits
    }

    /// Messages that wait to be sent, and their bytes.
    pub fn waiting(&self) -> (usize, usize) {
        let lanes = lock(&self.lanes);
        let frames = || lanes.control.iter().chain(&lanes.results).chain(lanes.events.iter().map(|(frame, _)| frame));
        let progress = || lanes.progress.values().flatten().chain(lanes.cursors.values());
        (frames().chain(progress()).count(), frames().chain(progress()).map(|frame| frame.len()).sum())
    }

    /// Waits until there is something to send.
    pub async fn filled(&self) {
        poll_fn(|context| {
            let mut lanes = lock(&self.lanes);
            if std::mem::take(&mut lanes.filled) {
                return Poll::Ready(());
            }
            match &mut lanes.reader {
                Some(reader) => reader.clone_from(context.waker()),
                none => *none = Some(context.waker().clone()),
            }
            Poll::Pending
        })
        .await;
    }

    /// The next frames in order, at most `count` and, after the first, at most `bytes`; or why to close instead.
    pub fn take(&self, count: usize, bytes: usize) -> Result<Vec<Utf8Bytes>, Farewell> {
        let mut lanes = lock(&self.lanes);
        if let Some(farewell) = lanes.farewell {
            return Err(farewell);
        }
        let mut taken = Vec::new();
        let mut size = 0;
        while taken.len() < count {
            let Some(next) = lanes.next_len() else { break };
            size += next;
            if !taken.is_empty() && size > bytes {
                break;
            }
            taken.extend(lanes.pop());
        }
        Ok(taken)
    }
}

/// Wakes whoever waits in [`Mailbox::filled`].
fn ring(mut lanes: MutexGuard<'_, Lanes>) {
    lanes.filled = true;
    let reader = lanes.reader.take();
    drop(lanes);
    if let Some(reader) = reader {
        reader.wake();
    }
}

impl Lanes {
    /// A batch is full.
    fn is_much(&self) -> bool {
        self.events.len() + self.progress.len() >= BATCH || self.waiting >= BATCH_BYTES
    }

    fn next_len(&self) -> Option<usize> {
        let first = self
            .control
            .front()
            .or_else(|| self.results.front())
            .or_else(|| self.events.front().map(|(frame, _)| frame));
        let late = || self.progress.values().flatten().chain(self.cursors.values()).next();
        first.or_else(late).map(|frame| frame.len())
    }

    fn pop(&mut self) -> Vec<Utf8Bytes> {
        if let Some(frame) = self.control.pop_front().or_else(|| self.results.pop_front()) {
            return vec![frame];
        }
        if let Some((frame, size)) = self.events.pop_front() {
            self.waiting = self.waiting.saturating_sub(size);
            return vec![frame];
        }
        if let Some((_, frames)) = self.progress.pop_first() {
            return frames;
        }
        self.cursors.pop_first().map(|(_, frame)| frame).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn frames(taken: Result<Vec<Utf8Bytes>, Farewell>) -> Vec<String> {
        taken.unwrap().iter().map(|frame| frame.as_str().to_owned()).collect()
    }

    #[test]
    fn answers_go_before_events_and_events_before_progress() {
        let mailbox = Mailbox::default();
        mailbox.progress(&Room::All, TaskId(Uuid::nil()), vec!["30 %".into()]);
        mailbox.event("event 1".into());
        mailbox.event("event 2".into());
        mailbox.control("answer".into());
        mailbox.progress(&Room::All, TaskId(Uuid::nil()), vec!["40 %".into()]);
        assert_eq!(frames(mailbox.take(64, 1 << 15)), ["answer", "event 1", "event 2", "40 %"]);
        assert_eq!(frames(mailbox.take(64, 1 << 15)), [""; 0]);
    }

    #[test]
    fn a_batch_keeps_to_its_count_and_its_bytes_but_is_never_empty() {
        let mailbox = Mailbox::default();
        for _ in 0..5 {
            mailbox.event("0123456789".into());
        }
        assert_eq!(mailbox.take(2, 1000).unwrap().len(), 2);
        assert_eq!(mailbox.take(9, 25).unwrap().len(), 2);
        assert_eq!(mailbox.take(9, 3).unwrap().len(), 1);
    }

    #[test]
    fn a_reader_too_slow_is_sent_away_and_what_it_read_counts_no_more() {
        let mailbox = Mailbox::default();
        let big: Utf8Bytes = "x".repeat(MAX_WAITING / 4).into();
        for _ in 0..4 {
            mailbox.event(big.clone());
        }
        assert_eq!(mailbox.take(1, 1).unwrap().len(), 1);
        mailbox.event(big.clone());
        assert_eq!(mailbox.take(1, 1).unwrap().len(), 1, "there was room again");
        mailbox.event(big.clone());
        mailbox.event(big);
        assert_eq!(mailbox.take(1, 1), Err(Farewell::Slow));
    }

    #[test]
    fn replayed_frames_do_not_count_as_slowness() {
        let mailbox = Mailbox::default();
        mailbox.replay((0..8).map(|_| Utf8Bytes::from("x".repeat(MAX_WAITING / 4))));
        mailbox.event("live".into());
        assert_eq!(mailbox.take(100, usize::MAX).unwrap().len(), 9);
    }

    #[test]
    fn a_milestone_removes_older_progress_of_its_task_only() {
        let (one, two) = (TaskId(Uuid::from_u128(1)), TaskId(Uuid::from_u128(2)));
        let mailbox = Mailbox::default();
        mailbox.progress(&Room::All, one, vec!["one".into()]);
        mailbox.progress(&Room::All, two, vec!["two".into()]);
        mailbox.forget_progress(&Room::All, one);
        assert_eq!(frames(mailbox.take(64, 1 << 15)), ["two"]);
    }

    #[test]
    fn cursors_go_last_and_only_the_newest_of_each_connection() {
        let mailbox = Mailbox::default();
        mailbox.cursor(&Room::All, "a", "a 1".into());
        mailbox.cursor(&Room::All, "b", "b 1".into());
        mailbox.cursor(&Room::All, "a", "a 2".into());
        mailbox.cursor(&Room::WorkItems, "a", "elsewhere".into());
        mailbox.progress(&Room::All, TaskId(Uuid::nil()), vec!["30 %".into()]);
        mailbox.forget_cursors(&Room::All, &["b".to_owned()]);
        mailbox.event("b left".into());
        assert_eq!(frames(mailbox.take(64, 1 << 15)).first().map(String::as_str), Some("b left"));
    }
}
