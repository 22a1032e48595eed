//! Who is in which room, as a pure state machine: the caller passes the time in and sends on what it is told. A person's
//! connections are kept apart; whoever shows them groups them.
//!
//! A connection of this server lives while it is heard. One that dropped is kept for a while: a page that is loaded again
//! comes back within it, and its return and the leave of the old connection are told in one message. Connections of
//! other servers live while their server is heard.

use crate::domain::events::{PresenceChange, Present, Room};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::Duration,
};
use tokio::time::Instant;

/// A connection that was not heard for this long is not there: with the beat of the watch, nobody sees it after 30 s.
/// Pings make a healthy one heard each 25 s.
pub const CONNECTION_LEASE: Duration = Duration::from_millis(29_500);
/// The same for another server and all who are there through it.
pub const NODE_LEASE: Duration = Duration::from_secs(15);
/// A connection that dropped has this long to be followed by another one of the same person.
pub const GRACE: Duration = Duration::from_secs(5);

/// What came of something, for the members of the rooms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Who came and who went: to be told in order.
    pub changes: Vec<PresenceChange>,
    /// Whose state is another now, by room and connection: only the newest counts.
    pub moved: Vec<(Room, String)>,
}

impl Told {
    fn joined(room: &Room, present: Present, leaves: Vec<String>) -> Told {
        Told { changes: vec![PresenceChange { room: room.clone(), joins: vec![present], leaves }], ..Told::default() }
    }

    fn moved(room: &Room, connection: &str) -> Told {
        Told { moved: vec![(room.clone(), connection.to_owned())], ..Told::default() }
    }

    fn and(&mut self, more: Told) {
        self.changes.extend(more.changes);
        self.moved.extend(more.moved);
    }
}

struct Entry {
    present: Present,
    /// The server it is there through; None: this one.
    node: Option<String>,
    /// Its lease ran out: nobody sees it until it is heard again.
    silent: bool,
}

/// A connection of this server that is in a room.
struct Life {
    rooms: BTreeSet<Room>,
    heard: Instant,
    /// When it dropped.
    dropped: Option<Instant>,
}

#[derive(Default)]
pub struct Presence {
    /// By connection, so that the order is the same for everybody.
    rooms: HashMap<Room, BTreeMap<String, Entry>>,
    connections: HashMap<String, Life>,
    /// When each other server was heard.
    nodes: HashMap<String, Instant>,
}

impl Presence {
    pub fn is_empty(&self) -> bool {
        self.rooms.is_empty() && self.nodes.is_empty()
    }

    /// Who is in a room.
    pub fn of(&self, room: &Room) -> Vec<Present> {
        let entries = self.rooms.get(room).into_iter().flat_map(BTreeMap::values);
        entries.filter(|entry| !entry.silent).map(|entry| entry.present.clone()).collect()
    }

    /// One connection in a room.
    pub fn one(&self, room: &Room, connection: &str) -> Option<&Present> {
        let entry = self.rooms.get(room)?.get(connection)?;
        (!entry.silent).then_some(&entry.present)
    }

    /// A connection of this server comes into a room, or its state is another. A clock that is not higher than the last
    /// is passed over.
    pub fn update(&mut self, room: &Room, present: Present, now: Instant) -> Told {
        let mut told = self.heard(&present.connection, now);
        let life = self.connections.entry(present.connection.clone());
        let life = life.or_insert_with(|| Life { rooms: BTreeSet::new(), heard: now, dropped: None });
        life.rooms.insert(room.clone());
        told.and(self.put(room, present, None));
        told
    }

    /// A connection of this server says that it left a room: nobody waits for it.
    pub fn leave(&mut self, room: &Room, connection: &str) -> Told {
        if let Some(life) = self.connections.get_mut(connection) {
            life.rooms.remove(room);
            if life.rooms.is_empty() {
                self.connections.remove(connection);
            }
        }
        self.take_out(room, &[connection])
    }

    /// A connection of this server is gone. [`Presence::sweep`] tells it after [`GRACE`].
    pub fn dropped(&mut self, connection: &str, now: Instant) {
        if let Some(life) = self.connections.get_mut(connection) {
            life.dropped.get_or_insert(now);
        }
    }

    /// A frame of a connection of this server came. One that was thought dead is there again.
    pub fn heard(&mut self, connection: &str, now: Instant) -> Told {
        let mut told = Told::default();
        let Some(life) = self.connections.get_mut(connection) else { return told };
        (life.heard, life.dropped) = (now, None);
        for room in &life.rooms {
            let entry = self.rooms.get_mut(room).and_then(|entries| entries.get_mut(connection));
            if let Some(entry) = entry.filter(|entry| entry.silent) {
                entry.silent = false;
                told.and(Told::joined(room, entry.present.clone(), Vec::new()));
            }
        }
        told
    }

