//! The one socket of this tab. Pages listen to rooms; the socket opens with the first listener and closes after the
//! last. On the server nothing here runs: listeners come from effects.

use super::{
    connection::{Connection, SocketState, backoff_ms, check_health, tab_visible},
    reducer::{Act, Company, ListenerId, LiveEvent, Rooms, messages},
};
use crate::api::auth::current_user;
use crate::domain::{
    events::{ClientMessage, Mutation, MutationResult, PresenceState, Room, ServerMessage, SystemMessage},
    field::Field,
    ids::InvoiceId,
    invoice::Position,
    roles::Right,
};
use crate::ui::reactive::effect;
use codee::string::FromToStringCodec;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use leptos_use_websocket::{ReconnectLimit, UseWebSocketOptions, UseWebSocketReturn, use_websocket_with_options};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

const PATH: &str = "/api/v1/invoices/updates";
/// The beat of everything periodic: polling while the socket is down, silence, health.
const TICK: Duration = Duration::from_secs(5);
/// Beats between two questions for the server's health: 30 s.
const HEALTH_TICKS: u32 = 6;
/// The server says something each 25 s and takes up to 8 s; longer silence is a dead connection.
const SILENCE_MS: f64 = 35_000.0;
/// A socket that takes longer to open hangs.
const CONNECT_MS: f64 = 8_000.0;

type Heard = Arc<dyn Fn(&LiveEvent) + Send + Sync>;

/// The socket as plain functions.
#[derive(Clone)]
struct Wire {
    open: Arc<dyn Fn() + Send + Sync>,
    close: Arc<dyn Fn() + Send + Sync>,
    send: Arc<dyn Fn(&String) + Send + Sync>,
}

#[derive(Default)]
struct Inner {
    rooms: Rooms,
    heard: BTreeMap<ListenerId, Heard>,
    on_mutation_result: Option<Callback<MutationResult>>,
    wire: Option<Wire>,
    attempt: u32,
    retry: Option<TimeoutHandle>,
    /// Milliseconds of the browser's clock.
    last_heard: f64,
    pinged_at: f64,
    ticks: u32,
}

/// Live updates, from context. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Live {
    inner: StoredValue<Inner>,
    connection: RwSignal<Connection>,
    notice: RwSignal<String>,
    #[cfg(debug_assertions)]
    seen: RwSignal<Vec<String>>,
}

/// One who listens to a room. Dropped, it stops.
pub struct LiveListener {
    live: Live,
    room: Room,
    id: ListenerId,
}

impl LiveListener {
    /// What it listens to.
    pub fn room(&self) -> &Room {
        &self.room
    }

    /// Tells that its owner holds a new snapshot, read at `position`: what came after is delivered again.
    pub fn follow_from(&self, position: Position) {
        self.live.act(|rooms| rooms.follow_from(&self.room, self.id, position));
    }
}

impl Drop for LiveListener {
    fn drop(&mut self) {
        let live = self.live;
        _ = live.inner.try_update_value(|inner| inner.heard.remove(&self.id));
        live.act(|rooms| rooms.leave(&self.room, self.id));
    }
}

impl Live {
    /// Makes it and provides it to everything below. Call once, in `App`.
    pub fn provide() -> Live {
        let live = Live {
            inner: StoredValue::new(Inner::default()),
            connection: RwSignal::new(Connection::default()),
            notice: RwSignal::new(String::new()),
            #[cfg(debug_assertions)]
            seen: RwSignal::new(Vec::new()),
        };
        let wire = live.wire();
        live.inner.update_value(|inner| inner.wire = Some(wire));
        effect(move || live.start());
        provide_context(live);
        live
    }

    /// One for the page of all components: it has no socket, and its connection stays as it is.
    #[cfg(debug_assertions)]
    pub fn sample(connection: Connection) -> Live {
        Live {
            inner: StoredValue::new(Inner::default()),
            connection: RwSignal::new(connection),
            notice: RwSignal::new(String::new()),
            seen: RwSignal::new(Vec::new()),
        }
    }

    /// For the sign in the header.
    pub fn connection(self) -> Signal<Connection> {
        self.connection.into()
    }

    /// The last messages, oldest first, for those who develop this.
    #[cfg(debug_assertions)]
    pub fn seen(self) -> Vec<String> {
        // A message may go out while the page that shows it goes.
        self.seen.try_get().unwrap_or_default()
    }

