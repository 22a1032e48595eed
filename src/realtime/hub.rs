//! The hub: takes what was committed, in whatever order the commits report, and gives it to each subscriber in the
//! order of the log. It keeps no events: when one is missing it reads the log.

use super::{
    EventLog, LogUnavailable, Mailbox, Publisher, lock,
    progress::{PAUSE, Throttle},
    room::{MAX_REPLAY, MemberId, RoomState, frame, replay},
};
use crate::domain::{
    events::{Event, LoggedEvent, ProcessingStatus, Room, ServerMessage, Subscribed},
    ids::InvoiceId,
    invoice::Position,
};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{runtime::Handle, sync::Notify, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Events read at once when a room is behind.
const CATCH_UP: i64 = 500;

/// Shared by everything in this process. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Shared>);

struct Shared {
    log: Arc<dyn EventLog>,
    rooms: Mutex<HashMap<Room, RoomState>>,
    throttle: Throttle,
    connections: AtomicUsize,
    /// Rung when a socket closes.
    closed: Notify,
    next_member: AtomicU64,
    runtime: Handle,
    /// Tells connections of this process from those of others.
    node: String,
}

impl Hub {
    /// Must be called inside a tokio runtime: what is late or missing is fetched in its background.
    pub fn new(log: Arc<dyn EventLog>) -> Hub {
        Hub(Arc::new(Shared {
            log,
            rooms: Mutex::default(),
            throttle: Throttle::default(),
            connections: AtomicUsize::new(0),
            closed: Notify::new(),
            next_member: AtomicU64::new(0),
            runtime: Handle::current(),
            node: Uuid::now_v7().simple().to_string(),
        }))
    }

    /// Sockets open now.
    pub fn connections(&self) -> usize {
        self.0.connections.load(Ordering::Relaxed)
    }

    /// Sockets of this process in a room.
    pub fn listeners(&self, room: &Room) -> usize {
        lock(&self.0.rooms).get(room).map_or(0, RoomState::members)
    }

    /// Waits until no socket is open, for the end of the program.
    pub async fn emptied(&self) {
        loop {
            let closed = self.0.closed.notified();
            if self.connections() == 0 {
                return;
            }
            closed.await;
        }
    }

    /// The log's epoch.
    pub async fn epoch(&self) -> Result<String, LogUnavailable> {
        Ok(self.0.log.read(&Room::All, None, 0).await?.top.epoch)
    }

    /// A new socket. It counts until it is dropped.
    pub fn connect(&self) -> Connection {
        self.0.connections.fetch_add(1, Ordering::Relaxed);
        metrics::gauge!("ap_intake_sockets").increment(1.0);
        Connection {
            hub: self.clone(),
            id: self.0.next_member.fetch_add(1, Ordering::Relaxed),
            mailbox: Arc::default(),
            rooms: HashSet::new(),
        }
    }

    /// Looks at the log each `every`. Runs until `stop`.
    pub async fn watch(self, every: Duration, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            self.look().await;
        }
    }

    /// Looks at the log for what nobody told: events of another process, or of a request that was dropped between its
    /// commit and its report; and whether it is still the same log.
    pub async fn look(&self) {
        let rooms: Vec<Room> = {
            let rooms = lock(&self.0.rooms);
            rooms.iter().filter(|(_, state)| state.last().is_some()).map(|(room, _)| room.clone()).collect()
        };
        if rooms.is_empty() {
            return;
        }
        // When the log can not be read now, the next look will tell.
        let Ok(tops) = self.0.log.tops(&rooms).await else { return };
        for room in rooms {
            self.with_room(&room, |state| state.stands_at(&room, &tops.of(&room)));
        }
    }

    /// Does something to a room that has members, and reads the log if the room is behind afterwards.
    fn with_room(&self, room: &Room, change: impl FnOnce(&mut RoomState)) {
        let mut rooms = lock(&self.0.rooms);
        let Some(state) = rooms.get_mut(room) else { return };
        change(state);
        if state.is_behind() && !state.catching_up {
            state.catching_up = true;
            self.0.runtime.spawn(self.clone().catch_up(room.clone()));
        }
    }

    /// Reads the log until the room is where the log is.
    async fn catch_up(self, room: Room) {
        loop {
            let Some(last) = lock(&self.0.rooms).get(&room).and_then(RoomState::last) else { break };
            let read = self.0.log.read(&room, Some(last), CATCH_UP).await;
            let mut rooms = lock(&self.0.rooms);
            let Some(state) = rooms.get_mut(&room) else { break };
            let Ok(read) = read else {
                // The next event, or the next look of `watch`, tries again.
                state.catching_up = false;
                break;
            };
            // An event that was told of and is not in the log is waited for, not asked for again and again: the next
            // event, or the next look, tries again.
            let went_on = state.catch_up(&room, &read);
            if !state.is_behind() || !went_on {
                state.catching_up = false;
                break;
            }
        }
    }

    fn leave(&self, room: &Room, member: MemberId) {
        let mut rooms = lock(&self.0.rooms);
        if let Some(state) = rooms.get_mut(room) {
            state.leave(member);
            if state.is_empty() {
                rooms.remove(room);
            }
        }
    }

    /// Sends the percentage that `next` gives, if any. It is asked under the lock of the rooms, so that no milestone
    /// comes between the question and the sending.
    fn send_progress(&self, next: impl FnOnce() -> Option<(InvoiceId, ProcessingStatus)>) -> bool {
        let rooms = lock(&self.0.rooms);
        let Some((invoice, status)) = next() else { return false };
        for room in rooms_of_progress(invoice, &status) {
            if let Some(state) = rooms.get(&room) {
                state.progress(&room, invoice, &status);
            }
        }
        true
    }
}