    /// Takes out those whose time is over.
    pub fn sweep(&mut self, now: Instant) -> Told {
        let mut told = Told::default();
        let is_over = |since: Instant, lease| now.saturating_duration_since(since) >= lease;
        let over = |life: &Life| life.dropped.is_some_and(|at| is_over(at, GRACE));
        let gone: Vec<String> =
            self.connections.iter().filter(|(_, life)| over(life)).map(|(name, _)| name.clone()).collect();
        for connection in gone {
            let rooms = self.connections.remove(&connection).map(|life| life.rooms);
            for room in rooms.into_iter().flatten() {
                told.and(self.take_out(&room, &[&connection]));
            }
        }
        for (connection, life) in &self.connections {
            if is_over(life.heard, CONNECTION_LEASE) {
                for room in &life.rooms {
                    told.changes.extend(fall_silent(&mut self.rooms, room, connection));
                }
            }
        }
        let silent = self.nodes.iter().filter(|(_, heard)| is_over(**heard, NODE_LEASE));
        for node in silent.map(|(node, _)| node.clone()).collect::<Vec<_>>() {
            told.and(self.node_silent(&node));
        }
        told
    }

    /// All who are there through this server, for another one that starts.
    pub fn snapshot_local(&self) -> Vec<PresenceChange> {
        let mut whole = Vec::new();
        for (room, entries) in &self.rooms {
            let ours = entries.values().filter(|entry| entry.node.is_none() && !entry.silent);
            let joins: Vec<Present> = ours.map(|entry| entry.present.clone()).collect();
            if !joins.is_empty() {
                whole.push(PresenceChange { room: room.clone(), joins, leaves: Vec::new() });
            }
        }
        whole
    }

    /// What another server tells of its connections; nothing at all says that it lives.
    pub fn apply_remote(&mut self, node: &str, changes: &[PresenceChange], now: Instant) -> Told {
        self.nodes.insert(node.to_owned(), now);
        let mut told = Told::default();
        for PresenceChange { room, joins, leaves } in changes {
            // Those who come first: the leave of a person's old connection is then never told before the new one.
            for present in joins {
                told.and(self.put(room, present.clone(), Some(node)));
            }
            let theirs = leaves.iter().filter(|connection| self.is_of(room, connection, node));
            let theirs: Vec<&str> = theirs.map(String::as_str).collect();
            told.and(self.take_out(room, &theirs));
        }
        told
    }

    /// All who are there through another server; whoever else was thought to be is not.
    pub fn merge_remote(&mut self, node: &str, entries: &[PresenceChange], now: Instant) -> Told {
        let mut told = self.apply_remote(node, entries, now);
        let named: HashSet<(&Room, &str)> = entries
            .iter()
            .flat_map(|change| change.joins.iter().map(|present| (&change.room, present.connection.as_str())))
            .collect();
        told.and(self.take_out_of_node(node, |room, connection| !named.contains(&(room, connection))));
        told
    }

    /// Another server is gone, and all who were there through it.
    pub fn node_silent(&mut self, node: &str) -> Told {
        self.nodes.remove(node);
        self.take_out_of_node(node, |_, _| true)
    }

    fn put(&mut self, room: &Room, present: Present, node: Option<&str>) -> Told {
        let entries = self.rooms.entry(room.clone()).or_default();
        if let Some(known) = entries.get_mut(&present.connection) {
            if known.node.as_deref() != node || present.clock <= known.present.clock {
                return Told::default();
            }
            let connection = present.connection.clone();
            let same = known.present.state == present.state;
            known.present = present;
            return if same { Told::default() } else { Told::moved(room, &connection) };
        }
        let entry = Entry { present: present.clone(), node: node.map(str::to_owned), silent: false };
        entries.insert(present.connection.clone(), entry);
        let leaves = self.replaced_by(room, &present);
        Told::joined(room, present, leaves)
    }

    /// The connections of the same person in the room that dropped: this one is their return. They are taken out.
    fn replaced_by(&mut self, room: &Room, present: &Present) -> Vec<String> {
        let Some(entries) = self.rooms.get_mut(room) else { return Vec::new() };
        let connections = &mut self.connections;
        let mut replaced = Vec::new();
        entries.retain(|connection, entry| {
            let life = connections.get_mut(connection).filter(|life| life.dropped.is_some());
            let Some(life) = life.filter(|_| entry.present.user == present.user) else { return true };
            life.rooms.remove(room);
            if life.rooms.is_empty() {
                connections.remove(connection);
            }
            if !entry.silent {
                replaced.push(connection.clone());
            }
            false
        });
        replaced
    }

