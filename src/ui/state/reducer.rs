//! What the browser knows of its rooms, as a pure state machine: messages in, acts out. It keeps the promise of
//! PROTOCOL.md on this side: every listener hears every event of its room once and in order, or is told to reload.

mod company;

pub use company::Company;

use crate::domain::{
    events::{
        Bye, ClientMessage, ErrorMessage, InvoiceChange, InvoiceUpdated, MutationResult, NotificationMessage,
        NotificationsReadMessage, ProcessingMessage, ProcessingStatus, Reset, Resume, Room, ServerMessage, Subscribed,
        Subscription, SystemMessage, Welcome,
    },
    ids::{InvoiceId, TaskId, UserId},
    invoice::Position,
    notification::{Notification, NotificationsRead},
};
use std::collections::{BTreeMap, VecDeque};

/// The version of the protocol this client speaks.
pub const PROTO: u32 = 1;

/// How often the same gap is asked for again before the client gives up on replay and reloads.
const MAX_TRIES: u8 = 2;
/// Tasks remembered that are over: more than can be under way when a percentage comes late.
const MAX_OVER: usize = 100;
/// How long to wait before asking again what was refused for a while.
const AFTER_REFUSAL_MS: u32 = 2_000;

/// What a listener hears.
#[derive(Clone, Debug, PartialEq)]
pub enum LiveEvent {
    /// An invoice changed; `offset` is the event's place in the listener's room.
    Invoice {
        offset: i64,
        invoice_id: InvoiceId,
        actor: String,
        change: Box<InvoiceChange>,
    },
    /// A task went on. Milestones have an offset, percentages between them do not.
    Progress {
        offset: Option<i64>,
        invoice_id: InvoiceId,
        status: ProcessingStatus,
    },
    /// This person is told of something, or saw it in another tab.
    Notified(Box<Notification>),
    NotificationsRead(NotificationsRead),
    /// Something may have been missed: load again.
    Reload,
    /// Others came, moved or went, or took or gave up a field: all of them.
    Company(Company),
}

/// One who listens to a room.
pub type ListenerId = u32;

/// What the caller has to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    Send(ClientMessage),
    Deliver {
        to: Vec<ListenerId>,
        event: LiveEvent,
    },
    /// Close the socket and connect again, not before `after_ms` if given.
    Reconnect {
        after_ms: Option<u32>,
    },
    /// The server does not want this client back: the sign-in ended.
    Stop,
    /// The server answered a ping.
    Ponged,
    /// The server says how it is, or what everybody is to know.
    Told(SystemMessage),
    /// What became of a change that was sent.
    Settle(Box<MutationResult>),
}

#[derive(Debug, Default)]
struct Listener {
    /// The newest offset it has, from its own snapshot or by delivery. None: from wherever the room stands.
    seen: Option<i64>,
}

#[derive(Debug, Default)]
struct Tracker {
    listeners: BTreeMap<ListenerId, Listener>,
    /// Everything up to here was delivered to every listener that had not seen it.
    last: Option<Position>,
    /// Questions under way: while there is one, what comes belongs to an older question or is not in order yet.
    asking: u32,
    tries: u8,
    /// The server will not let this client in: not asked again on this socket.
    refused: bool,
    here: company::Here,
}

/// All rooms of this browser tab.
#[derive(Debug, Default)]
pub struct Rooms {
    client_id: String,
    connected: bool,
    trackers: BTreeMap<Room, Tracker>,
    next_listener: ListenerId,
    /// Tasks that are over, oldest first: a percentage of one was overtaken by its end.
    over: VecDeque<TaskId>,
    /// Who this tab is signed in as, by the server's word.
    me: Option<UserId>,
}

impl Rooms {
    /// `client_id` tells this tab from others of the same person.
    pub fn new(client_id: String) -> Self {
        Rooms { client_id, ..Rooms::default() }
    }

    /// Names this tab; before the first hello.
    pub fn set_client_id(&mut self, client_id: String) {
        self.client_id = client_id;
    }

