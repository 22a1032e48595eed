//! What the review page knows: the invoice as the server last told it, the person's changes on top, and what came of them.

use super::words;
use crate::api::invoices::{edit_fields, load_invoice, take_step};
use crate::domain::{
    error::AppError,
    field::Field,
    ids::InvoiceId,
    invoice::{EditResult, FieldConflict, FieldEdit, FieldValue, InvoiceDetail, StepRequest},
    reading::Source,
    status::{Status, Step},
};
use crate::ui::components::{
    marks::Known,
    toast::{ToastAction, Toasts},
};
use crate::ui::format::NumberStyle;
use leptos::{prelude::*, task::spawn_local};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// Undo keeps this many changes.
const UNDO_DEPTH: usize = 50;
/// Waits between tries while the server can not be reached: doubled from the first up to the last.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long what others changed is marked.
pub const FRESH: Duration = Duration::from_secs(2);

/// A change on its way. `base` is the version the person saw.
#[derive(Clone, Debug, PartialEq)]
struct Pending {
    edit: FieldEdit,
    mutation_id: String,
    before: String,
    direction: Direction,
}

/// Where a change goes once it is taken: what was done can be undone, what was undone can be redone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Forward,
    Back,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    field: Field,
    before: String,
    after: String,
}

/// The page's state. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Review {
    pub id: InvoiceId,
    pub detail: RwSignal<InvoiceDetail>,
    /// The field that has the focus, or whose box was clicked.
    pub active: RwSignal<Option<Field>>,
    /// Why a field's last change was not taken.
    pub refused: RwSignal<BTreeMap<Field, String>>,
    pub conflicts: RwSignal<Vec<FieldConflict>>,
    /// Fields that others changed a moment ago.
    pub fresh: RwSignal<BTreeSet<Field>>,
    /// The server can not be reached; changes wait.
    pub waiting: RwSignal<bool>,
    /// A step is being taken.
    pub stepping: RwSignal<bool>,
    pub numbers: NumberStyle,
    queue: RwSignal<VecDeque<Pending>>,
    sending: StoredValue<bool>,
    undo: RwSignal<Vec<Change>>,
    redo: RwSignal<Vec<Change>>,
    client: StoredValue<(u32, u32)>,
    toasts: Toasts,
}

impl Review {
    pub fn new(detail: InvoiceDetail, numbers: NumberStyle, toasts: Toasts) -> Review {
        Review {
            id: detail.summary.id,
            detail: RwSignal::new(detail),
            active: RwSignal::new(None),
            refused: RwSignal::new(BTreeMap::new()),
            conflicts: RwSignal::new(Vec::new()),
            fresh: RwSignal::new(BTreeSet::new()),
            waiting: RwSignal::new(false),
            stepping: RwSignal::new(false),
            numbers,
            queue: RwSignal::new(VecDeque::new()),
            sending: StoredValue::new(false),
            undo: RwSignal::new(Vec::new()),
            redo: RwSignal::new(Vec::new()),
            client: StoredValue::new((0, 0)),
            toasts,
        }
    }

    /// The value to show: the person's own, as long as it is on its way, else the server's.
    pub fn value(self, field: Field) -> String {
        let mine = self.queue.with(|queue| {
            queue.iter().rev().find(|pending| pending.edit.name == field).map(|pending| pending.edit.value.clone())
        });
        mine.unwrap_or_else(|| self.saved(field))
    }

    /// The server's value.
    fn saved(self, field: Field) -> String {
        self.detail.with(|detail| detail.fields.get(&field).map(|value| value.value.clone()).unwrap_or_default())
    }

    /// How the value is known.
    pub fn known(self, field: Field) -> Known {
        let failed = |detail: &InvoiceDetail| detail.checks.iter().any(|check| check.fields.first() == Some(&field));
        let required = Field::REQUIRED.contains(&field);
        self.detail.with(|detail| Known::of(detail.fields.get(&field), failed(detail), required))
    }

    pub fn status(self) -> Status {
        self.detail.with(|detail| detail.summary.status)
    }

    pub fn editable(self) -> bool {
        self.detail.with(|detail| detail.may_edit && detail.summary.status.editable())
    }

    /// Changes on their way.
    pub fn pending(self) -> usize {
        self.queue.with(VecDeque::len)
    }

    pub fn can_undo(self) -> bool {
        self.undo.with(|undo| !undo.is_empty()) && self.editable()
    }

    pub fn can_redo(self) -> bool {
        self.redo.with(|redo| !redo.is_empty()) && self.editable()
    }