    #[cfg(debug_assertions)]
    fn note(self, arrow: &str, frame: &str) {
        _ = self.seen.try_update(|seen| {
            if seen.len() >= 200 {
                seen.remove(0);
            }
            seen.push([arrow, " ", frame].concat());
        });
    }

    /// What an administrator tells everybody; empty: nothing.
    pub fn notice(self) -> Signal<String> {
        self.notice.into()
    }

    /// Listens to a room from `position` on, the place at which the caller's snapshot was read; without one, from now
    /// on. `heard` is called for each event once and in order. Only from effects and event handlers.
    pub fn subscribe(
        self,
        room: Room,
        position: Option<Position>,
        heard: impl Fn(&LiveEvent) + Send + Sync + 'static,
    ) -> LiveListener {
        let heard: Heard = Arc::new(heard);
        let mut listener = None;
        self.act(|rooms| {
            let (id, acts) = rooms.join(&room, position);
            listener = Some(id);
            acts
        });
        let id = listener.unwrap_or_default();
        _ = self.inner.try_update_value(|inner| inner.heard.insert(id, heard));
        if matches!(self.connection.get_untracked().socket, SocketState::Idle | SocketState::SignedOut) {
            self.connect();
        }
        LiveListener { live: self, room, id }
    }

    /// Who hears what became of the changes that [`Live::mutate`] sent.
    pub fn on_mutation_result(self, heard: Callback<MutationResult>) {
        self.inner.update_value(|inner| inner.on_mutation_result = Some(heard));
    }

    /// Sends a change, if the socket is open. False: it is not.
    pub fn mutate(self, mutation: Mutation) -> bool {
        let is_open = self.connection.with_untracked(|now| now.browser && now.socket == SocketState::Open);
        if is_open {
            self.send(&ClientMessage::Mutate(mutation));
        }
        is_open
    }

    /// Asks the server to set a task aside, go on with it or end it, if the socket is open. False: it is not.
    pub fn steer(self, message: ClientMessage) -> bool {
        let is_open = self.connection.with_untracked(|now| now.socket == SocketState::Open);
        if is_open {
            self.send(&message);
        }
        is_open
    }

    fn settle(self, result: MutationResult) {
        if let Some(Some(heard)) = self.inner.try_with_value(|inner| inner.on_mutation_result) {
            heard.run(result);
        }
    }

    fn wire(self) -> Wire {
        let options = UseWebSocketOptions::default()
            .immediate(false)
            .reconnect_limit(ReconnectLimit::Limited(0))
            .on_open(move |_| self.opened())
            .on_close(move |_| self.lost(None))
            .on_message_raw(move |frame: &str| self.received(frame));
        let UseWebSocketReturn { open, close, send, .. } =
            use_websocket_with_options::<String, String, FromToStringCodec, _, _>(PATH, options);
        Wire { open: Arc::new(open), close: Arc::new(close), send: Arc::new(send) }
    }

    /// Browser only: listens to the window and starts the beat.
    fn start(self) {
        let client_id = ((js_sys::Math::random() * 9e15) as u64).to_string();
        self.inner.update_value(|inner| inner.rooms.set_client_id(client_id));
        self.connection.update(|connection| connection.browser = window().navigator().on_line());
        let online = window_event_listener_untyped("online", move |_| self.browser_online(true));
        let offline = window_event_listener_untyped("offline", move |_| self.browser_online(false));
        let woke = window_event_listener_untyped("visibilitychange", move |_| self.woke());
        let beat = set_interval_with_handle(move || self.tick(), TICK);
        on_cleanup(move || {
            [online, offline, woke].into_iter().for_each(|handle| handle.remove());
            if let Ok(beat) = beat {
                beat.clear();
            }
        });
    }

    fn browser_online(self, online: bool) {
        self.connection.update(|connection| connection.browser = online);
        if online {
            self.woke();
        }
    }

    /// The tab or the network is back: no reason to wait any longer.
    fn woke(self) {
        if !tab_visible() {
            return;
        }
        match self.connection.get_untracked().socket {
            SocketState::Waiting => self.connect(),
            SocketState::Open if self.quiet_for(SILENCE_MS) => self.connect(),
            SocketState::Connecting if self.quiet_for(CONNECT_MS) => self.connect(),
            _ => {}
        }
    }