    pub fn is_empty(&self) -> bool {
        self.trackers.is_empty()
    }

    /// A listener comes, with what it has already: a snapshot read at `position`.
    pub fn join(&mut self, room: &Room, position: Option<Position>) -> (ListenerId, Vec<Act>) {
        let id = self.next_listener;
        self.next_listener = id.wrapping_add(1);
        let tracker = self.trackers.entry(room.clone()).or_default();
        let first = tracker.listeners.is_empty();
        tracker.listeners.insert(id, Listener::default());
        if first {
            tracker.last = position.clone();
            tracker.set_seen(id, position.map(|position| position.offset));
            return (id, self.ask(room));
        }
        let acts = match position {
            Some(position) => self.follow_from(room, id, position),
            None => {
                let seen = tracker.last.as_ref().map(|last| last.offset);
                tracker.set_seen(id, seen);
                Vec::new()
            }
        };
        (id, acts)
    }

    /// A listener has a new snapshot, read at `position`. Events after it are delivered (again), those before are not. A
    /// snapshot of another log makes all others of the room load again too.
    pub fn follow_from(&mut self, room: &Room, listener: ListenerId, position: Position) -> Vec<Act> {
        let Some(tracker) = self.trackers.get_mut(room) else {
            return Vec::new();
        };
        tracker.set_seen(listener, Some(position.offset));
        let same_log = tracker.last.as_ref().is_none_or(|last| last.epoch == position.epoch);
        let behind = tracker.last.as_ref().is_none_or(|last| position.offset < last.offset);
        if same_log && !behind {
            return Vec::new();
        }
        let mut acts = Vec::new();
        if !same_log {
            acts = tracker.restart(position.clone());
            acts.retain_mut(|act| match act {
                Act::Deliver { to, .. } => {
                    to.retain(|id| *id != listener);
                    !to.is_empty()
                }
                _ => true,
            });
        }
        tracker.last = Some(position);
        acts.extend(self.ask(room));
        acts
    }

    /// A listener goes. The last one takes the room with it.
    pub fn leave(&mut self, room: &Room, listener: ListenerId) -> Vec<Act> {
        let Some(tracker) = self.trackers.get_mut(room) else {
            return Vec::new();
        };
        tracker.listeners.remove(&listener);
        if !tracker.listeners.is_empty() {
            return Vec::new();
        }
        self.trackers.remove(room);
        if !self.connected {
            return Vec::new();
        }
        vec![Act::Send(ClientMessage::Unsubscribe(Subscription {
            room: Some(room.clone()),
            ..Subscription::default()
        }))]
    }

    /// The socket is open: says hello and asks for every room from where it stands.
    pub fn opened(&mut self) -> Vec<Act> {
        self.connected = true;
        let mut resume = Vec::new();
        let mut fresh = Vec::new();
        for (room, tracker) in &mut self.trackers {
            (tracker.asking, tracker.refused) = (1, false);
            tracker.here.forget();
            match &tracker.last {
                Some(last) => {
                    resume.push(Resume { room: room.clone(), epoch: last.epoch.clone(), offset: last.offset })
                }
                None => fresh.push(Act::Send(subscribe(room, None))),
            }
        }
        let hello = ClientMessage::Hello { proto: PROTO, client_id: Some(self.client_id.clone()), resume };
        std::iter::once(Act::Send(hello)).chain(fresh).collect()
    }

    /// The socket is gone. What was under way is asked again by [`Rooms::opened`].
    pub fn closed(&mut self) {
        self.connected = false;
        for tracker in self.trackers.values_mut() {
            tracker.asking = 0;
            tracker.here.forget();
        }
    }

    /// Every listener of every room, told to load again: for polling while there is no socket.
    pub fn reload_all(&self) -> Vec<Act> {
        let to: Vec<_> = self.trackers.values().flat_map(|tracker| tracker.listeners.keys().copied()).collect();
        if to.is_empty() { Vec::new() } else { vec![Act::Deliver { to, event: LiveEvent::Reload }] }
    }