    /// Takes what a person typed. Shows it at once; says so under the field when it is no such value.
    pub fn type_in(self, field: Field, typed: &str) {
        match words::normalise(field.kind(), typed, self.numbers) {
            Ok(value) if value == untrack(|| self.value(field)) => self.forgive(field),
            Ok(value) => {
                self.redo.set(Vec::new());
                self.enqueue(field, value, Direction::Forward);
            }
            Err(reason) => self.refuse(field, reason.to_owned()),
        }
    }

    /// A person looked at the value and it is right.
    pub fn confirm(self, field: Field) {
        let (value, known) = untrack(|| (self.value(field), self.known(field)));
        if !value.is_empty() && known == Known::ToCheck && untrack(|| self.editable()) {
            self.enqueue(field, value, Direction::Forward);
        }
    }

    pub fn undo(self) {
        let last = self.undo.try_update(Vec::pop).flatten();
        if let Some(change) = last {
            self.active.set(Some(change.field));
            self.enqueue(change.field, change.before, Direction::Back);
        }
    }

    pub fn redo(self) {
        let last = self.redo.try_update(Vec::pop).flatten();
        if let Some(change) = last {
            self.active.set(Some(change.field));
            self.enqueue(change.field, change.after, Direction::Forward);
        }
    }

    fn enqueue(self, field: Field, value: String, direction: Direction) {
        self.forgive(field);
        let before = untrack(|| self.value(field));
        let base_version = self.version_of(field);
        let mutation_id = self.next_mutation();
        let edit = FieldEdit { name: field, base_version, value };
        self.queue.update(|queue| queue.push_back(Pending { edit, mutation_id, before, direction }));
        self.send_next(FIRST_WAIT);
    }

    /// 0 for a field that never had a value.
    fn version_of(self, field: Field) -> i64 {
        self.detail.with_untracked(|detail| detail.fields.get(&field).map_or(0, |value| value.version))
    }

    /// One at a time: fields that share a version would otherwise refuse each other.
    fn send_next(self, wait: Duration) {
        if self.sending.try_get_value().unwrap_or(true) {
            return;
        }
        let Some(Some(pending)) = self.queue.try_with_untracked(|queue| queue.front().cloned()) else { return };
        self.sending.set_value(true);
        spawn_local(async move {
            let answer = edit_fields(self.id, pending.mutation_id.clone(), vec![pending.edit.clone()]).await;
            // The page may be gone by now.
            if self.sending.try_set_value(false).is_some() {
                return;
            }
            match answer {
                Ok(result) => {
                    self.waiting.set(false);
                    self.taken(pending, result);
                    self.send_next(FIRST_WAIT);
                }
                Err(error) if error.0 == AppError::Unreachable => {
                    self.waiting.set(true);
                    // The same mutation id again: if it did arrive, the server answers what it answered.
                    set_timeout(move || self.send_next((wait * 2).min(LONGEST_WAIT)), wait);
                }
                Err(error) => {
                    self.waiting.set(false);
                    self.not_taken(pending, error.0);
                    self.send_next(FIRST_WAIT);
                }
            }
        });
    }

    fn taken(self, pending: Pending, result: EditResult) {
        let field = pending.edit.name;
        let versions: BTreeMap<Field, i64> =
            result.fields.iter().map(|(field, value)| (*field, value.version)).collect();
        self.detail.update(|detail| {
            detail.summary.version = result.version;
            detail.summary.status = result.status;
            detail.fields.extend(result.fields);
            detail.checks = result.checks;
            detail.review_reasons = result.review_reasons;
        });
        self.queue.update(|queue| {
            queue.pop_front();
            // What waits behind was typed on top of this change, not against it.
            for waiting in queue.iter_mut() {
                let group = waiting.edit.name.version_group();
                let version = versions.iter().filter(|(name, _)| name.version_group() == group).map(|(_, v)| *v).max();
                if let Some(version) = version {
                    waiting.edit.base_version = waiting.edit.base_version.max(version);
                }
            }
        });
        let change = Change { field, before: pending.before, after: pending.edit.value };
        if change.before != change.after {
            let (list, change) = match pending.direction {
                Direction::Forward => (self.undo, change),
                Direction::Back => (self.redo, Change { field, before: change.after, after: change.before }),
            };
            list.update(|list| {
                if list.len() >= UNDO_DEPTH {
                    list.remove(0);
                }
                list.push(change);
            });
        }
    }

    /// Back to the server's value, with the reason.
    fn not_taken(self, pending: Pending, error: AppError) {
        self.queue.update(|queue| {
            queue.pop_front();
        });
        match error {
            AppError::Conflict { conflicts } => self.conflicts.update(|all| {
                all.retain(|known| conflicts.iter().all(|new| new.name != known.name));
                all.extend(conflicts);
            }),
            error => {
                let reason = error.to_string();
                self.toasts.failed(["Not saved: ", reason.as_str()].concat());
                self.refuse(pending.edit.name, reason);
            }
        }
    }

