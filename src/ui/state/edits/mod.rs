//! Changed values on their way to the server, for the whole app: they outlive the page they were typed on, and a reload.
//! They go over the socket, or as requests while there is none, one at a time and each under its number until the server
//! has decided it, so that sending it again changes nothing. [`deciding`] is the same for decisions about whole invoices.

mod deciding;
pub mod decisions;
mod left;
pub mod outbox;
mod queue;
pub mod stored;
mod tabs;

pub use deciding::{Made, Verdict};
pub use decisions::PendingDecision;
pub use left::{Draft, Unsent as LeftDraft};
pub use outbox::Outcome;
pub use queue::{Before, Direction, Pending, goes_on, version_after};

use crate::api::{auth::current_user, invoices::mutate};
use crate::domain::{
    events::{MutationKey, MutationOutcome, MutationResult},
    field::Field,
    ids::{InvoiceId, UserId},
    invoice::{FieldEdit, Placing},
};
use crate::ui::components::toast::{ToastAction, Toasts};
use crate::ui::reactive::effect;
use crate::ui::state::{Live, SocketState, queries::InvoiceCache};
use decisions::Decisions;
use left::Left;
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use leptos_fetch::QueryClient;
use outbox::{Act, Outbox};
use std::time::Duration;
use stored::Unsent;

/// Waits between tries while the server can not be reached: doubled from the first up to the last.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// More changes than these, of a table that was pasted, go as requests: a socket takes 20 messages a second.
const BY_SOCKET: usize = 20;
/// An answer that takes longer on the socket is asked for as a request.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

type Heard = Callback<(Pending, Outcome)>;
type HeardDecision = Callback<(PendingDecision, Verdict)>;
/// Sends what is being typed, and gives whether something stays that can not be sent.
type Holds = Callback<(), bool>;

/// The page that shows an invoice. `number` tells it from the one before.
#[derive(Clone, Copy)]
struct Listener {
    number: u32,
    invoice: InvoiceId,
    heard: Heard,
    decided: HeardDecision,
    holds: Holds,
}

/// How the change that was not answered yet was sent.
struct Sending {
    by_socket: bool,
    /// How long to wait if it can not be decided now.
    wait: Duration,
}

#[derive(Default)]
struct Inner {
    user: Option<UserId>,
    sending: Option<Sending>,
    /// The next try, or the end of patience with the one that was sent.
    timer: Option<TimeoutHandle>,
    /// The next try to send a decision.
    decision_timer: Option<TimeoutHandle>,
    listener: Option<Listener>,
    count: u32,
    cache: Option<InvoiceCache>,
    left: Left,
}

/// Unsent changes, from context. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Edits {
    outbox: RwSignal<Outbox>,
    decisions: RwSignal<Decisions>,
    waiting: RwSignal<bool>,
    inner: StoredValue<Inner>,
    live: Live,
    toasts: Toasts,
    queries: QueryClient,
}

impl Edits {
    /// Makes it and provides it to everything below. Call once, in `App`.
    pub fn provide(live: Live, toasts: Toasts) -> Edits {
        let edits = Edits {
            outbox: RwSignal::new(Outbox::default()),
            decisions: RwSignal::new(Decisions::default()),
            waiting: RwSignal::new(false),
            inner: StoredValue::new(Inner::default()),
            live,
            toasts,
            queries: expect_context(),
        };
        effect(move || edits.start());
        live.on_mutation_result(Callback::new(move |result| edits.answered(result)));
        let connection = live.connection();
        effect(move || {
            let socket = connection.with(|now| now.browser.then_some(now.socket));
            untrack(|| edits.socket_is(socket));
        });
        provide_context(edits);
        edits
    }

    /// One for the page of all components: it is nobody's, so that nothing of it is kept.
    #[cfg(debug_assertions)]
    pub fn sample(live: Live, waiting: bool) -> Edits {
        Edits {
            outbox: RwSignal::new(Outbox::new("sample".to_owned())),
            decisions: RwSignal::new(Decisions::default()),
            waiting: RwSignal::new(waiting),
            inner: StoredValue::new(Inner::default()),
            live,
            toasts: expect_context(),
            queries: expect_context(),
        }
    }