    fn is_of(&self, room: &Room, connection: &str, node: &str) -> bool {
        let entry = self.rooms.get(room).and_then(|entries| entries.get(connection));
        entry.is_some_and(|entry| entry.node.as_deref() == Some(node))
    }

    fn take_out_of_node(&mut self, node: &str, goes: impl Fn(&Room, &str) -> bool) -> Told {
        let mut told = Told::default();
        let mut gone: Vec<(Room, Vec<String>)> = Vec::new();
        for (room, entries) in &self.rooms {
            let theirs = entries.iter().filter(|(_, entry)| entry.node.as_deref() == Some(node));
            let leaves: Vec<String> =
                theirs.map(|(connection, _)| connection.clone()).filter(|connection| goes(room, connection)).collect();
            gone.push((room.clone(), leaves));
        }
        for (room, leaves) in gone {
            told.and(self.take_out(&room, &leaves.iter().map(String::as_str).collect::<Vec<_>>()));
        }
        told
    }

    /// Removes connections from a room and tells of those that were seen.
    fn take_out(&mut self, room: &Room, connections: &[&str]) -> Told {
        let Some(entries) = self.rooms.get_mut(room) else { return Told::default() };
        let mut leaves = Vec::new();
        for connection in connections {
            if entries.remove(*connection).is_some_and(|entry| !entry.silent) {
                leaves.push((*connection).to_owned());
            }
        }
        if entries.is_empty() {
            self.rooms.remove(room);
        }
        if leaves.is_empty() {
            return Told::default();
        }
        Told { changes: vec![PresenceChange { room: room.clone(), joins: Vec::new(), leaves }], ..Told::default() }
    }
}