    /// Takes one message of the server.
    pub fn receive(&mut self, message: ServerMessage) -> Vec<Act> {
        match message {
            ServerMessage::Subscribed(Subscribed { room, epoch, offset, recovered, presence, locks }) => {
                let mut acts = self.subscribed(&room, Position { epoch, offset }, recovered);
                acts.extend(self.entered(&room, presence, locks));
                acts
            }
            ServerMessage::InvoiceUpdated(InvoiceUpdated { invoice_id, room, offset, actor, data, .. }) => {
                let event = LiveEvent::Invoice { offset, invoice_id, actor, change: data };
                self.logged(&room, offset, event)
            }
            ServerMessage::ProcessingStatus(ProcessingMessage { invoice_id, room, offset, event_id, data }) => {
                let milestone = event_id.is_some();
                let is_late = !milestone && self.over.contains(&data.task_id);
                if milestone && data.status.is_over() {
                    self.note_over(data.task_id);
                }
                let event = LiveEvent::Progress { offset: milestone.then_some(offset), invoice_id, status: data };
                if milestone {
                    self.logged(&room, offset, event)
                } else {
                    self.passing(&room, offset, (!is_late).then_some(event))
                }
            }
            ServerMessage::Notification(NotificationMessage { room, offset, data, .. }) => {
                self.logged(&room, offset, LiveEvent::Notified(Box::new(data)))
            }
            ServerMessage::NotificationsRead(NotificationsReadMessage { room, offset, data, .. }) => {
                self.logged(&room, offset, LiveEvent::NotificationsRead(data))
            }
            ServerMessage::Reset(Reset { room, epoch, offset }) => {
                let Some(tracker) = self.trackers.get_mut(&room) else {
                    return Vec::new();
                };
                tracker.restart(Position { epoch, offset })
            }
            ServerMessage::Error(ErrorMessage { temporary: true, .. }) => self.ask_all_later(),
            ServerMessage::Error(ErrorMessage { temporary: false, room: Some(room), .. }) => self.refused(&room),
            ServerMessage::Bye(Bye { reconnect, after_ms, .. }) => {
                vec![if reconnect { Act::Reconnect { after_ms } } else { Act::Stop }]
            }
            ServerMessage::MutationResult(result) => vec![Act::Settle(Box::new(result))],
            ServerMessage::System(told) => vec![Act::Told(told)],
            ServerMessage::Pong => vec![Act::Ponged],
            ServerMessage::Welcome(Welcome { user, .. }) => {
                self.me = Some(user);
                Vec::new()
            }
            ServerMessage::Presence(change) => self.presence_changed(change),
            ServerMessage::Lock(lock) => self.lock_changed(lock),
            ServerMessage::Ping => vec![Act::Send(ClientMessage::Pong)],
            // Task updates repeat what processing_status tells; the rest carries nothing for a page.
            _ => Vec::new(),
        }
    }

    fn ask(&mut self, room: &Room) -> Vec<Act> {
        if !self.connected {
            return Vec::new();
        }
        let Some(tracker) = self.trackers.get_mut(room) else {
            return Vec::new();
        };
        if tracker.refused {
            return Vec::new();
        }
        tracker.asking += 1;
        vec![Act::Send(subscribe(room, tracker.last.as_ref()))]
    }

    fn subscribed(&mut self, room: &Room, top: Position, recovered: bool) -> Vec<Act> {
        let Some(tracker) = self.trackers.get_mut(room) else {
            return Vec::new();
        };
        tracker.asking = tracker.asking.saturating_sub(1);
        if tracker.asking > 0 {
            return Vec::new();
        }
        if tracker.tries > MAX_TRIES || !recovered {
            return tracker.restart(top);
        }
        if tracker.last.is_none() {
            let unseen = tracker.listeners.values_mut().filter(|listener| listener.seen.is_none());
            unseen.for_each(|listener| listener.seen = Some(top.offset));
            tracker.last = Some(top);
        }
        Vec::new()
    }