/// Where percentages are heard: the same rooms as milestones, but for the user's own.
fn rooms_of_progress(invoice: InvoiceId, status: &ProcessingStatus) -> [Room; 3] {
    [Room::Invoice(invoice), Room::Task(status.task_id), Room::All]
}

impl Publisher for Hub {
    fn publish(&self, events: Vec<LoggedEvent>) {
        for event in events {
            if let Event::ProcessingStatus { data, .. } = &event.event {
                self.0.throttle.overtaken(data.task_id);
            }
            self.with_room(&event.room, |state| state.offer(&event));
        }
    }

    fn progress(&self, invoice: InvoiceId, status: ProcessingStatus) {
        let task = status.task_id;
        if !self.send_progress(|| self.0.throttle.admit((invoice, status))) {
            return;
        }
        let hub = self.clone();
        self.0.runtime.spawn(async move {
            tokio::time::sleep(PAUSE).await;
            while hub.send_progress(|| hub.0.throttle.rested(task)) {
                tokio::time::sleep(PAUSE).await;
            }
        });
    }
}

/// One socket's place in the hub. Dropped, it leaves its rooms.
pub struct Connection {
    hub: Hub,
    id: MemberId,
    mailbox: Arc<Mailbox>,
    rooms: HashSet<Room>,
}

impl Connection {
    /// What it is called where others see it.
    pub fn name(&self) -> String {
        format!("{}-{}", self.hub.0.node, self.id)
    }

    /// What waits to be sent.
    pub fn mailbox(&self) -> &Arc<Mailbox> {
        &self.mailbox
    }

    /// Number of rooms it is in.
    pub fn rooms(&self) -> usize {
        self.rooms.len()
    }

    /// Whether it is in this room.
    pub fn hears(&self, room: &Room) -> bool {
        self.rooms.contains(room)
    }

    /// Enters a room, or enters it anew. `subscribed` goes into the mailbox, then what came after `from`, then the live
    /// events, without a gap or a copy between them. The caller has authorised it.
    pub async fn subscribe(&mut self, room: &Room, from: Option<&Position>) -> Result<(), LogUnavailable> {
        // In this order: whatever is committed after the log was read is held back for us.
        lock(&self.hub.0.rooms).entry(room.clone()).or_default().hold(self.id, &self.mailbox);
        self.rooms.insert(room.clone());
        let after = from.map(|from| from.offset.max(0));
        let read = match self.hub.0.log.read(room, after, MAX_REPLAY as i64 + 1).await {
            Ok(read) => read,
            Err(error) => {
                self.unsubscribe(room);
                return Err(error);
            }
        };
        let (recovered, events) = replay(from, &read);
        let Position { epoch, offset } = read.top.clone();
        let subscribed = ServerMessage::Subscribed(Subscribed {
            room: room.clone(),
            epoch,
            offset,
            recovered,
            presence: Vec::new(),
            locks: Vec::new(),
        });
        let frames = frame(&subscribed).into_iter().chain(events).collect();
        self.hub.with_room(room, |state| state.release(self.id, room, &read.top, frames));
        Ok(())
    }

    /// Leaves a room.
    pub fn unsubscribe(&mut self, room: &Room) {
        if self.rooms.remove(room) {
            self.hub.leave(room, self.id);
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        for room in std::mem::take(&mut self.rooms) {
            self.hub.leave(&room, self.id);
        }
        self.hub.0.connections.fetch_sub(1, Ordering::Relaxed);
        self.hub.0.closed.notify_waiters();
        metrics::gauge!("ap_intake_sockets").decrement(1.0);
    }
}