/// Hides a connection until it is heard again.
fn fall_silent(
    rooms: &mut HashMap<Room, BTreeMap<String, Entry>>,
    room: &Room,
    connection: &str,
) -> Option<PresenceChange> {
    let entry = rooms.get_mut(room)?.get_mut(connection).filter(|entry| !entry.silent)?;
    entry.silent = true;
    Some(PresenceChange { room: room.clone(), joins: Vec::new(), leaves: vec![connection.to_owned()] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        events::{Cursor, PresenceState},
        ids::{InvoiceId, UserId},
    };
    use proptest::prelude::*;
    use uuid::Uuid;

    fn room(number: u128) -> Room {
        Room::Invoice(InvoiceId(Uuid::from_u128(number)))
    }

    fn person(connection: &str, user: u128, clock: u32) -> Present {
        let cursor = Some(Cursor { page: 1, x: clock as u16, y: 0 });
        Present {
            connection: connection.to_owned(),
            user: UserId(Uuid::from_u128(user)),
            name: "Rita Reviewer".to_owned(),
            clock,
            state: PresenceState { cursor, ..PresenceState::default() },
        }
    }

    fn names(presence: &Presence, room: &Room) -> Vec<String> {
        presence.of(room).into_iter().map(|present| present.connection).collect()
    }

    fn leaves(told: &Told) -> Vec<&str> {
        told.changes.iter().flat_map(|change| change.leaves.iter().map(String::as_str)).collect()
    }

    fn joins(told: &Told) -> Vec<&str> {
        told.changes.iter().flat_map(|change| change.joins.iter().map(|join| join.connection.as_str())).collect()
    }

    #[test]
    fn who_comes_is_told_once_and_then_moves() {
        let (mut presence, now) = (Presence::default(), Instant::now());
        assert_eq!(joins(&presence.update(&room(1), person("a", 1, 1), now)), ["a"]);
        assert_eq!(presence.update(&room(1), person("a", 1, 2), now), Told::moved(&room(1), "a"));
        assert_eq!(presence.update(&room(1), person("a", 1, 2), now), Told::default(), "an old clock");
        assert_eq!(presence.one(&room(1), "a"), Some(&person("a", 1, 2)));
        let standing = Present { state: person("a", 1, 2).state, ..person("a", 1, 3) };
        assert_eq!(presence.update(&room(1), standing, now), Told::default(), "the same state is no news");
    }

    #[test]
    fn who_says_so_leaves_at_once_and_who_drops_after_the_grace() {
        let (mut presence, now) = (Presence::default(), Instant::now());
        presence.update(&room(1), person("a", 1, 1), now);
        presence.update(&room(1), person("b", 2, 1), now);
        assert_eq!(leaves(&presence.leave(&room(1), "a")), ["a"]);
        presence.dropped("b", now);
        assert_eq!(presence.sweep(now + GRACE - Duration::from_millis(1)), Told::default());
        assert_eq!(names(&presence, &room(1)), ["b"]);
        assert_eq!(leaves(&presence.sweep(now + GRACE)), ["b"]);
        assert!(presence.is_empty() && presence.connections.is_empty());
    }

    #[test]
    fn a_page_loaded_again_comes_and_goes_in_one_message() {
        let (mut presence, now) = (Presence::default(), Instant::now());
        presence.update(&room(1), person("old", 1, 1), now);
        presence.update(&room(1), person("other tab", 1, 1), now);
        presence.update(&room(1), person("somebody", 2, 1), now);
        presence.dropped("old", now);
        presence.dropped("somebody", now);
        let told = presence.update(&room(1), person("new", 1, 1), now + Duration::from_secs(1));
        assert_eq!((told.changes.len(), joins(&told), leaves(&told)), (1, vec!["new"], vec!["old"]));
        assert_eq!(leaves(&presence.sweep(now + GRACE)), ["somebody"], "the old one is told once");
        assert_eq!(names(&presence, &room(1)), ["new", "other tab"]);
    }

    #[test]
    fn a_silent_connection_is_not_there_until_it_is_heard() {
        let (mut presence, now) = (Presence::default(), Instant::now());
        presence.update(&room(1), person("a", 1, 1), now);
        presence.heard("a", now + Duration::from_secs(10));
        assert_eq!(presence.sweep(now + CONNECTION_LEASE), Told::default());
        let late = now + Duration::from_secs(10) + CONNECTION_LEASE;
        assert_eq!(leaves(&presence.sweep(late)), ["a"]);
        assert_eq!(presence.sweep(late), Told::default());
        assert_eq!(names(&presence, &room(1)), [""; 0]);
        assert_eq!(presence.snapshot_local(), []);
        assert_eq!(joins(&presence.heard("a", late)), ["a"]);
        assert_eq!(names(&presence, &room(1)), ["a"]);
    }

    #[test]
    fn other_servers_tell_of_theirs_and_only_of_theirs() {
        let (mut presence, mut other, now) = (Presence::default(), Presence::default(), Instant::now());
        presence.update(&room(1), person("a", 1, 1), now);
        let told = other.update(&room(1), person("b", 2, 1), now);
        assert_eq!(joins(&presence.apply_remote("two", &told.changes, now)), ["b"]);
        let moved = PresenceChange { room: room(1), joins: vec![person("b", 2, 2)], leaves: vec!["a".to_owned()] };
        assert_eq!(presence.apply_remote("two", &[moved], now), Told::moved(&room(1), "b"), "`a` is not theirs");
        assert_eq!(presence.snapshot_local().len(), 1, "what others told is theirs to tell");
        let again = other.snapshot_local();
        assert_eq!(presence.merge_remote("two", &again, now), Told::default(), "older than what is known");
        assert_eq!(leaves(&presence.merge_remote("two", &[], now)), ["b"]);
        assert_eq!(names(&presence, &room(1)), ["a"]);
    }

    #[test]
    fn a_server_that_is_silent_takes_its_people_with_it() {
        let (mut presence, now) = (Presence::default(), Instant::now());
        let join = PresenceChange { room: room(1), joins: vec![person("b", 2, 1)], leaves: Vec::new() };
        presence.apply_remote("two", &[join], now);
        presence.apply_remote("two", &[], now + Duration::from_secs(10));
        assert_eq!(presence.sweep(now + NODE_LEASE), Told::default(), "a message without news is a sign of life");
        assert_eq!(leaves(&presence.sweep(now + Duration::from_secs(10) + NODE_LEASE)), ["b"]);
        assert!(presence.is_empty());
    }

    #[derive(Clone, Debug)]
    enum Step {
        Update { room: u128, connection: u8, clock: u32 },
        Leave { room: u128, connection: u8 },
        Drop { connection: u8 },
        Heard { connection: u8 },
        Remote { room: u128, connection: u8, clock: u32, leaves: bool },
        Merge { connections: Vec<u8> },
        NodeSilent,
        Wait { seconds: u64 },
    }

    fn step() -> impl Strategy<Value = Step> {
        let (room, connection, clock) = (0..3_u128, 0..6_u8, 0..9_u32);
        prop_oneof![
            4 => (room.clone(), connection.clone(), clock.clone())
                .prop_map(|(room, connection, clock)| Step::Update { room, connection, clock }),
            1 => (room.clone(), connection.clone()).prop_map(|(room, connection)| Step::Leave { room, connection }),
            2 => connection.clone().prop_map(|connection| Step::Drop { connection }),
            1 => connection.clone().prop_map(|connection| Step::Heard { connection }),
            2 => (room, connection.clone(), clock, any::<bool>())
                .prop_map(|(room, connection, clock, leaves)| Step::Remote { room, connection, clock, leaves }),
            1 => proptest::collection::vec(connection, 0..4).prop_map(|connections| Step::Merge { connections }),
            1 => Just(Step::NodeSilent),
            2 => (0..20_u64).prop_map(|seconds| Step::Wait { seconds }),
        ]
    }

    /// Two connections of each person.
    fn ours(connection: u8, clock: u32) -> Present {
        person(&format!("c{connection}"), u128::from(connection / 2), clock)
    }

    fn theirs(connection: u8, clock: u32) -> Present {
        person(&format!("remote{connection}"), u128::from(connection / 2), clock)
    }

    fn take(presence: &mut Presence, step: Step, now: &mut Instant) -> Told {
        let change = |room, joins, leaves| [PresenceChange { room, joins, leaves }];
        match step {
            Step::Update { room: at, connection, clock } => presence.update(&room(at), ours(connection, clock), *now),
            Step::Leave { room: at, connection } => presence.leave(&room(at), &ours(connection, 0).connection),
            Step::Drop { connection } => {
                presence.dropped(&ours(connection, 0).connection, *now);
                Told::default()
            }
            Step::Heard { connection } => presence.heard(&ours(connection, 0).connection, *now),
            Step::Remote { room: at, connection, clock, leaves: false } => {
                presence.apply_remote("two", &change(room(at), vec![theirs(connection, clock)], Vec::new()), *now)
            }
            Step::Remote { room: at, connection, leaves: true, .. } => {
                let leaves = vec![theirs(connection, 0).connection];
                presence.apply_remote("two", &change(room(at), Vec::new(), leaves), *now)
            }
            Step::Merge { connections } => {
                let joins = connections.into_iter().map(|connection| theirs(connection, 5)).collect();
                presence.merge_remote("two", &change(room(0), joins, Vec::new()), *now)
            }
            Step::NodeSilent => presence.node_silent("two"),
            Step::Wait { seconds } => {
                *now += Duration::from_secs(seconds);
                presence.sweep(*now)
            }
        }
    }

    proptest! {
        /// Whoever hears all that is told knows exactly who is there, and with which state.
        #[test]
        fn what_is_told_is_what_is_true(steps in proptest::collection::vec(step(), 0..80)) {
            let (mut presence, mut now) = (Presence::default(), Instant::now());
            let mut seen: HashMap<Room, BTreeMap<String, Present>> = HashMap::new();
            for step in steps {
                let told = take(&mut presence, step, &mut now);
                for change in told.changes {
                    let known = seen.entry(change.room).or_default();
                    for connection in &change.leaves {
                        prop_assert!(known.remove(connection).is_some(), "who leaves was there");
                    }
                    for join in change.joins {
                        prop_assert!(known.insert(join.connection.clone(), join).is_none(), "who joins was not there");
                    }
                }
                for (room, connection) in told.moved {
                    if let Some(present) = presence.one(&room, &connection) {
                        let known = seen.entry(room).or_default().insert(connection, present.clone());
                        prop_assert!(known.is_some(), "who moves was there");
                    }
                }
                for number in 0..3 {
                    let told: Vec<Present> =
                        seen.get(&room(number)).into_iter().flat_map(BTreeMap::values).cloned().collect();
                    let state = |present: &Present| (present.connection.clone(), present.state);
                    let there: Vec<_> = presence.of(&room(number)).iter().map(state).collect();
                    prop_assert_eq!(told.iter().map(state).collect::<Vec<_>>(), there);
                }
            }
        }

        /// Once everybody is gone and every lease is over, nothing is kept.
        #[test]
        fn nothing_is_left_behind(steps in proptest::collection::vec(step(), 0..60)) {
            let (mut presence, mut now) = (Presence::default(), Instant::now());
            for step in steps {
                take(&mut presence, step, &mut now);
            }
            for connection in 0..6 {
                presence.dropped(&ours(connection, 0).connection, now);
            }
            presence.sweep(now + CONNECTION_LEASE);
            prop_assert!(presence.is_empty() && presence.connections.is_empty() && presence.rooms.is_empty());
        }
    }
}