    /// Has a change on its way that goes no further.
    #[cfg(debug_assertions)]
    pub fn hold_change(self, invoice: InvoiceId, edit: FieldEdit) {
        self.outbox.update(|outbox| drop(outbox.push(0, invoice, edit, Before::default(), Direction::Forward)));
    }

    /// Has a decision that waits for the connection.
    #[cfg(debug_assertions)]
    pub fn hold_decision(self, pending: PendingDecision) {
        self.decisions.update(|decisions| {
            decisions.push(pending);
            decisions.hold();
        });
    }

    /// Browser only: warns before anything unsent is left behind, and takes up the edits of an earlier visit.
    fn start(self) {
        self.outbox.set(Outbox::new(draw_client_id()));
        let guard = window_event_listener_untyped("beforeunload", move |event| {
            if untrack(|| self.would_lose()) {
                event.prevent_default();
            }
        });
        on_cleanup(move || guard.remove());
        let alive = StoredValue::new(Vec::new());
        tabs::join(move || self.clients(), alive);
        if stored::browser().is_none_or(|storage| stored::is_empty(&storage)) {
            return;
        }
        spawn_local(async move {
            if let Ok(Some(person)) = current_user().await {
                self.belong_to(person.user_id);
                // What this person left unsent in a tab that is gone is sent now.
                tabs::ask(move || {
                    let Some(storage) = stored::browser() else { return };
                    let alive = alive.try_get_value().unwrap_or_default();
                    let user = person.user_id;
                    self.outbox.update(|outbox| outbox.take_up(stored::left_by(&storage, user, &alive)));
                    self.decisions.update(|decisions| decisions.take_up(stored::left_by(&storage, user, &alive)));
                    self.send_next(FIRST_WAIT);
                    self.decide_next(FIRST_WAIT);
                });
            }
        });
    }

    /// Whether something typed is nowhere but in this tab. What is still in a control is sent first, so that it is in
    /// the browser's storage should the person go all the same.
    fn would_lose(self) -> bool {
        let listener = self.inner.with_value(|inner| inner.listener);
        let page_holds = listener.is_some_and(|listener| listener.holds.run(()));
        page_holds || self.count() > 0 || !self.inner.with_value(|inner| inner.left.is_empty())
    }

    /// Whose edits these are.
    pub fn belong_to(self, user: UserId) {
        self.inner.update_value(|inner| {
            if inner.user.replace(user).is_some_and(|before| before != user) {
                inner.left.clear();
            }
        });
    }

    /// In whose names something is here: this tab's, and those of tabs that are gone.
    fn clients(self) -> Vec<String> {
        let mut clients = self.outbox.try_with_untracked(Outbox::clients).unwrap_or_default();
        _ = self.decisions.try_with_untracked(|decisions| clients.extend(decisions.clients().map(str::to_owned)));
        clients
    }

    /// Invoices are cached from now on, and what is decided is to be put there.
    pub fn keep_fresh(self, cache: InvoiceCache) {
        self.inner.update_value(|inner| inner.cache = Some(cache));
    }

    fn cache(self) -> Option<InvoiceCache> {
        self.inner.try_with_value(|inner| inner.cache).flatten()
    }

    /// Hears what becomes of an invoice's changes, also of those refused while nobody listened, and of decisions about
    /// it, until the owner goes.
    pub fn listen(self, invoice: InvoiceId, heard: Heard, decided: HeardDecision, holds: Holds) {
        let number = self.next_number();
        self.inner.update_value(|inner| inner.listener = Some(Listener { number, invoice, heard, decided, holds }));
        on_cleanup(move || {
            // By then the next page may listen already.
            _ = self.inner.try_update_value(|inner| inner.listener.take_if(|listener| listener.number == number));
        });
        let held = self.outbox.with_untracked(|outbox| outbox.held(invoice));
        held.into_iter().for_each(|(pending, error)| heard.run((pending, Outcome::Refused(error))));
    }

