//! Changed values on their way to the server, for the whole app: they outlive the page they were typed on, and a reload.
//! Each keeps its mutation id until the server has answered, so that sending it again changes nothing.

use crate::api::{auth::current_user, invoices::edit_fields};
use crate::domain::{
    error::AppError,
    field::Field,
    ids::{InvoiceId, UserId},
    invoice::{EditResult, FieldEdit},
};
use crate::ui::components::toast::{ToastAction, Toasts};
use crate::ui::state::{Live, SocketState};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use std::{collections::VecDeque, time::Duration};
use web_sys::Storage;

/// Waits between tries while the server can not be reached: doubled from the first up to the last.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// What unsent edits are called in the browser's storage: this, the user, the mutation id. One entry for each edit, so
/// that tabs never write over each other's.
const STORED: &str = "ap-intake-edit:";

/// Where a change goes once it is taken: what was done can be undone, what was undone can be redone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    Forward,
    Back,
}

/// A change on its way; its base is the version the person saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pending {
    /// Also the order: it begins with the time.
    pub mutation_id: String,
    pub invoice: InvoiceId,
    pub edit: FieldEdit,
    /// The value it replaces.
    pub before: String,
    pub direction: Direction,
}

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

#[derive(Default)]
struct Inner {
    user: Option<UserId>,
    sending: bool,
    retry: Option<TimeoutHandle>,
    /// Refused, and not yet settled by the person.
    held: Vec<(Pending, AppError)>,
    listener: Option<Listener>,
    count: u32,
}

/// Unsent changes, from context. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Edits {
    queue: RwSignal<VecDeque<Pending>>,
    waiting: RwSignal<bool>,
    inner: StoredValue<Inner>,
    toasts: Toasts,
}

impl Edits {
    /// Makes it and provides it to everything below. Call once, in `App`.
    pub fn provide(live: Live, toasts: Toasts) -> Edits {
        let edits = Edits {
            queue: RwSignal::new(VecDeque::new()),
            waiting: RwSignal::new(false),
            inner: StoredValue::new(Inner::default()),
            toasts,
        };
        Effect::new(move || edits.start());
        let connection = live.connection();
        Effect::new(move || {
            let back = connection.with(|now| now.browser && now.socket == SocketState::Open);
            if back && edits.waiting.get_untracked() {
                edits.send_next(FIRST_WAIT);
            }
        });
        provide_context(edits);
        edits
    }

    /// Browser only: warns before unsent edits are left behind, and takes up those of an earlier visit.
    fn start(self) {
        let guard = window_event_listener_untyped("beforeunload", move |event| {
            if self.queue.with_untracked(|queue| !queue.is_empty()) {
                event.prevent_default();
            }
        });
        on_cleanup(move || guard.remove());
        if stored_keys(STORED).is_empty() {
            return;
        }
        spawn_local(async move {
            if let Ok(Some(person)) = current_user().await {
                self.belong_to(person.user_id);
            }
        });
    }