    /// Settles conflicts: for each field whether mine is kept. Theirs is what the server already has.
    pub fn settle(self, keep_mine: &BTreeSet<Field>) {
        let conflicts = self.conflicts.try_update(std::mem::take).unwrap_or_default();
        self.detail.update(|detail| {
            for conflict in &conflicts {
                let value = detail.fields.entry(conflict.name).or_insert_with(|| empty_value(conflict));
                value.value = conflict.theirs.clone().unwrap_or_default();
                value.version = conflict.version;
            }
        });
        for conflict in conflicts {
            if keep_mine.contains(&conflict.name) {
                self.enqueue(conflict.name, conflict.mine, Direction::Forward);
            }
        }
        // Their change may have brought others with it: marks, checks, reasons.
        self.reload();
    }

    /// Asks for the invoice again and takes it over.
    pub fn reload(self) {
        spawn_local(async move {
            if let Ok(detail) = load_invoice(self.id).await {
                self.replace(detail);
            }
        });
    }

    /// Takes over a newer state of the invoice. Fields that others changed are marked for a moment; what this person
    /// has on the way stays on top.
    pub fn replace(self, detail: InvoiceDetail) {
        let Some(older) = self.detail.try_with_untracked(|known| known.summary.version > detail.summary.version) else {
            return;
        };
        if older {
            return;
        }
        let changed: BTreeSet<Field> = self.detail.with_untracked(|known| {
            let value =
                |detail: &InvoiceDetail, field| detail.fields.get(&field).map(|value: &FieldValue| value.value.clone());
            detail.fields.keys().copied().filter(|field| value(known, *field) != value(&detail, *field)).collect()
        });
        self.detail.set(detail);
        if !changed.is_empty() {
            self.fresh.set(changed);
            set_timeout(move || drop(self.fresh.try_set(BTreeSet::new())), FRESH);
        }
    }

    /// Takes a step. The new status shows at once and goes back, with the reason, when the server refuses.
    /// `then` runs after it was taken.
    pub fn step(self, step: Step, request: StepRequest, then: Option<Callback<()>>) {
        if self.stepping.get_untracked() {
            return;
        }
        let before = self.detail.with_untracked(|detail| detail.summary.status);
        let version = self.detail.with_untracked(|detail| detail.summary.version);
        let Ok(after) = before.step(step) else { return };
        self.stepping.set(true);
        self.detail.update(|detail| detail.summary.status = after);
        let request = StepRequest { base_version: Some(version), ..request };
        spawn_local(async move {
            let answer = take_step(self.id, step, request).await;
            if self.stepping.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(detail) => {
                    let undo = words::undo_of(step).filter(|undo| detail.allowed.contains(undo));
                    self.detail.set(detail);
                    self.say_done(step, undo);
                    if let Some(then) = then {
                        then.run(());
                    }
                }
                Err(error) => {
                    self.detail.update(|detail| detail.summary.status = before);
                    self.toasts.failed(error.to_string());
                    if matches!(error.0, AppError::Stale { .. } | AppError::StepRefused(_) | AppError::Conflict { .. })
                    {
                        self.reload();
                    }
                }
            }
        });
    }

    fn say_done(self, step: Step, undo: Option<Step>) {
        let said = words::done(step);
        match undo {
            None => self.toasts.ok(said),
            Some(undo) => {
                let run = Callback::new(move |()| self.step(undo, StepRequest::default(), None));
                self.toasts.ok_with(said, ToastAction { label: "Undo", run });
            }
        }
    }

    fn refuse(self, field: Field, reason: String) {
        self.refused.update(|refused| {
            refused.insert(field, reason);
        });
    }

    fn forgive(self, field: Field) {
        if self.refused.with_untracked(|refused| refused.contains_key(&field)) {
            self.refused.update(|refused| {
                refused.remove(&field);
            });
        }
    }

    /// Unlike any other, also after a reload: a number drawn for this page, then a count.
    fn next_mutation(self) -> String {
        let (drawn, count) = self.client.get_value();
        let drawn = if drawn == 0 { (js_sys::Math::random() * 4_294_967_294.0) as u32 + 1 } else { drawn };
        self.client.set_value((drawn, count + 1));
        [drawn.to_string().as_str(), "-", &(count + 1).to_string()].concat()
    }
}

fn empty_value(conflict: &FieldConflict) -> FieldValue {
    FieldValue {
        value: String::new(),
        raw: None,
        confidence: 0.0,
        page: None,
        place: None,
        source: Source::User,
        version: conflict.version,
        verified_by: Some(conflict.actor.clone()),
    }
}
