//! Changed values on their way to the server, for the whole app: they outlive the page they were typed on, and a reload.
//! They go over the socket, or as requests while there is none, one at a time and each under its number until the server
//! has decided it, so that sending it again changes nothing.

mod queue;
mod stored;
mod tabs;

pub use queue::{Direction, Pending, version_after};

use crate::api::{auth::current_user, invoices::mutate};
use crate::domain::{
    error::AppError,
    events::{MutationKey, MutationOutcome, MutationResult},
    field::Field,
    ids::{InvoiceId, UserId},
    invoice::{EditResult, FieldEdit},
};
use crate::ui::components::toast::{ToastAction, Toasts};
use crate::ui::state::{Live, SocketState};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use queue::{Queue, base_behind, newest, rebase, renumber, take_up};
use std::time::Duration;

/// Waits between tries while the server can not be reached: doubled from the first up to the last.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// An answer that takes longer on the socket is asked for as a request.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// What became of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Taken(EditResult),
    /// It stays with [`Edits`] until the page says [`Edits::forget`].
    Refused(AppError),
    /// The server can not be reached: it is sent again later.
    Waits,
}

type Heard = Callback<(Pending, Outcome)>;

/// The page that shows an invoice. `number` tells it from the one before.
#[derive(Clone, Copy)]
struct Listener {
    number: u32,
    invoice: InvoiceId,
    heard: Heard,
}

/// A change that was sent and not answered.
struct Sending {
    key: MutationKey,
    by_socket: bool,
    /// How long to wait if it can not be decided now.
    wait: Duration,
}

#[derive(Default)]
struct Inner {
    user: Option<UserId>,
    /// Who numbers the changes: this tab, until the server forgot it.
    client_id: String,
    last_number: u64,
    sending: Option<Sending>,
    /// The next try, or the end of patience with the one that was sent.
    timer: Option<TimeoutHandle>,
    /// Refused, and not yet settled by the person.
    held: Vec<(Pending, AppError)>,
    listener: Option<Listener>,
    count: u32,
}

/// Unsent changes, from context. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Edits {
    queue: RwSignal<Queue>,
    waiting: RwSignal<bool>,
    inner: StoredValue<Inner>,
    live: Live,
    toasts: Toasts,
}

impl Edits {
    /// Makes it and provides it to everything below. Call once, in `App`.
    pub fn provide(live: Live, toasts: Toasts) -> Edits {
        let edits = Edits {
            queue: RwSignal::new(Queue::new()),
            waiting: RwSignal::new(false),
            inner: StoredValue::new(Inner::default()),
            live,
            toasts,
        };
        Effect::new(move || edits.start());
        live.on_mutation_result(Callback::new(move |result| edits.answered(result)));
        let connection = live.connection();
        Effect::new(move || {
            let socket = connection.with(|now| now.browser.then_some(now.socket));
            untrack(|| edits.socket_is(socket));
        });
        provide_context(edits);
        edits
    }

    /// Browser only: warns before unsent edits are left behind, and takes up those of an earlier visit.
    fn start(self) {
        self.inner.update_value(|inner| inner.client_id = draw_client_id());
        let guard = window_event_listener_untyped("beforeunload", move |event| {
            if self.queue.with_untracked(|queue| !queue.is_empty()) {
                event.prevent_default();
            }
        });
        on_cleanup(move || guard.remove());
        let alive = StoredValue::new(Vec::new());
        tabs::join(self.client_id(), alive);
        if stored::is_empty() {
            return;
        }
        spawn_local(async move {
            if let Ok(Some(person)) = current_user().await {
                self.belong_to(person.user_id);
                // What this person left unsent in a tab that is gone is sent now.
                tabs::ask(move || {
                    let alive = alive.try_get_value().unwrap_or_default();
                    self.queue.update(|queue| take_up(queue, stored::left_by(person.user_id, &alive)));
                    self.send_next(FIRST_WAIT);
                });
            }
        });
    }

    /// Whose edits these are.
    pub fn belong_to(self, user: UserId) {
        self.inner.update_value(|inner| inner.user = Some(user));
    }

    /// Hears what becomes of an invoice's changes, also of those refused while nobody listened, until the owner goes.
    pub fn listen(self, invoice: InvoiceId, heard: Heard) {
        let number = self.next_number();
        self.inner.update_value(|inner| inner.listener = Some(Listener { number, invoice, heard }));
        on_cleanup(move || {
            // By then the next page may listen already.
            _ = self.inner.try_update_value(|inner| inner.listener.take_if(|listener| listener.number == number));
        });
        let held = self.inner.with_value(|inner| {
            inner.held.iter().filter(|(pending, _)| pending.invoice == invoice).cloned().collect::<Vec<_>>()
        });
        held.into_iter().for_each(|(pending, error)| heard.run((pending, Outcome::Refused(error))));
    }