    /// The newest value on its way for a field.
    pub fn value(self, invoice: InvoiceId, field: Field) -> Option<String> {
        self.outbox.with(|outbox| outbox.value(invoice, field).map(str::to_owned))
    }

    /// The newest place on its way for a field.
    pub fn place(self, invoice: InvoiceId, field: Field) -> Placing {
        self.outbox.with(|outbox| outbox.place(invoice, field))
    }

    /// The fields of an invoice that have changes on their way.
    pub fn fields_of(self, invoice: InvoiceId) -> Vec<Field> {
        self.outbox.with(|outbox| outbox.fields_of(invoice))
    }

    /// Changes of one invoice on their way.
    pub fn of_invoice(self, invoice: InvoiceId) -> usize {
        self.outbox.with(|outbox| outbox.of_invoice(invoice))
    }

    /// All changes and decisions on their way.
    pub fn count(self) -> usize {
        self.outbox.with(Outbox::len) + self.decisions.with(Decisions::count)
    }

    /// Whether the server can not be reached, so that they wait.
    pub fn waiting(self) -> bool {
        let decisions_wait = self.decisions.with(Decisions::wait);
        self.waiting.get() || decisions_wait
    }

    /// Keeps what was typed on a page that is left, and can not be sent.
    pub fn leave(self, invoice: InvoiceId, unsent: Vec<LeftDraft>) {
        _ = self.inner.try_update_value(|inner| inner.left.keep(invoice, unsent));
    }

    /// What was left on the page of an invoice, to whoever comes back to it.
    pub fn come_back(self, invoice: InvoiceId) -> Vec<LeftDraft> {
        self.inner.try_update_value(|inner| inner.left.take(invoice)).unwrap_or_default()
    }

    /// The changes of an invoice that are on their way now.
    pub fn changes_of(self, invoice: InvoiceId) -> Vec<Pending> {
        self.outbox.with_untracked(|outbox| outbox.changes_of(invoice))
    }

    /// Sends a change, based on the version of the field that the person saw; `before` is what it replaces. Gives it as
    /// it goes.
    pub fn push(self, invoice: InvoiceId, seen: FieldEdit, before: Before, direction: Direction) -> Option<Pending> {
        let now = js_sys::Date::now() as u64;
        let pushed = self.outbox.try_update(|outbox| outbox.push(now, invoice, seen, before, direction));
        pushed.iter().for_each(|pending| self.keep(pending));
        self.send_next(FIRST_WAIT);
        pushed
    }

    /// What a change is based on that a person begins now, where the page knows the version `seen`.
    pub fn base(self, invoice: InvoiceId, field: Field, seen: i64) -> i64 {
        self.outbox.with_untracked(|outbox| outbox.base(invoice, field, seen))
    }

    /// A refused change is settled: taken back, or about to be sent anew.
    pub fn forget(self, key: &MutationKey) {
        _ = self.outbox.try_maybe_update(|outbox| (false, outbox.forget(key)));
        self.forget_stored::<Pending>(key);
    }

