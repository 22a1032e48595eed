//! What the review page knows: the invoice as the server last told it, the person's changes on top, and what came of them.

mod rows;

pub use rows::Rows;

use super::{
    clashes::{Clash, Clashes},
    drafts::Drafts,
    merge,
    undo::UndoLists,
    words,
};
use crate::api::{
    ApiError,
    invoices::{load_invoice, take_step},
};
use crate::domain::{
    error::AppError,
    field::Field,
    ids::InvoiceId,
    invoice::{EditResult, FieldConflict, FieldEdit, FieldValue, InvoiceDetail, Placing, StepRequest},
    reading::PageBox,
    status::{Status, Step},
};
use crate::ui::components::{
    focus,
    marks::Known,
    toast::{ToastAction, Toasts},
};
use crate::ui::format::NumberStyle;
use crate::ui::state::{
    edits::{Before, Direction, Edits, Outcome, Pending, version_after},
    queries::set_invoice,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_fetch::QueryClient;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long what others changed is marked.
const FRESH: Duration = Duration::from_secs(2);
/// The server's code for an approval that needs a reason, because checks fail.
const CHECKS_FAILED: &str = "checks_failed";

/// A step that waits until what was typed before it has arrived.
#[derive(Clone)]
struct Deferred {
    step: Step,
    request: StepRequest,
    then: Option<Callback<()>>,
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
    /// Fields that others changed a moment ago.
    pub fresh: RwSignal<BTreeSet<Field>>,
    /// A step is being taken.
    pub stepping: RwSignal<bool>,
    /// Asks why to approve in spite of failing checks.
    pub anyway_open: RwSignal<bool>,
    /// Asks why it is rejected.
    pub reject_open: RwSignal<bool>,
    /// The reason that dialog begins with.
    pub reject_reason: RwSignal<&'static str>,
    /// Asks how the bank account was verified.
    pub verify_open: RwSignal<bool>,
    pub numbers: NumberStyle,
    pub edits: Edits,
    drafts: RwSignal<Drafts>,
    clashes: RwSignal<Clashes>,
    undo: RwSignal<UndoLists>,
    deferred: StoredValue<Option<Deferred>>,
    /// Where the value stands that is about to be sent for a field.
    picked: StoredValue<Option<(Field, PageBox)>>,
    queries: QueryClient,
    toasts: Toasts,
}

impl Review {
    pub fn new(detail: InvoiceDetail, numbers: NumberStyle) -> Review {
        let review = Review {
            id: detail.summary.id,
            detail: RwSignal::new(detail),
            active: RwSignal::new(None),
            refused: RwSignal::new(BTreeMap::new()),
            fresh: RwSignal::new(BTreeSet::new()),
            stepping: RwSignal::new(false),
            anyway_open: RwSignal::new(false),
            reject_open: RwSignal::new(false),
            reject_reason: RwSignal::new(""),
            verify_open: RwSignal::new(false),
            numbers,
            edits: expect_context(),
            drafts: RwSignal::new(Drafts::default()),
            clashes: RwSignal::new(Clashes::default()),
            undo: RwSignal::new(UndoLists::default()),
            deferred: StoredValue::new(None),
            picked: StoredValue::new(None),
            queries: expect_context(),
            toasts: expect_context(),
        };
        review.edits.listen(review.id, Callback::new(move |(pending, outcome)| review.heard(pending, outcome)));
        review
    }

    /// The value to show: the person's own, as long as it is on its way, else the server's.
    pub fn value(self, field: Field) -> String {
        self.edits.value(self.id, field).unwrap_or_else(|| self.saved(field))
    }

    /// Where the value stands in the document: where the person put it, as long as that is on its way, else where the
    /// server says.
    pub fn place(self, field: Field) -> Option<PageBox> {
        self.edits.place(self.id, field).after(self.detail.with(|detail| detail.fields.get(&field)?.place))
    }

    /// What stands in the field: what is being typed or was refused, else the value.
    pub fn text(self, field: Field) -> String {
        let draft = self.drafts.with(|drafts| drafts.get(field).map(|draft| draft.text.clone()));
        draft.unwrap_or_else(|| words::shown(field.kind(), &self.value(field), self.numbers))
    }

    /// The server's value.
    fn saved(self, field: Field) -> String {
        self.detail.with(|detail| merge::saved(detail, field).to_owned())
    }

    /// How the value is known.
    pub fn known(self, field: Field) -> Known {
        self.detail.with(|detail| words::known(detail, field))
    }

    pub fn status(self) -> Status {
        self.detail.with(|detail| detail.summary.status)
    }

    pub fn editable(self) -> bool {
        self.detail.with(|detail| detail.may_edit && detail.summary.status.editable())
    }

    /// Whether the person may take a step now: for buttons. The service decides again.
    pub fn allows(self, step: Step) -> bool {
        self.detail.with(|detail| detail.allowed.contains(&step))
    }

    pub fn can_undo(self) -> bool {
        self.undo.with(UndoLists::can_undo) && self.editable()
    }

    pub fn can_redo(self) -> bool {
        self.undo.with(UndoLists::can_redo) && self.editable()
    }

    /// Changes of others that met the person's own.
    pub fn conflicts(self) -> Vec<FieldConflict> {
        self.clashes.with(Clashes::conflicts)
    }

    /// Keeps what is being typed, so that nothing that arrives meanwhile replaces it.
    pub fn draft(self, field: Field, text: String) {
        let base = self.edits.base(self.id, field, self.version_of(field));
        self.drafts.update(|drafts| drafts.write(field, text, base));
    }

    /// Whether a field holds something that was not taken yet.
    pub fn is_draft(self, field: Field) -> bool {
        self.drafts.with_untracked(|drafts| drafts.contains(field))
    }

    /// Back to the value before: what was typed is dropped.
    pub fn drop_draft(self, field: Field) {
        if self.is_draft(field) {
            self.drafts.update(|drafts| drafts.remove(field));
        }
        self.forgive(field);
    }

    /// Takes what a person typed. Shows it at once; says so under the field when it is no such value.
    pub fn type_in(self, field: Field, typed: &str) {
        let value = match words::normalise(field.kind(), typed, self.numbers) {
            Err(reason) => return self.refuse(field, typed.to_owned(), reason.to_owned()),
            Ok(value) => value,
        };
        let seen = self.drafts.with_untracked(|drafts| drafts.get(field).map(|draft| draft.seen));
        if value != untrack(|| self.value(field)) {
            self.undo.update(UndoLists::forget_undone);
            self.send(field, seen.unwrap_or_else(|| self.version_of(field)), value, Direction::Forward);
        }
        self.drop_draft(field);
    }

    /// Takes what a person pointed at on the page, with the place where it stands.
    pub fn pick(self, field: Field, text: &str, place: PageBox) {
        self.picked.set_value(Some((field, place)));
        self.type_in(field, text);
        let is_sent = self.picked.with_value(Option::is_none);
        if !is_sent && !self.is_refused(field) {
            // The value was there already: only its place is new.
            self.put_place(field, Placing::At(place));
        }
        self.picked.set_value(None);
    }

    /// Says where the value stands, and nothing of the value itself.
    pub fn put_place(self, field: Field, place: Placing) {
        self.undo.update(UndoLists::forget_undone);
        let value = untrack(|| self.value(field));
        self.send_placed(field, self.version_of(field), value, place, Direction::Forward);
    }

    /// Takes the place away; a toast offers to bring it back.
    pub fn remove_place(self, field: Field) {
        self.put_place(field, Placing::Removed);
        self.toasts.ok_with("Place on the page removed", ToastAction::new("Undo", move || self.undo()));
    }

    /// What a person pointed at is no value for the field.
    pub fn say_not_taken(self, field: Field) {
        self.toasts.failed([words::full_label(field).as_str(), ": this is no such value"].concat());
    }

    /// A date was begun and left.
    pub fn refuse_date(self, field: Field) {
        self.refused.update(|refused| drop(refused.insert(field, "This is not a whole date".to_owned())));
    }

    /// A person looked at the value and it is right.
    pub fn confirm(self, field: Field) {
        let (value, known) = untrack(|| (self.value(field), self.known(field)));
        if !value.is_empty() && known.can_be_confirmed() && untrack(|| self.editable()) {
            self.send(field, self.version_of(field), value, Direction::Forward);
        }
    }

    pub fn undo(self) {
        self.go_back(UndoLists::take_undo, Direction::Back);
    }

    pub fn redo(self) {
        self.go_back(UndoLists::take_redo, Direction::Forward);
    }

    /// On the version that the person's own edit left: a later change by somebody else shows as a conflict.
    fn go_back(self, take: fn(&mut UndoLists) -> Option<super::undo::Change>, direction: Direction) {
        if !untrack(|| self.editable()) {
            return;
        }
        if let Some(change) = self.undo.try_update(take).flatten() {
            self.drop_draft(change.field);
            self.active.set(Some(change.field));
            let (value, place) = change.gives(direction);
            self.send_placed(change.field, change.version, value, place, direction);
        }
    }

    fn send(self, field: Field, seen: i64, value: String, direction: Direction) {
        let picked = self.picked.try_update_value(|picked| picked.take_if(|(of, _)| *of == field)).flatten();
        let place = picked.map_or(Placing::Kept, |(_, place)| Placing::At(place));
        self.send_placed(field, seen, value, place, direction);
    }

    fn send_placed(self, field: Field, seen: i64, value: String, place: Placing, direction: Direction) {
        let before = untrack(|| Before { value: self.value(field), place: self.place(field) });
        self.edits.push(self.id, FieldEdit { name: field, base_version: seen, value, place }, before, direction);
    }

    /// 0 for a field that never had a value.
    fn version_of(self, field: Field) -> i64 {
        self.detail.with_untracked(|detail| merge::version_of(detail, field))
    }

    fn heard(self, pending: Pending, outcome: Outcome) {
        match outcome {
            Outcome::Taken(result) => self.taken(pending, result),
            Outcome::Refused(error) => self.not_taken(pending, error),
            Outcome::Waits if self.deferred.try_update_value(Option::take).flatten().is_some() => {
                self.stepping.set(false);
                self.toasts.failed("Nothing was decided: what you typed could not be sent yet");
                return;
            }
            Outcome::Waits => return,
        }
        self.go_on();
    }

    fn taken(self, pending: Pending, result: EditResult) {
        let field = pending.edit.name;
        if let Some(version) = version_after(&result, field.version_group()) {
            self.undo.update(|undo| undo.taken(&pending, version));
            self.drafts.update(|drafts| drafts.taken(&pending, version));
        }
        self.detail.update(|detail| merge::taken(detail, result));
    }

    /// What was typed stays in its field with the reason; where somebody else was first, the person chooses.
    fn not_taken(self, pending: Pending, error: AppError) {
        match error {
            AppError::Conflict { mut conflicts } => {
                conflicts.retain(|conflict| !self.merge_row(&pending, conflict));
                if conflicts.is_empty() {
                    return;
                }
                let settled = self.clashes.try_update(|clashes| clashes.meet(&pending, conflicts));
                settled.unwrap_or_default().iter().for_each(|key| self.edits.forget(key));
            }
            error => {
                let field = pending.edit.name;
                self.edits.forget(&pending.key);
                // What was typed since is judged on its own.
                if !self.is_draft(field) && untrack(|| self.edits.value(self.id, field)).is_none() {
                    let text = words::shown(field.kind(), &pending.edit.value, self.numbers);
                    self.refuse(field, text, error.to_string());
                }
            }
        }
    }

    /// Settles conflicts: `chosen` holds what is sent, mine or both in one. Elsewhere stays theirs, which the server has.
    pub fn settle(self, chosen: &BTreeMap<Field, String>) {
        let (mine, theirs) = self.clashes.try_update(|clashes| clashes.settle(chosen)).unwrap_or_default();
        mine.iter().chain(&theirs).for_each(|clash| self.take_theirs(&clash.conflict));
        theirs.iter().for_each(|clash| self.edits.forget(&clash.key));
        for Clash { conflict, key, place, .. } in mine {
            let value = chosen.get(&conflict.name).cloned().unwrap_or(conflict.mine);
            self.send_placed(conflict.name, conflict.version, value, place, Direction::Forward);
            self.edits.forget(&key);
        }
        // Their change may have brought others with it: marks, checks, reasons.
        self.reload();
    }

    /// What the server said that stands in a field now.
    fn take_theirs(self, conflict: &FieldConflict) {
        self.detail.update(|detail| merge::theirs(detail, conflict));
    }

    /// The question was closed without an answer: theirs stays, and mine can be had back.
    pub fn keep_theirs(self) {
        let (id, edits, clashes) = (self.id, self.edits, self.clashes.with_untracked(Clashes::all));
        self.settle(&BTreeMap::new());
        let undo = ToastAction::new("Undo", move || {
            for Clash { conflict, place, .. } in clashes.clone() {
                // By then the page may be gone.
                let known = self.detail.try_with_untracked(|detail| detail.fields.get(&conflict.name)?.place);
                let before = Before { value: conflict.theirs.unwrap_or_default(), place: known.flatten() };
                let edit = FieldEdit { place, ..FieldEdit::new(conflict.name, conflict.version, conflict.mine) };
                edits.push(id, edit, before, Direction::Forward);
            }
        });
        self.toasts.ok_with("Theirs kept", undo);
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
        let Some(older) = self.detail.try_with_untracked(|known| merge::is_older(known, &detail)) else {
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

    /// Takes a step, once everything typed before it has arrived. `then` runs after it was taken. While a value was
    /// refused or met somebody else's, there is no step: the focus goes to it.
    pub fn step(self, step: Step, request: StepRequest, then: Option<Callback<()>>) {
        if self.stepping.get_untracked() {
            return;
        }
        self.take_drafts();
        if self.stopped() {
            return;
        }
        if untrack(|| self.edits.of_invoice(self.id)) == 0 {
            return self.take(step, request, then);
        }
        if untrack(|| self.edits.waiting()) {
            return self.toasts.failed("What you typed has to arrive first: the server can not be reached");
        }
        self.stepping.set(true);
        self.deferred.set_value(Some(Deferred { step, request, then }));
    }

    /// Approves. Where a check fails, a person has to say why first.
    pub fn approve(self, then: Option<Callback<()>>) {
        if untrack(|| self.fails_a_check()) {
            self.take_drafts();
            if !self.stopped() {
                self.anyway_open.set(true);
            }
        } else {
            self.step(Step::Approve, StepRequest::default(), then);
        }
    }

    /// Whether a check failed with an error, so that approving needs a reason.
    pub fn fails_a_check(self) -> bool {
        self.detail.with(words::fails_a_check)
    }

    /// What is still being typed counts too.
    fn take_drafts(self) {
        let drafts = self.drafts.get_untracked();
        let refused = self.refused.get_untracked();
        for field in drafts.fields() {
            if let Some(draft) = drafts.get(field).filter(|_| !refused.contains_key(&field)) {
                self.type_in(field, &draft.text);
            }
        }
    }

    /// Whether something stands in the way of a decision; the focus goes there.
    fn stopped(self) -> bool {
        let field = self.refused.with_untracked(|refused| refused.keys().next().copied());
        if let Some(field) = field {
            super::fields::focus_field(field);
        }
        field.is_some() || !self.clashes.with_untracked(Clashes::is_empty)
    }

    /// The deferred step, when its time has come.
    fn go_on(self) {
        if self.deferred.with_value(Option::is_none) {
            return;
        }
        let stopped = self.stopped();
        if !stopped && untrack(|| self.edits.of_invoice(self.id)) > 0 {
            return;
        }
        self.stepping.set(false);
        let deferred = self.deferred.try_update_value(Option::take).flatten();
        if let Some(Deferred { step, request, then }) = deferred.filter(|_| !stopped) {
            self.take(step, request, then);
        }
    }

    /// The new status shows at once and goes back, with the reason, when the server refuses.
    fn take(self, step: Step, request: StepRequest, then: Option<Callback<()>>) {
        let (before, version) = self.detail.with_untracked(|detail| (detail.summary.status, detail.summary.version));
        let Ok(after) = before.step(step) else { return };
        self.stepping.set(true);
        self.detail.update(|detail| detail.summary.status = after);
        let request = StepRequest { base_version: Some(version), ..request };
        spawn_local(async move {
            let answer = take_step(self.id, step, request).await;
            let is_gone = self.stepping.try_set(false).is_some();
            match answer {
                Ok(detail) => self.step_taken(step, detail, then.filter(|_| !is_gone)),
                Err(error) if is_gone => self.toasts.failed(error.to_string()),
                Err(error) => self.step_refused(step, before, error.0),
            }
        });
    }

    /// Asks why it is rejected; the answer begins with a reason, where that one is offered.
    pub fn reject(self, reason: &'static str) {
        let offered =
            self.detail.with_untracked(|detail| detail.reject_reasons.iter().any(|offered| offered.code == reason));
        self.reject_reason.set(if offered { reason } else { "" });
        self.reject_open.set(true);
    }

    /// Asks the server for something that is no step, and shows the invoice as it is then.
    pub fn ask(self, done: &'static str, asked: impl Future<Output = Result<InvoiceDetail, ApiError>> + 'static) {
        self.stepping.set(true);
        spawn_local(async move {
            let answer = asked.await;
            _ = self.stepping.try_set(false);
            match answer {
                Ok(detail) => {
                    self.toasts.ok(done);
                    _ = self.detail.try_set(detail.clone());
                    set_invoice(self.queries, detail);
                    focus::keep_on_page();
                }
                Err(error) => {
                    self.toasts.failed(error.to_string());
                    self.reload();
                }
            }
        });
    }

    /// Also runs after the page is gone.
    fn step_taken(self, step: Step, detail: InvoiceDetail, then: Option<Callback<()>>) {
        let undo = words::undo_of(step).filter(|undo| detail.allowed.contains(undo));
        self.say_done(words::done(step, detail.summary.status), undo);
        if self.detail.try_set(detail.clone()).is_none() {
            focus::keep_on_page();
        }
        set_invoice(self.queries, detail);
        if let Some(then) = then {
            then.run(());
        }
    }

    fn step_refused(self, step: Step, before: Status, error: AppError) {
        self.detail.update(|detail| detail.summary.status = before);
        focus::keep_on_page();
        if step == Step::Approve && error.code() == CHECKS_FAILED {
            self.reload();
            return self.anyway_open.set(true);
        }
        self.toasts.failed(error.to_string());
        if !error.is_passing() {
            self.reload();
        }
    }

    fn say_done(self, said: &'static str, undo: Option<Step>) {
        let Some(undo) = undo else { return self.toasts.ok(said) };
        let (id, queries, toasts) = (self.id, self.queries, self.toasts);
        self.toasts.ok_with(said, ToastAction::new("Undo", move || take_back(id, undo, queries, toasts)));
    }

    fn refuse(self, field: Field, text: String, reason: String) {
        self.draft(field, text);
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
}

/// Undoes a step. The page of the invoice may be gone by then: its copy in the cache is what is changed.
fn take_back(id: InvoiceId, undo: Step, queries: QueryClient, toasts: Toasts) {
    spawn_local(async move {
        match take_step(id, undo, StepRequest::default()).await {
            Ok(detail) => {
                toasts.ok(words::done(undo, detail.summary.status));
                set_invoice(queries, detail);
            }
            Err(error) => toasts.failed(error.to_string()),
        }
    });
}