    /// The newest value on its way for a field.
    pub fn value(self, invoice: InvoiceId, field: Field) -> Option<String> {
        self.queue.with(|queue| newest(queue, invoice, field).map(|pending| pending.edit.value.clone()))
    }

    /// The fields of an invoice that have changes on their way.
    pub fn fields_of(self, invoice: InvoiceId) -> Vec<Field> {
        let here = |pending: &&Pending| pending.invoice == invoice;
        self.queue.with(|queue| queue.iter().filter(here).map(|pending| pending.edit.name).collect())
    }

    /// Changes of one invoice on their way.
    pub fn of_invoice(self, invoice: InvoiceId) -> usize {
        self.queue.with(|queue| queue.iter().filter(|pending| pending.invoice == invoice).count())
    }

    /// All changes on their way.
    pub fn count(self) -> usize {
        self.queue.with(Queue::len)
    }

    /// Whether the server can not be reached, so that changes wait.
    pub fn waiting(self) -> bool {
        self.waiting.get()
    }

    /// Sends a change. `seen` is the version of the field that the person saw.
    pub fn push(
        self,
        invoice: InvoiceId,
        field: Field,
        seen: i64,
        value: String,
        before: String,
        direction: Direction,
    ) {
        let behind = self.queue.with_untracked(|queue| base_behind(queue, invoice, field));
        let base_version = behind.map_or(seen, |behind| behind.min(seen));
        let edit = FieldEdit { name: field, base_version, value };
        let at = js_sys::Date::now() as u64;
        let pending = Pending { key: self.next_key(), at, invoice, edit, before, direction };
        self.keep(&pending);
        self.queue.update(|queue| queue.push_back(pending));
        self.send_next(FIRST_WAIT);
    }

    /// A refused change is settled: taken back, or about to be sent anew.
    pub fn forget(self, key: &MutationKey) {
        let user = self.inner.try_update_value(|inner| {
            inner.held.retain(|(pending, _)| pending.key != *key);
            inner.user
        });
        if let Some(Some(user)) = user {
            stored::forget(user, key);
        }
    }

    /// One at a time: fields that share a version would otherwise refuse each other. `wait` is how long to wait after a
    /// failure.
    fn send_next(self, wait: Duration) {
        let Some(pending) = self.queue.with_untracked(|queue| queue.front().cloned()) else { return };
        if self.inner.try_with_value(|inner| inner.sending.is_some()) != Some(false) {
            return;
        }
        let by_socket = self.live.mutate(pending.mutation());
        let sending = Sending { key: pending.key.clone(), by_socket, wait };
        self.inner.update_value(|inner| {
            inner.sending = Some(sending);
            inner.timer.take().inspect(TimeoutHandle::clear);
        });
        if by_socket {
            self.set_timer(ANSWER_WITHIN, move || self.ask(pending));
        } else {
            self.ask(pending);
        }
    }

    /// Sends it as a request.
    fn ask(self, pending: Pending) {
        spawn_local(async move {
            let outcome = match mutate(pending.mutation()).await {
                Ok(outcome) => outcome,
                Err(error) => MutationOutcome::Refused(error.0),
            };
            self.answered(pending.result(outcome));
        });
    }

    /// The socket opened or was lost; None: the browser has no network.
    fn socket_is(self, socket: Option<SocketState>) {
        let is_open = socket == Some(SocketState::Open);
        if is_open && self.waiting.get_untracked() {
            self.send_next(FIRST_WAIT);
        } else if !is_open && let Some(pending) = self.in_flight(|sending| sending.by_socket) {
            // Whether it arrived is not known. As a request it gets the answer that the socket would have brought.
            self.answered(pending.result(MutationOutcome::Retry));
        }
    }

    /// The change that was sent and not answered, if it is `the_one`.
    fn in_flight(self, the_one: impl FnOnce(&Sending) -> bool) -> Option<Pending> {
        let key = self
            .inner
            .try_with_value(|inner| inner.sending.as_ref().filter(|sending| the_one(sending)).map(|s| s.key.clone()))
            .flatten()?;
        self.queue.with_untracked(|queue| queue.iter().find(|pending| pending.key == key).cloned())
    }

