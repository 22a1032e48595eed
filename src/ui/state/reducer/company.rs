//! Who else is in a room, as this tab knows it, and what it says of itself there: told again on each new socket.

use super::{Act, LiveEvent, Rooms, Tracker};
use crate::domain::{
    events::{ClientMessage, Lock, LockRequest, PresenceChange, PresenceState, PresenceUpdate, Present, Room},
    field::Field,
    ids::{InvoiceId, UserId},
};

/// All who are in a room, and who has the right of way on what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Company {
    /// Connections of other people.
    pub people: Vec<Present>,
    /// Fields that somebody else has.
    pub locks: Vec<Lock>,
}

/// What this tab knows of a room's company.
#[derive(Debug, Default)]
pub(super) struct Here {
    people: Vec<Present>,
    /// The newest of each field, free ones too: what comes late is then known to be old.
    locks: Vec<Lock>,
    /// The server let us in on this socket.
    entered: bool,
    /// Where this person is; None: not there.
    state: Option<PresenceState>,
    clock: u32,
    /// The field this person wants the right of way on.
    wanted: Option<Field>,
}

impl Here {
    /// Nothing of it is known any more; what this person does is.
    pub(super) fn forget(&mut self) {
        self.people.clear();
        self.locks.clear();
        self.entered = false;
    }

    fn company(&self, me: Option<UserId>) -> Company {
        let others = self.people.iter().filter(|present| Some(present.user) != me);
        let of_others = |lock: &&Lock| lock.holder.as_ref().is_some_and(|holder| Some(holder.user) != me);
        Company { people: others.cloned().collect(), locks: self.locks.iter().filter(of_others).cloned().collect() }
    }

    fn apply(&mut self, change: PresenceChange) {
        self.people.retain(|present| !change.leaves.contains(&present.connection));
        for join in change.joins {
            match self.people.iter_mut().find(|present| present.connection == join.connection) {
                Some(known) if known.clock < join.clock => *known = join,
                Some(_) => {}
                None => self.people.push(join),
            }
        }
    }

    /// False: it came late, something newer is known.
    fn take(&mut self, lock: &Lock) -> bool {
        match self.locks.iter_mut().find(|known| known.field == lock.field) {
            // A token is had once: given up, it does not come back.
            Some(known) if lock.token < known.token => false,
            Some(known) if lock.token == known.token && known.holder.is_none() => false,
            Some(known) => {
                *known = lock.clone();
                true
            }
            None => {
                self.locks.push(lock.clone());
                true
            }
        }
    }

    fn announcement(&mut self, room: &Room) -> Option<Act> {
        self.clock += 1;
        let update = PresenceUpdate { room: room.clone(), clock: self.clock, state: self.state };
        self.entered.then_some(Act::Send(ClientMessage::Presence(update)))
    }
}

impl Rooms {
    /// Who else is in a room.
    pub fn company(&self, room: &Room) -> Company {
        self.trackers.get(room).map(|tracker| tracker.here.company(self.me)).unwrap_or_default()
    }

    /// Says where this person is in a room that is listened to; None: not there any more.
    pub fn announce(&mut self, room: &Room, state: Option<PresenceState>) -> Vec<Act> {
        let Some(tracker) = self.trackers.get_mut(room).filter(|tracker| tracker.here.state != state) else {
            return Vec::new();
        };
        tracker.here.state = state;
        tracker.here.announcement(room).into_iter().collect()
    }

    /// Wants the right of way on one field of an invoice, or on none: what was had is given up.
    pub fn want(&mut self, invoice: InvoiceId, field: Option<Field>) -> Vec<Act> {
        let tracker = self.trackers.get_mut(&Room::Invoice(invoice)).filter(|tracker| tracker.here.wanted != field);
        let Some(Tracker { here, .. }) = tracker else { return Vec::new() };
        let before = std::mem::replace(&mut here.wanted, field);
        let entered = here.entered;
        let unlock = before.map(|field| ClientMessage::Unlock(LockRequest { invoice, field }));
        let lock = field.map(|field| ClientMessage::Lock(LockRequest { invoice, field }));
        [unlock, lock].into_iter().flatten().filter(|_| entered).map(Act::Send).collect()
    }

    /// Keeps what this person has for another lease.
    pub fn renew(&self, invoice: InvoiceId) -> Vec<Act> {
        let tracker = self.trackers.get(&Room::Invoice(invoice)).filter(|tracker| tracker.here.entered);
        let Some(field) = tracker.and_then(|tracker| tracker.here.wanted) else { return Vec::new() };
        let taken = self.company(&Room::Invoice(invoice)).locks.iter().any(|lock| lock.field == field);
        if taken { Vec::new() } else { vec![Act::Send(ClientMessage::Renew(LockRequest { invoice, field }))] }
    }

    /// The server let us in: what it tells of who is there is all of it, and it is told where this person is.
    pub(super) fn entered(&mut self, room: &Room, people: Vec<Present>, locks: Vec<Lock>) -> Vec<Act> {
        let Some(Tracker { here, .. }) = self.trackers.get_mut(room) else { return Vec::new() };
        let news = !(here.people.is_empty() && here.locks.is_empty() && people.is_empty() && locks.is_empty());
        (here.people, here.locks, here.entered) = (people, locks, true);
        let mut acts = Vec::new();
        if here.state.is_some() {
            acts.extend(here.announcement(room));
        }
        if let (Room::Invoice(invoice), Some(field)) = (room, here.wanted) {
            acts.push(Act::Send(ClientMessage::Lock(LockRequest { invoice: *invoice, field })));
        }
        if news {
            acts.extend(self.tell_company(room));
        }
        acts
    }

    pub(super) fn presence_changed(&mut self, change: PresenceChange) -> Vec<Act> {
        let room = change.room.clone();
        let Some(tracker) = self.trackers.get_mut(&room) else { return Vec::new() };
        tracker.here.apply(change);
        self.tell_company(&room)
    }

    /// A field that became free is asked for by who is in it.
    pub(super) fn lock_changed(&mut self, lock: Lock) -> Vec<Act> {
        let room = Room::Invoice(lock.invoice);
        let Some(Tracker { here, .. }) = self.trackers.get_mut(&room) else { return Vec::new() };
        if !here.take(&lock) {
            return Vec::new();
        }
        let mut acts = self.tell_company(&room);
        let wants = self.trackers.get(&room).is_some_and(|tracker| tracker.here.wanted == Some(lock.field));
        if wants && lock.holder.is_none() {
            acts.push(Act::Send(ClientMessage::Lock(LockRequest { invoice: lock.invoice, field: lock.field })));
        }
        acts
    }

    fn tell_company(&self, room: &Room) -> Vec<Act> {
        let Some(tracker) = self.trackers.get(room) else { return Vec::new() };
        let to = tracker.listeners.keys().copied().collect();
        vec![Act::Deliver { to, event: LiveEvent::Company(self.company(room)) }]
    }
}
