//! The hub: takes what was committed, in whatever order the commits report, and gives it to each subscriber in the
//! order of the log. When one is missing it reads the log; it keeps only what those who come back soon have missed.
//! Who is there: `hub/company.rs`.

mod company;

use super::{
    EventLog, LogUnavailable, Mailbox, Publisher,
    bus::{Alone, Bus, Control, Told, Word},
    lock,
    progress::{PAUSE, Throttle},
    registry::{Card, Registry},
    room::{Here, MAX_REPLAY, MemberId, RoomState, replay},
};
use crate::db::now_ms;
use crate::domain::{
    connections::{HeardRoom, OpenSockets},
    events::{Event, LoggedEvent, ProcessingStatus, Room, SystemMessage, presence::Lock},
    ids::InvoiceId,
    invoice::Position,
};
use company::Company;
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    runtime::Handle,
    sync::{Notify, Semaphore},
    time::MissedTickBehavior,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Events read at once when a room is behind.
const CATCH_UP: i64 = 500;
/// Subscribers for whom the log is read at the same time. Of many who come at once, most then find what the first ones
/// read.
const READERS: usize = 4;

/// Shared by everything in this process. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Shared>);

struct Shared {
    log: Arc<dyn EventLog>,
    bus: Arc<dyn Bus>,
    /// Rung when another server has work.
    work: OnceLock<Arc<Notify>>,
    rooms: Mutex<HashMap<Room, RoomState>>,
    /// Turns to read the log for a subscriber.
    readers: Semaphore,
    /// Locked after `rooms` where both are.
    company: Mutex<Company>,
    throttle: Throttle,
    connections: AtomicUsize,
    registry: Registry,
    /// The log could be read when it was last looked at.
    well: AtomicBool,
    /// Rung when a socket closes.
    closed: Notify,
    next_member: AtomicU64,
    runtime: Handle,
    /// Tells connections of this process from those of others.
    node: String,
}

impl Hub {
    /// The hub of one server alone. Must be called inside a tokio runtime: what is late or missing is fetched in its
    /// background.
    pub fn new(log: Arc<dyn EventLog>) -> Hub {
        Hub::with_bus(log, Arc::new(Alone))
    }

    /// The hub of a server among others, which `bus` tells.
    pub fn with_bus(log: Arc<dyn EventLog>, bus: Arc<dyn Bus>) -> Hub {
        Hub(Arc::new(Shared {
            log,
            bus,
            work: OnceLock::new(),
            rooms: Mutex::default(),
            readers: Semaphore::new(READERS),
            company: Mutex::default(),
            throttle: Throttle::default(),
            connections: AtomicUsize::new(0),
            registry: Registry::default(),
            well: AtomicBool::new(true),
            closed: Notify::new(),
            next_member: AtomicU64::new(0),
            runtime: Handle::current(),
            node: Uuid::now_v7().simple().to_string()[20..].to_owned(),
        }))
    }

    /// What to ring when another server has work. The first one stays.
    pub fn ring_for_work(&self, work: Arc<Notify>) {
        _ = self.0.work.set(work);
    }

    /// Takes what another server told.
    pub fn heard(&self, told: Told) {
        if told.node == self.0.node {
            return;
        }
        for word in told.words {
            match word {
                Word::Wake(rooms) => {
                    for (room, offset) in rooms {
                        self.with_room(&room, |state| state.announce(offset));
                    }
                }
                Word::Progress(invoice, status) => self.tell_progress(invoice, &status),
                Word::Work => {
                    if let Some(work) = self.0.work.get() {
                        work.notify_one();
                    }
                }
                Word::Control(control) => _ = self.obey(control),
                Word::Presence(changes) => self.presence_remote(&told.node, &changes),
                Word::WhoIsThere => self.tell_all_present(),
                Word::Lock(lock) => self.tell_lock(&lock),
            }
        }
    }

    fn obey(&self, control: Control) -> bool {
        match control {
            Control::Close { connection } => self.0.registry.close(&connection),
            Control::Maintenance { message } => {
                self.0.registry.announce(message);
                true
            }
        }
    }

