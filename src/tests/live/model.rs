//! Log, hub, socket and browser against each other under random cuts, delays, lost reports and old snapshots. Whatever
//! happens, a page holds every event of its room, in order and once, and in the end all of them.

use super::*;
use ap_intake::{
    domain::events::ClientMessage,
    realtime::{Hub, Publisher},
    ui::state::reducer::{Act, ListenerId, LiveEvent, Rooms},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, VecDeque};

#[derive(Clone, Debug)]
enum Step {
    /// A change is committed in this room.
    Commit(usize),
    /// One of the commits not yet reported is reported.
    Report(usize),
    /// One of them never is: its request was dropped.
    LoseReport(usize),
    Connect,
    Cut,
    /// So many frames travel down, and all messages up.
    Travel(usize),
    /// A page opens on a room with a snapshot this many events old.
    Open {
        room: usize,
        age: i64,
    },
    /// A page loads again; the answer was read this many events ago.
    Load {
        page: usize,
        age: i64,
    },
    Close(usize),
    /// A page loads, and the answer was read before the log was restored.
    LoadOld(usize),
    /// The server looks at the log.
    Look,
    /// The log is restored from a copy without its newest events. What was not reported is lost with them.
    Restore {
        lost: i64,
    },
    /// The server starts again.
    Restart,
    /// The log loses all but its newest events.
    Forget {
        room: usize,
        keep: i64,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..2_usize).prop_map(Step::Commit),
        4 => (0..8_usize).prop_map(Step::Report),
        1 => (0..8_usize).prop_map(Step::LoseReport),
        2 => Just(Step::Connect),
        1 => Just(Step::Cut),
        5 => (1..6_usize).prop_map(Step::Travel),
        2 => (0..2_usize, 0..5_i64).prop_map(|(room, age)| Step::Open { room, age }),
        2 => (0..4_usize, 0..4_i64).prop_map(|(page, age)| Step::Load { page, age }),
        1 => (0..4_usize).prop_map(Step::Close),
        1 => (0..2_usize, 0..3_i64).prop_map(|(room, keep)| Step::Forget { room, keep }),
        1 => (0..4_usize).prop_map(Step::LoadOld),
        2 => Just(Step::Look),
        1 => (0..6_i64).prop_map(|lost| Step::Restore { lost }),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..120)
}

/// What one page shows: everything up to an offset.
struct Page {
    room: Room,
    /// Its snapshot and the events applied to it reach to here.
    holds: i64,
    /// It was told to load again and has not yet.
    must_load: bool,
}

struct World {
    log: Arc<MemoryLog>,
    hub: Hub,
    rooms: [Room; 2],
    unreported: Vec<LoggedEvent>,
    epochs: u32,
    /// Where the rooms stood before the log was last restored.
    before: [Position; 2],
    connection: Option<Connection>,
    client: Rooms,
    up: VecDeque<ClientMessage>,
    pages: BTreeMap<ListenerId, Page>,
}

impl World {
    fn new() -> World {
        let log = MemoryLog::new();
        World {
            hub: Hub::new(log.clone()),
            log,
            rooms: [Room::All, Room::WorkItems],
            unreported: Vec::new(),
            epochs: 1,
            before: [position(0), position(0)],
            connection: None,
            client: Rooms::default(),
            up: VecDeque::new(),
            pages: BTreeMap::new(),
        }
    }

    async fn step(&mut self, step: Step) {
        match step {
            Step::Commit(room) => self.unreported.push(self.log.append(&self.rooms[room])),
            Step::Report(which) if !self.unreported.is_empty() => {
                let event = self.unreported.remove(which % self.unreported.len());
                self.hub.publish(vec![event]);
            }
            Step::LoseReport(which) if !self.unreported.is_empty() => {
                self.unreported.remove(which % self.unreported.len());
            }
            Step::Connect => self.connect(),
            Step::Cut => self.cut(),
            Step::Travel(frames) => self.travel(frames).await,
            Step::Open { room, age } => {
                let room = self.rooms[room].clone();
                let read = self.log.position(&room, age);
                let (id, acts) = self.client.join(&room, Some(read.clone()));
                self.pages.insert(id, Page { room, holds: read.offset, must_load: false });
                self.perform(acts);
            }
            Step::Load { page, age } => self.load(page, age),
            Step::LoadOld(page) => self.load_old(page),
            Step::Look => self.hub.look().await,
            Step::Restore { lost } => {
                self.before = self.rooms.clone().map(|room| self.log.position(&room, 0));
                self.epochs += 1;
                self.log.restore(&self.epochs.to_string(), lost);
                self.unreported.clear();
            }
            Step::Restart => {
                self.cut();
                self.hub = Hub::new(self.log.clone());
            }
            Step::Close(page) => {
                if let Some(id) = self.nth_page(page) {
                    let page = self.pages.remove(&id).unwrap();
                    let acts = self.client.leave(&page.room, id);
                    self.perform(acts);
                }
            }
            Step::Forget { room, keep } => {
                let room = &self.rooms[room];
                self.log.forget(room, self.log.top(room) - keep);
            }
            Step::Report(_) | Step::LoseReport(_) => {}
        }
        // What the hub does in its background, it may do now.
        tokio::task::yield_now().await;
    }