    /// The server's word on a change. An answer that nobody waits for any more changes nothing.
    fn answered(self, result: MutationResult) {
        let key = MutationKey { client_id: result.client_id, mutation_id: result.mutation_id };
        let Some(pending) = self.in_flight(|sending| sending.key == key) else { return };
        let wait = self.inner.try_update_value(|inner| {
            inner.timer.take().inspect(TimeoutHandle::clear);
            inner.sending.take().map(|sending| sending.wait)
        });
        let wait = wait.flatten().unwrap_or(FIRST_WAIT);
        match result.outcome {
            MutationOutcome::Done(result) => self.taken(pending, *result),
            MutationOutcome::Refused(error) if passes(&error) => self.wait(pending, wait),
            MutationOutcome::Refused(error) => self.refused(pending, error),
            MutationOutcome::Gap { .. } => self.begin_anew(&key.client_id),
            MutationOutcome::Retry => self.wait(pending, wait),
        }
    }

    fn taken(self, pending: Pending, result: EditResult) {
        self.waiting.set(false);
        self.queue.update(|queue| {
            queue.retain(|other| other.key != pending.key);
            rebase(queue, &pending, &result);
        });
        self.queue.with_untracked(|queue| queue.iter().for_each(|waiting| self.keep(waiting)));
        self.forget(&pending.key);
        self.tell(pending, Outcome::Taken(result));
        self.send_next(FIRST_WAIT);
    }

    fn refused(self, pending: Pending, error: AppError) {
        self.waiting.set(false);
        self.queue.update(|queue| queue.retain(|other| other.key != pending.key));
        self.inner.update_value(|inner| inner.held.push((pending.clone(), error.clone())));
        if !self.tell(pending.clone(), Outcome::Refused(error)) {
            let open = ToastAction::new("Look at it", move || {
                _ = window().location().set_href(&["/invoices/", &pending.invoice.to_string()].concat());
            });
            self.toasts.failed_with("A change you made was not taken", open);
        }
        self.send_next(FIRST_WAIT);
    }

    /// The server does not know what was sent before in the name of `unknown`.
    fn begin_anew(self, unknown: &str) {
        let Some(next) = self.inner.try_update_value(|inner| {
            inner.client_id = draw_client_id();
            inner.last_number = 0;
            inner.last_number + 1
        }) else {
            return;
        };
        let client = self.client_id();
        let left = self.queue.try_update(|queue| renumber(queue, unknown, &client, next)).unwrap_or_default();
        self.inner.update_value(|inner| inner.last_number = left.len() as u64);
        self.queue.with_untracked(|queue| queue.iter().for_each(|pending| self.keep(pending)));
        left.iter().for_each(|key| self.forget(key));
        self.send_next(FIRST_WAIT);
    }

    /// The same number again later: if it did arrive, the server answers what it answered.
    fn wait(self, pending: Pending, wait: Duration) {
        self.waiting.set(true);
        self.set_timer(wait, move || self.send_next((wait * 2).min(LONGEST_WAIT)));
        self.tell(pending, Outcome::Waits);
    }

    fn set_timer(self, after: Duration, then: impl FnOnce() + 'static) {
        let timer = set_timeout_with_handle(then, after).ok();
        self.inner.update_value(|inner| inner.timer = timer);
    }

    /// False: the page of that invoice is not open.
    fn tell(self, pending: Pending, outcome: Outcome) -> bool {
        let listener = self.inner.with_value(|inner| inner.listener);
        match listener.filter(|listener| listener.invoice == pending.invoice) {
            Some(listener) => {
                listener.heard.run((pending, outcome));
                true
            }
            None => false,
        }
    }

    fn keep(self, pending: &Pending) {
        if let Some(user) = self.inner.with_value(|inner| inner.user) {
            stored::keep(user, pending);
        }
    }

    fn client_id(self) -> String {
        self.inner.with_value(|inner| inner.client_id.clone())
    }

    fn next_key(self) -> MutationKey {
        self.inner
            .try_update_value(|inner| {
                inner.last_number += 1;
                MutationKey { client_id: inner.client_id.clone(), mutation_id: inner.last_number }
            })
            .unwrap_or_default()
    }

    fn next_number(self) -> u32 {
        let next = self.inner.try_update_value(|inner| {
            inner.count = inner.count.wrapping_add(1);
            inner.count
        });
        next.unwrap_or_default()
    }
}

/// Unlike any other: the time and a number drawn.
fn draw_client_id() -> String {
    let drawn = (js_sys::Math::random() * 4_294_967_294.0) as u32;
    [(js_sys::Date::now() as u64).to_string().as_str(), "-", &drawn.to_string()].concat()
}

/// Whether a refusal is about now, and not about the change: later it may be taken.
fn passes(error: &AppError) -> bool {
    matches!(error, AppError::Unreachable | AppError::Unauthenticated | AppError::RateLimited { .. })
}