    /// Nothing was heard for as long, nor was a connection begun.
    fn quiet_for(self, milliseconds: f64) -> bool {
        self.inner.try_with_value(|inner| js_sys::Date::now() - inner.last_heard > milliseconds).unwrap_or(false)
    }

    fn tick(self) {
        let Some((ticks, unused)) = self.inner.try_update_value(|inner| {
            inner.ticks = inner.ticks.wrapping_add(1);
            (inner.ticks, inner.rooms.is_empty())
        }) else {
            return;
        };
        let Some(connection) = self.connection.try_get_untracked() else {
            return;
        };
        if !tab_visible() {
            return;
        }
        match connection.socket {
            SocketState::Open if unused => self.close(SocketState::Idle),
            SocketState::Waiting if unused => self.close(SocketState::Idle),
            SocketState::Open if self.quiet_for(SILENCE_MS) => self.connect(),
            SocketState::Connecting if self.quiet_for(CONNECT_MS) => {
                self.again(None);
                self.act(|rooms| rooms.reload_all());
            }
            SocketState::Waiting if connection.browser => self.act(|rooms| rooms.reload_all()),
            _ => {}
        }
        if ticks % HEALTH_TICKS == 0 && !unused {
            self.ask_health();
            self.ping();
        }
    }

    fn ask_health(self) {
        check_health(move |well| self.change(|connection| connection.server = well));
    }

    fn connect(self) {
        let Some(Some(wire)) = self.inner.try_update_value(|inner| {
            if let Some(retry) = inner.retry.take() {
                retry.clear();
            }
            inner.rooms.closed();
            inner.last_heard = js_sys::Date::now();
            inner.wire.clone()
        }) else {
            return;
        };
        self.change(|connection| connection.socket = SocketState::Connecting);
        (wire.open)();
    }

    fn close(self, state: SocketState) {
        let wire = self.inner.try_update_value(|inner| {
            if let Some(retry) = inner.retry.take() {
                retry.clear();
            }
            inner.rooms.closed();
            inner.wire.clone()
        });
        self.change(|connection| connection.socket = state);
        if let Some(Some(wire)) = wire {
            (wire.close)();
        }
    }

    fn opened(self) {
        self.change(|connection| {
            connection.socket = SocketState::Open;
            connection.server = true;
        });
        // Who was told something before the socket was lost may have missed that it is over.
        _ = self.notice.try_set(String::new());
        self.act(|rooms| rooms.opened());
        self.ping();
    }

    /// Asks for an answer, to know how long one takes.
    fn ping(self) {
        if self.connection.with_untracked(|now| now.socket == SocketState::Open) {
            self.inner.update_value(|inner| inner.pinged_at = js_sys::Date::now());
            self.send(&ClientMessage::Ping);
        }
    }

    fn ponged(self) {
        let took = self.inner.try_with_value(|inner| (js_sys::Date::now() - inner.pinged_at) as u32);
        self.change(|connection| connection.latency_ms = took);
    }

    /// The socket is gone: connect again after a while, not before `after_ms`.
    fn lost(self, after_ms: Option<u32>) {
        if matches!(
            self.connection.try_get_untracked(),
            None | Some(Connection { socket: SocketState::Idle | SocketState::SignedOut, .. })
        ) {
            return;
        }
        self.change(|connection| connection.socket = SocketState::Waiting);
        let waiting = self.inner.try_update_value(|inner| {
            inner.rooms.closed();
            match inner.retry.take() {
                // The close that follows a decision to connect again changes nothing.
                Some(retry) if after_ms.is_none() => {
                    inner.retry = Some(retry);
                    return 0;
                }
                Some(retry) => retry.clear(),
                None => {}
            }
            let wait = backoff_ms(inner.attempt, js_sys::Math::random()).max(after_ms.unwrap_or(0));
            inner.attempt = inner.attempt.saturating_add(1);
            inner.retry = set_timeout_with_handle(move || self.connect(), Duration::from_millis(wait.into())).ok();
            inner.attempt
        });
        // A server that is gone shows at once, not with the next beat.
        if waiting.is_some_and(|attempt| attempt > 1) {
            check_health(move |well| {
                self.change(|connection| connection.server = well);
                // A server that is well and takes no socket may have nobody to give it to.
                if well {
                    self.stop_if_signed_out();
                }
            });
        }
    }