    /// What everybody is told; empty: nothing.
    pub fn maintenance(&self) -> String {
        self.0.registry.maintenance()
    }

    /// Asks the other servers who is there through them.
    pub fn ask_who_is_there(&self) {
        self.tell(Word::WhoIsThere);
    }

    /// Tells the other servers that this one lives, so that they do not count its people as gone.
    pub fn say_alive(&self) {
        self.tell(Word::Presence(Vec::new()));
    }

    fn tell(&self, word: Word) {
        self.0.bus.tell(&self.0.node, word);
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
        let known = lock(&self.0.rooms).get(&Room::All).and_then(RoomState::epoch).map(str::to_owned);
        if let Some(epoch) = known {
            return Ok(epoch);
        }
        Ok(self.0.log.read(&Room::All, None, 0).await?.top.epoch)
    }

    /// A new socket. It counts until it is dropped.
    pub fn connect(&self) -> Connection {
        self.0.connections.fetch_add(1, Ordering::Relaxed);
        metrics::gauge!("ap_intake_sockets").increment(1.0);
        let id = self.0.next_member.fetch_add(1, Ordering::Relaxed);
        let mailbox = Arc::<Mailbox>::default();
        let card = Arc::new(Card::new(format!("{}-{id}", self.0.node), mailbox.clone(), now_ms()));
        self.0.registry.add(id, card.clone());
        Connection { hub: self.clone(), id, mailbox, card, rooms: HashSet::new(), full: false, is_present: false }
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
        let tops = self.0.log.tops(&rooms).await;
        self.is_well(tops.is_ok());
        // When the log can not be read now, the next look will tell.
        let Ok(tops) = tops else { return };
        for room in rooms {
            self.with_room(&room, |state| state.stands_at(&room, &tops.of(&room)));
        }
    }

    /// Tells everybody when changes begin or cease to come through.
    fn is_well(&self, well: bool) {
        if self.0.well.swap(well, Ordering::Relaxed) != well {
            let message = if well { "The database is back" } else { "The database does not answer: changes wait" };
            self.0.registry.tell(SystemMessage::Status { well, message: message.to_owned() });
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
            // Everybody comes back to the room of all, and finds there what was missed.
            if state.is_empty() && *room != Room::All {
                rooms.remove(room);
            }
        }
    }

    /// Sends the percentage that `next` gives, if any. It is asked under the lock of the rooms, so that no milestone
    /// comes between the question and the sending.
    fn send_progress(&self, next: impl FnOnce() -> Option<(InvoiceId, ProcessingStatus)>) -> bool {
        let rooms = lock(&self.0.rooms);
        let Some((invoice, status)) = next() else { return false };
        progress_in(&rooms, invoice, &status);
        drop(rooms);
        self.tell(Word::Progress(invoice, Box::new(status)));
        true
    }

    fn tell_progress(&self, invoice: InvoiceId, status: &ProcessingStatus) {
        progress_in(&lock(&self.0.rooms), invoice, status);
    }
}

fn progress_in(rooms: &HashMap<Room, RoomState>, invoice: InvoiceId, status: &ProcessingStatus) {
    for room in rooms_of_progress(invoice, status) {
        if let Some(state) = rooms.get(&room) {
            state.progress(&room, invoice, status);
        }
    }
}

/// Where percentages are heard: the same rooms as milestones, but for the user's own.
fn rooms_of_progress(invoice: InvoiceId, status: &ProcessingStatus) -> [Room; 3] {
    [Room::Invoice(invoice), Room::Task(status.task_id), Room::All]
}

impl Publisher for Hub {
    fn publish(&self, events: Vec<LoggedEvent>) {
        self.tell(Word::Wake(events.iter().map(|event| (event.room.clone(), event.offset)).collect()));
        for event in events {
            if let Event::ProcessingStatus { data, .. } = &event.event {
                self.0.throttle.overtaken(data.task_id);
            }
            self.with_room(&event.room, |state| state.offer(&event));
        }
    }