    /// `wait` is how long to wait after a failure.
    fn send_next(self, wait: Duration) {
        let next = self.outbox.try_maybe_update(|outbox| (false, outbox.begin()));
        let Some(pending) = next.flatten() else { return };
        let is_many = self.outbox.with_untracked(Outbox::len) > BY_SOCKET;
        let by_socket = !is_many && self.live.mutate(pending.mutation());
        self.inner.update_value(|inner| {
            inner.sending = Some(Sending { by_socket, wait });
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
        if is_open {
            if self.waiting.get_untracked() {
                self.send_next(FIRST_WAIT);
            }
            if self.decisions.with_untracked(Decisions::wait) {
                self.decide_next(FIRST_WAIT);
            }
        } else if !is_open && let Some(pending) = self.on_the_socket() {
            // Whether it arrived is not known. As a request it gets the answer that the socket would have brought.
            self.answered(pending.result(MutationOutcome::Retry));
        }
    }

    /// The change that was sent by the socket and not answered.
    fn on_the_socket(self) -> Option<Pending> {
        let by_socket = |inner: &Inner| inner.sending.as_ref().is_some_and(|sending| sending.by_socket);
        if self.inner.try_with_value(by_socket) != Some(true) {
            return None;
        }
        self.outbox.with_untracked(|outbox| outbox.in_flight().cloned())
    }

    /// The server's word on a change.
    fn answered(self, result: MutationResult) {
        let acts = self.outbox.try_update(|outbox| outbox.answered(result, draw_client_id())).unwrap_or_default();
        if acts.is_empty() {
            return;
        }
        let wait = self.inner.try_update_value(|inner| {
            inner.timer.take().inspect(TimeoutHandle::clear);
            inner.sending.take().map(|sending| sending.wait)
        });
        let waits = matches!(acts[..], [Act::Tell(_, Outcome::Waits)]);
        self.waiting.set(waits);
        if waits {
            let wait = wait.flatten().unwrap_or(FIRST_WAIT);
            self.set_timer(wait, move || self.send_next((wait * 2).min(LONGEST_WAIT)));
        }
        for act in acts {
            match act {
                Act::Keep(pending) => self.keep(&pending),
                Act::Forget(key) => self.forget_stored::<Pending>(&key),
                Act::Tell(pending, outcome) => self.tell(pending, outcome),
            }
        }
        if !waits {
            self.send_next(FIRST_WAIT);
            self.decide_next(FIRST_WAIT);
        }
    }

    fn set_timer(self, after: Duration, then: impl FnOnce() + 'static) {
        let timer = set_timeout_with_handle(then, after).ok();
        self.inner.update_value(|inner| inner.timer = timer);
    }

    /// Tells the page of the invoice. Where that is not open, a refusal is said by a toast and kept for it.
    fn tell(self, pending: Pending, outcome: Outcome) {
        match &outcome {
            Outcome::Taken(result) => {
                self.went_on(pending.invoice, result);
                if let Some(version) = version_after(result, pending.edit.name.version_group()) {
                    self.inner.update_value(|inner| inner.left.taken(&pending, version));
                }
            }
            // The page may settle it by itself.
            Outcome::Refused(_) if self.listener(pending.invoice).is_none() => self.withdraw(pending.invoice),
            _ => {}
        }
        if let Some(listener) = self.listener(pending.invoice) {
            listener.heard.run((pending, outcome));
        } else if let Outcome::Refused(_) = outcome {
            self.toasts.failed_with("A change you made was not taken", look_at(pending.invoice));
        }
    }

    /// The page that shows an invoice, if one does.
    fn listener(self, invoice: InvoiceId) -> Option<Listener> {
        self.inner.with_value(|inner| inner.listener).filter(|listener| listener.invoice == invoice)
    }

    fn keep(self, unsent: &impl Unsent) {
        if let (Some(user), Some(storage)) = (self.user(), stored::browser()) {
            stored::keep(&storage, user, unsent);
        }
    }

    fn forget_stored<T: Unsent>(self, key: &MutationKey) {
        if let (Some(user), Some(storage)) = (self.user(), stored::browser()) {
            stored::forget::<T>(&storage, user, key);
        }
    }

    fn user(self) -> Option<UserId> {
        self.inner.try_with_value(|inner| inner.user).flatten()
    }

    fn next_number(self) -> u32 {
        let next = self.inner.try_update_value(|inner| {
            inner.count = inner.count.wrapping_add(1);
            inner.count
        });
        next.unwrap_or_default()
    }
}

/// By a new page: wherever the person is by then.
fn look_at(invoice: InvoiceId) -> ToastAction {
    ToastAction::new("Look at it", move || {
        _ = window().location().set_href(&["/invoices/", &invoice.to_string()].concat());
    })
}

/// Unlike any other: the time and a number drawn.
fn draw_client_id() -> String {
    let drawn = (js_sys::Math::random() * 4_294_967_294.0) as u32;
    [(js_sys::Date::now() as u64).to_string().as_str(), "-", &drawn.to_string()].concat()
}