    /// Whose edits these are. What this person left unsent earlier is sent now.
    pub fn belong_to(self, user: UserId) {
        let is_known = self.inner.try_update_value(|inner| inner.user.replace(user) == Some(user));
        if is_known != Some(false) {
            return;
        }
        let stored = storage().map(|storage| read_all(&storage, user)).unwrap_or_default();
        self.queue.update(|queue| take_up(queue, stored));
        self.send_next(FIRST_WAIT);
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

    /// Changes of one invoice on their way.
    pub fn of_invoice(self, invoice: InvoiceId) -> usize {
        self.queue.with(|queue| queue.iter().filter(|pending| pending.invoice == invoice).count())
    }

    /// All changes on their way.
    pub fn count(self) -> usize {
        self.queue.with(VecDeque::len)
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
        let pending = Pending { mutation_id: self.next_mutation(), invoice, edit, before, direction };
        self.store(&pending);
        self.queue.update(|queue| queue.push_back(pending));
        self.send_next(FIRST_WAIT);
    }

    /// A refused change is settled: taken back, or about to be sent anew.
    pub fn forget(self, mutation_id: &str) {
        let user = self.inner.try_update_value(|inner| {
            inner.held.retain(|(pending, _)| pending.mutation_id != mutation_id);
            inner.user
        });
        if let (Some(Some(user)), Some(storage)) = (user, storage()) {
            _ = storage.remove_item(&stored_as(user, mutation_id));
        }
    }

    /// One at a time: fields that share a version would otherwise refuse each other.
    fn send_next(self, wait: Duration) {
        let Some(pending) = self.queue.with_untracked(|queue| queue.front().cloned()) else { return };
        let busy = self.inner.try_update_value(|inner| {
            if !inner.sending
                && let Some(retry) = inner.retry.take()
            {
                retry.clear();
            }
            std::mem::replace(&mut inner.sending, true)
        });
        if busy != Some(false) {
            return;
        }
        spawn_local(async move {
            let edits = vec![pending.edit.clone()];
            let answer = edit_fields(pending.invoice, pending.mutation_id.clone(), edits).await;
            self.inner.update_value(|inner| inner.sending = false);
            match answer {
                Ok(result) => self.taken(pending, result),
                Err(error) if passes(&error.0) => self.wait(pending, wait),
                Err(error) => self.refused(pending, error.0),
            }
        });
    }

    fn taken(self, pending: Pending, result: EditResult) {
        self.waiting.set(false);
        self.queue.update(|queue| {
            queue.retain(|other| other.mutation_id != pending.mutation_id);
            rebase(queue, &pending, &result);
        });
        self.queue.with_untracked(|queue| queue.iter().for_each(|waiting| self.store(waiting)));
        self.forget(&pending.mutation_id);
        self.tell(pending, Outcome::Taken(result));
        self.send_next(FIRST_WAIT);
    }

    fn refused(self, pending: Pending, error: AppError) {
        self.waiting.set(false);
        self.queue.update(|queue| queue.retain(|other| other.mutation_id != pending.mutation_id));
        self.inner.update_value(|inner| inner.held.push((pending.clone(), error.clone())));
        if !self.tell(pending.clone(), Outcome::Refused(error)) {
            let open = ToastAction::new("Look at it", move || {
                _ = window().location().set_href(&["/invoices/", &pending.invoice.to_string()].concat());
            });
            self.toasts.failed_with("A change you made was not taken", open);
        }
        self.send_next(FIRST_WAIT);
    }

    /// The same mutation id again later: if it did arrive, the server answers what it answered.
    fn wait(self, pending: Pending, wait: Duration) {
        self.waiting.set(true);
        let again = move || self.send_next((wait * 2).min(LONGEST_WAIT));
        self.inner.update_value(|inner| inner.retry = set_timeout_with_handle(again, wait).ok());
        self.tell(pending, Outcome::Waits);
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

    fn store(self, pending: &Pending) {
        let user = self.inner.with_value(|inner| inner.user);
        if let (Some(user), Some(storage), Ok(text)) = (user, storage(), serde_json::to_string(pending)) {
            // A full or forbidden storage costs what a reload would lose; the edit is sent all the same.
            _ = storage.set_item(&stored_as(user, &pending.mutation_id), &text);
        }
    }

    /// Unlike any other, and later in the alphabet than those before: the time, a count, a number drawn.
    fn next_mutation(self) -> String {
        let count = (1_000_000 + self.next_number() % 1_000_000).to_string();
        let drawn = (js_sys::Math::random() * 4_294_967_294.0) as u32;
        [(js_sys::Date::now() as u64).to_string().as_str(), "-", &count, "-", &drawn.to_string()].concat()
    }

    fn next_number(self) -> u32 {
        let next = self.inner.try_update_value(|inner| {
            inner.count = inner.count.wrapping_add(1);
            inner.count
        });
        next.unwrap_or_default()
    }
}

/// Whether a refusal is about now, and not about the change: later it may be taken.
fn passes(error: &AppError) -> bool {
    matches!(error, AppError::Unreachable | AppError::Unauthenticated | AppError::RateLimited { .. })
}

fn newest(queue: &VecDeque<Pending>, invoice: InvoiceId, field: Field) -> Option<&Pending> {
    queue.iter().rev().find(|pending| pending.invoice == invoice && pending.edit.name == field)
}

/// The base of what waits already for the same version: newer versions that came meanwhile were not seen below it.
fn base_behind(queue: &VecDeque<Pending>, invoice: InvoiceId, field: Field) -> Option<i64> {
    let group = field.version_group();
    let before =
        queue.iter().rev().find(|pending| pending.invoice == invoice && pending.edit.name.version_group() == group);
    before.map(|pending| pending.edit.base_version)
}

/// What waits behind a change that was taken was typed on top of it, not against it.
fn rebase(queue: &mut VecDeque<Pending>, taken: &Pending, result: &EditResult) {
    let group = taken.edit.name.version_group();
    let Some(version) = version_after(result, group) else { return };
    for waiting in queue.iter_mut() {
        let same = waiting.invoice == taken.invoice && waiting.edit.name.version_group() == group;
        if same && waiting.edit.base_version == taken.edit.base_version {
            waiting.edit.base_version = version;
        }
    }
}

/// The version that an edit left in its group of fields.
pub fn version_after(result: &EditResult, group: Field) -> Option<i64> {
    result.fields.iter().filter(|(name, _)| name.version_group() == group).map(|(_, value)| value.version).max()
}

/// Puts what an earlier visit left before what was typed since, each once.
fn take_up(queue: &mut VecDeque<Pending>, stored: Vec<Pending>) {
    for pending in stored {
        if queue.iter().all(|known| known.mutation_id != pending.mutation_id) {
            queue.push_back(pending);
        }
    }
    queue.make_contiguous().sort_by(|one, other| one.mutation_id.cmp(&other.mutation_id));
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn stored_as(user: UserId, mutation_id: &str) -> String {
    [STORED, &user.to_string(), ":", mutation_id].concat()
}

fn stored_keys(start: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let count = storage.length().unwrap_or_default();
    (0..count).filter_map(|at| storage.key(at).ok().flatten()).filter(|key| key.starts_with(start)).collect()
}

fn read_all(storage: &Storage, user: UserId) -> Vec<Pending> {
    let texts = stored_keys(&stored_as(user, "")).into_iter().filter_map(|key| storage.get_item(&key).ok().flatten());
    texts.filter_map(|text| serde_json::from_str(&text).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{invoice::FieldValue, reading::Source, status::Status};
    use std::collections::BTreeMap;

    fn pending(id: &str, invoice: InvoiceId, name: Field, base_version: i64) -> Pending {
        let edit = FieldEdit { name, base_version, value: id.to_owned() };
        Pending { mutation_id: id.to_owned(), invoice, edit, before: String::new(), direction: Direction::Forward }
    }

    fn result(field: Field, version: i64) -> EditResult {
        let value = FieldValue {
            value: String::new(),
            raw: None,
            confidence: 1.0,
            page: None,
            place: None,
            source: Source::User,
            version,
            verified_by: None,
        };
        EditResult {
            version: 9,
            status: Status::NeedsReview,
            fields: BTreeMap::from([(field, value)]),
            checks: Vec::new(),
            review_reasons: Vec::new(),
        }
    }

    fn bases(queue: &VecDeque<Pending>) -> Vec<i64> {
        queue.iter().map(|pending| pending.edit.base_version).collect()
    }

    #[test]
    fn edits_behind_ones_own_go_on_from_it() {
        let (here, there) = (InvoiceId(uuid::Uuid::from_u128(1)), InvoiceId(uuid::Uuid::from_u128(2)));
        let first = pending("1", here, Field::NetTotal, 3);
        let mut queue = VecDeque::from([
            pending("2", here, Field::GrossTotal, 3),
            pending("3", here, Field::DueDate, 3),
            pending("4", there, Field::NetTotal, 3),
            pending("5", here, Field::NetTotal, 2),
        ]);
        rebase(&mut queue, &first, &result(Field::NetTotal, 4));
        assert_eq!(bases(&queue), [4, 3, 3, 2], "only what shares the version, and was typed on top");
    }

    #[test]
    fn an_edit_behind_another_keeps_what_that_one_saw() {
        let (here, there) = (InvoiceId(uuid::Uuid::from_u128(1)), InvoiceId(uuid::Uuid::from_u128(2)));
        let queue = VecDeque::from([pending("1", here, Field::NetTotal, 3)]);
        assert_eq!(base_behind(&queue, here, Field::GrossTotal), Some(3));
        assert_eq!(base_behind(&queue, here, Field::DueDate), None);
        assert_eq!(base_behind(&queue, there, Field::NetTotal), None);
        assert_eq!(newest(&queue, here, Field::GrossTotal), None);
    }

    #[test]
    fn what_was_left_comes_first_and_once() {
        let invoice = InvoiceId(uuid::Uuid::from_u128(1));
        let mut queue = VecDeque::from([pending("20", invoice, Field::Note, 0)]);
        let stored = ["11", "20", "10"].map(|id| pending(id, invoice, Field::Note, 0));
        take_up(&mut queue, stored.to_vec());
        let order: Vec<&str> = queue.iter().map(|pending| pending.mutation_id.as_str()).collect();
        assert_eq!(order, ["10", "11", "20"]);
    }

    #[test]
    fn a_stored_edit_is_read_back() {
        let kept = pending("1", InvoiceId(uuid::Uuid::from_u128(1)), Field::Iban, 2);
        let text = serde_json::to_string(&kept).unwrap();
        assert_eq!(serde_json::from_str::<Pending>(&text).unwrap(), kept);
    }
}