    fn nth_page(&self, page: usize) -> Option<ListenerId> {
        self.pages.keys().nth(page % self.pages.len().max(1)).copied()
    }

    /// The answer to a request for the page's data arrives, however old it is.
    fn load(&mut self, page: usize, age: i64) {
        let Some(id) = self.nth_page(page) else { return };
        let read = self.log.position(&self.pages[&id].room, age);
        self.loaded(id, read);
    }

    fn load_old(&mut self, page: usize) {
        let Some(id) = self.nth_page(page) else { return };
        let room = self.rooms.iter().position(|room| *room == self.pages[&id].room).unwrap();
        self.loaded(id, self.before[room].clone());
    }

    fn loaded(&mut self, id: ListenerId, read: Position) {
        let page = self.pages.get_mut(&id).unwrap();
        page.holds = read.offset;
        page.must_load = false;
        let acts = self.client.follow_from(&page.room.clone(), id, read);
        self.perform(acts);
    }

    fn connect(&mut self) {
        if self.connection.is_none() {
            self.connection = Some(self.hub.connect());
            let acts = self.client.opened();
            self.perform(acts);
        }
    }

    fn cut(&mut self) {
        self.connection = None;
        self.up.clear();
        self.client.closed();
    }

    async fn travel(&mut self, frames: usize) {
        let Some(connection) = &mut self.connection else { return };
        for message in self.up.drain(..) {
            match message {
                ClientMessage::Hello { resume, .. } => {
                    for room in resume {
                        let from = Position { epoch: room.epoch, offset: room.offset };
                        connection.subscribe(&room.room, Some(&from)).await.unwrap();
                    }
                }
                ClientMessage::Subscribe(subscription) => {
                    let room = subscription.target().unwrap();
                    let from = subscription.epoch.zip(subscription.offset);
                    let from = from.map(|(epoch, offset)| Position { epoch, offset });
                    connection.subscribe(&room, from.as_ref()).await.unwrap();
                }
                ClientMessage::Unsubscribe(subscription) => connection.unsubscribe(&subscription.target().unwrap()),
                other => panic!("unexpected: {other:?}"),
            }
        }
        let frames = connection.mailbox().take(frames, usize::MAX).unwrap();
        for message in frames.iter().flat_map(|frame| messages(frame).unwrap()) {
            let acts = self.client.receive(message);
            self.perform(acts);
        }
    }

    fn perform(&mut self, acts: Vec<Act>) {
        for act in acts {
            match act {
                Act::Send(message) => {
                    assert!(self.connection.is_some(), "sent without a socket: {message:?}");
                    self.up.push_back(message);
                }
                Act::Deliver { to, event } => to.into_iter().for_each(|id| self.heard(id, &event)),
                Act::Reconnect { .. } | Act::Stop | Act::Settle(_) => panic!("the server never asked for it"),
            }
        }
    }

    fn heard(&mut self, id: ListenerId, event: &LiveEvent) {
        let page = self.pages.get_mut(&id).expect("only those who listen hear");
        match event {
            LiveEvent::Reload => page.must_load = true,
            LiveEvent::Progress { offset: Some(offset), .. } => {
                // A page that must load again gets what comes after, and its answer will be no older than that.
                if !page.must_load {
                    assert_eq!(*offset, page.holds + 1, "in order, no gap, no copy");
                }
                page.holds = *offset;
            }
            other => panic!("unexpected: {other:?}"),
        }
    }

    /// Lets everything that is under way arrive, and every page that was told to load do so.
    async fn settle(&mut self) {
        self.connect();
        self.travel(usize::MAX).await;
        self.hub.look().await;
        for _ in 0..50 {
            while let Some(event) = self.unreported.pop() {
                self.hub.publish(vec![event]);
            }
            for room in self.rooms.clone() {
                self.hub.publish(vec![self.log.append(&room)]);
            }
            tokio::task::yield_now().await;
            self.travel(usize::MAX).await;
            let told: Vec<_> =
                self.pages.values().enumerate().filter(|(_, page)| page.must_load).map(|(nth, _)| nth).collect();
            told.into_iter().for_each(|nth| self.load(nth, 0));
        }
        // The last round: nothing new is committed, so everybody arrives at the top.
        for _ in 0..5 {
            self.travel(usize::MAX).await;
            tokio::task::yield_now().await;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
    #[test]
    fn nothing_is_lost_unseen(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new();
            for step in steps {
                world.step(step).await;
            }
            world.settle().await;
            for page in world.pages.values() {
                assert!(!page.must_load);
                assert_eq!(page.holds, world.log.top(&page.room), "everything arrived in the end");
            }
        });
    }
}