    fn received(self, frame: &str) {
        #[cfg(debug_assertions)]
        self.note("←", frame);
        let heard = messages(frame);
        // Only a server that takes us in is back: one that accepts and sends away is waited for longer and longer.
        let is_back = heard.as_ref().is_ok_and(|messages| messages.iter().any(takes_in));
        _ = self.inner.try_update_value(|inner| {
            inner.last_heard = js_sys::Date::now();
            if is_back {
                inner.attempt = 0;
            }
        });
        match heard {
            Ok(messages) => messages.into_iter().for_each(|message| self.act(|rooms| rooms.receive(message))),
            Err(error) => {
                leptos::logging::warn!("a message of the server was not understood: {error}")
            }
        }
    }

    /// Lets the state machine decide, then does what it says. The lock is not held while listeners run.
    fn act(self, decide: impl FnOnce(&mut Rooms) -> Vec<Act>) {
        let acts = self.inner.try_update_value(|inner| decide(&mut inner.rooms)).unwrap_or_default();
        for act in acts {
            match act {
                Act::Send(message) => self.send(&message),
                Act::Deliver { to, event } => self.deliver(&to, &event),
                Act::Reconnect { after_ms } => self.again(after_ms),
                Act::Stop => self.sent_away(),
                Act::Settle(result) => self.settle(*result),
                Act::Ponged => self.ponged(),
                Act::Told(SystemMessage::Status { well, .. }) => self.change(|connection| connection.server = well),
                Act::Told(SystemMessage::Maintenance { message }) => _ = self.notice.try_set(message),
            }
        }
    }

    /// Gives this socket up for another one.
    fn again(self, after_ms: Option<u32>) {
        self.lost(after_ms);
        let wire = self.inner.try_with_value(|inner| inner.wire.clone()).flatten();
        if let Some(wire) = wire {
            (wire.close)();
        }
    }

    /// The session that opened the socket is over. Whoever signed in again, in whatever tab, has a new one under the same
    /// cookie: the server is asked before this tab stops.
    fn sent_away(self) {
        self.again(None);
        self.stop_if_signed_out();
    }

    fn stop_if_signed_out(self) {
        spawn_local(async move {
            let may_hear = match current_user().await {
                Ok(user) => user.is_some_and(|user| user.rights.contains(&Right::Read)),
                // Nobody knows; the next try to connect will tell.
                Err(_) => true,
            };
            if !may_hear {
                self.close(SocketState::SignedOut);
            }
        });
    }

    fn send(self, message: &ClientMessage) {
        let wire = self.inner.try_with_value(|inner| inner.wire.clone()).flatten();
        if let (Some(wire), Ok(text)) = (wire, serde_json::to_string(message)) {
            #[cfg(debug_assertions)]
            self.note("→", &text);
            (wire.send)(&text);
        }
    }

    fn deliver(self, to: &[ListenerId], event: &LiveEvent) {
        let heard = self
            .inner
            .try_with_value(|inner| to.iter().filter_map(|id| inner.heard.get(id).cloned()).collect::<Vec<_>>());
        heard.into_iter().flatten().for_each(|heard| heard(event));
    }

    fn change(self, change: impl FnOnce(&mut Connection)) {
        // The app may be gone when a timer or the socket calls.
        _ = self.connection.try_update(change);
    }

    /// Who else is in a room that is listened to.
    pub fn company(self, room: &Room) -> Company {
        self.inner.try_with_value(|inner| inner.rooms.company(room)).unwrap_or_default()
    }

    /// Says where this person is in an invoice that is listened to, and which field the right of way is wanted on. Said
    /// again by itself on each new socket.
    pub fn announce(self, invoice: InvoiceId, state: Option<PresenceState>, wanted: Option<Field>) {
        self.act(|rooms| {
            let mut acts = rooms.announce(&Room::Invoice(invoice), state);
            acts.extend(rooms.want(invoice, wanted));
            acts
        });
    }

    /// Keeps the right of way that this person has in an invoice.
    pub fn renew(self, invoice: InvoiceId) {
        self.act(|rooms| rooms.renew(invoice));
    }
}

fn takes_in(message: &ServerMessage) -> bool {
    matches!(message, ServerMessage::Welcome { .. } | ServerMessage::Subscribed { .. })
}