    /// An event of the log: delivered in order, once to each listener.
    fn logged(&mut self, room: &Room, offset: i64, event: LiveEvent) -> Vec<Act> {
        let Some(tracker) = self.trackers.get_mut(room) else {
            return Vec::new();
        };
        let Some(last) = tracker.last.as_mut().filter(|_| tracker.asking == 0) else {
            return Vec::new();
        };
        if offset <= last.offset {
            return Vec::new();
        }
        if offset > last.offset + 1 {
            return self.gap(room);
        }
        last.offset = offset;
        tracker.tries = 0;
        let mut to = Vec::new();
        for (id, listener) in &mut tracker.listeners {
            if listener.seen.is_none_or(|seen| seen < offset) {
                listener.seen = Some(offset);
                to.push(*id);
            }
        }
        if to.is_empty() { Vec::new() } else { vec![Act::Deliver { to, event }] }
    }

    /// A message that is not in the log. It tells where the room stands, so it betrays a gap too.
    fn passing(&mut self, room: &Room, top: i64, event: Option<LiveEvent>) -> Vec<Act> {
        let Some(tracker) = self.trackers.get(room) else {
            return Vec::new();
        };
        let Some(last) = tracker.last.as_ref().filter(|_| tracker.asking == 0) else {
            return Vec::new();
        };
        if top > last.offset {
            return self.gap(room);
        }
        let to = tracker.listeners.keys().copied().collect();
        event.map(|event| Act::Deliver { to, event }).into_iter().collect()
    }

    fn note_over(&mut self, task: TaskId) {
        if self.over.contains(&task) {
            return;
        }
        if self.over.len() >= MAX_OVER {
            self.over.pop_front();
        }
        self.over.push_back(task);
    }

    /// Asks for what is missing; gives up on replay when the same gap stays, so that it can not go round for ever.
    fn gap(&mut self, room: &Room) -> Vec<Act> {
        if let Some(tracker) = self.trackers.get_mut(room) {
            tracker.tries += 1;
            if tracker.tries > MAX_TRIES {
                tracker.last = None;
            }
        }
        self.ask(room)
    }

    /// Something asked for was not taken, and may be in a while. A new socket asks for everything.
    fn ask_all_later(&mut self) -> Vec<Act> {
        if !self.connected {
            return Vec::new();
        }
        self.closed();
        vec![Act::Reconnect { after_ms: Some(AFTER_REFUSAL_MS) }]
    }

    /// The room is gone, or not for this person any more: loading again will show it.
    fn refused(&mut self, room: &Room) -> Vec<Act> {
        let Some(tracker) = self.trackers.get_mut(room) else {
            return Vec::new();
        };
        tracker.asking = tracker.asking.saturating_sub(1);
        tracker.refused = true;
        vec![Act::Deliver { to: tracker.listeners.keys().copied().collect(), event: LiveEvent::Reload }]
    }
}

impl Tracker {
    fn set_seen(&mut self, listener: ListenerId, seen: Option<i64>) {
        if let Some(listener) = self.listeners.get_mut(&listener) {
            listener.seen = seen;
        }
    }

    /// Goes on from `top` without what lies before it; everybody loads again.
    fn restart(&mut self, top: Position) -> Vec<Act> {
        self.tries = 0;
        self.listeners.values_mut().for_each(|listener| listener.seen = Some(top.offset));
        self.last = Some(top);
        vec![Act::Deliver { to: self.listeners.keys().copied().collect(), event: LiveEvent::Reload }]
    }
}

fn subscribe(room: &Room, from: Option<&Position>) -> ClientMessage {
    ClientMessage::Subscribe(Subscription {
        room: Some(room.clone()),
        epoch: from.map(|from| from.epoch.clone()),
        offset: from.map(|from| from.offset),
        ..Subscription::default()
    })
}

/// Reads a frame: one message, or an array of them.
pub fn messages(frame: &str) -> Result<Vec<ServerMessage>, serde_json::Error> {
    if frame.starts_with('[') { serde_json::from_str(frame) } else { Ok(vec![serde_json::from_str(frame)?]) }
}