    fn work_waits(&self) {
        self.tell(Word::Work);
    }

    fn sockets(&self, limit: usize) -> OpenSockets {
        let mut places: HashMap<MemberId, Vec<HeardRoom>> = HashMap::new();
        for (room, state) in &*lock(&self.0.rooms) {
            for (member, offset, behind) in state.places() {
                places.entry(member).or_default().push(HeardRoom { room: room.clone(), offset, behind });
            }
        }
        let (total, sockets) = self.0.registry.list(limit, places);
        OpenSockets { node: self.0.node.clone(), total, sockets, maintenance: self.maintenance() }
    }

    fn control(&self, control: Control) -> bool {
        self.tell(Word::Control(control.clone()));
        self.obey(control)
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

    fn lock_changed(&self, lock: Lock) {
        self.tell_lock(&lock);
        self.tell(Word::Lock(lock));
    }
}

/// One socket's place in the hub. Dropped, it leaves its rooms.
pub struct Connection {
    hub: Hub,
    id: MemberId,
    mailbox: Arc<Mailbox>,
    card: Arc<Card>,
    rooms: HashSet<Room>,
    /// It said hello: it hears who is there.
    full: bool,
    /// It said where it is.
    is_present: bool,
}

impl Connection {
    /// What it is called where others see it.
    pub fn name(&self) -> &str {
        &self.card.connection
    }

    /// What administrators see of it.
    pub fn card(&self) -> &Card {
        &self.card
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
        if self.rejoin(room, from) {
            return Ok(());
        }
        let hub = self.hub.clone();
        let _turn = hub.0.readers.acquire().await.map_err(|_| LogUnavailable)?;
        if self.rejoin(room, from) {
            return Ok(());
        }
        // In this order: whatever is committed after the log was read is held back for us.
        lock(&hub.0.rooms).entry(room.clone()).or_default().hold(self.id, &self.mailbox, self.full);
        self.rooms.insert(room.clone());
        let after = from.map(|from| from.offset.max(0));
        let read = hub.0.log.read(room, after, MAX_REPLAY as i64 + 1).await;
        let locks = if self.full { hub.0.log.locks(room).await } else { Ok(Vec::new()) };
        let (read, locks) = match read.and_then(|read| Ok((read, locks?))) {
            Ok(found) => found,
            Err(error) => {
                self.unsubscribe(room);
                return Err(error);
            }
        };
        let missed = replay(from, &read);
        hub.with_room(room, |state| {
            // Under the lock of the rooms: whoever comes or goes from here on is told.
            let presence = if self.full { lock(&hub.0.company).presence.of(room) } else { Vec::new() };
            state.release(self.id, room, &read.top, missed, Here { presence, locks });
        });
        Ok(())
    }

    /// Enters a room without reading the log, where that is possible.
    fn rejoin(&mut self, room: &Room, from: Option<&Position>) -> bool {
        let Some(from) = from else { return false };
        // Who is there, and has the right of way, is read with the log.
        if self.full && matches!(room, Room::Invoice(_)) {
            return false;
        }
        let mut rooms = lock(&self.hub.0.rooms);
        let joined =
            rooms.get_mut(room).is_some_and(|state| state.rejoin(self.id, &self.mailbox, self.full, room, from));
        if joined {
            self.rooms.insert(room.clone());
        }
        joined
    }

    /// Leaves a room.
    pub fn unsubscribe(&mut self, room: &Room) {
        if self.rooms.remove(room) {
            self.hub.leave(room, self.id);
            self.not_present(room);
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        for room in std::mem::take(&mut self.rooms) {
            self.hub.leave(&room, self.id);
        }
        self.hub.0.registry.remove(self.id);
        self.dropped();
        self.hub.0.connections.fetch_sub(1, Ordering::Relaxed);
        self.hub.0.closed.notify_waiters();
        metrics::gauge!("ap_intake_sockets").decrement(1.0);
    }
}
