//! What the review page knows: the invoice as the server last told it, the person's changes on top, and what came of them.

mod deciding;
mod leaving;
mod rows;
mod settling;

pub use rows::Rows;

use self::{
    deciding::{NOT_SENT, NOT_TAKEN},
    settling::LEFT,
};
use super::{
    clashes::Clashes,
    drafts::Drafts,
    merge,
    undo::{Action, ActionId, UndoLists},
    words,
};
use crate::api::invoices::load_invoice;
use crate::domain::{
    comment::Person,
    error::AppError,
    field::Field,
    ids::InvoiceId,
    invoice::{EditResult, FieldConflict, FieldEdit, FieldValue, InvoiceDetail, Placing},
    reading::PageBox,
    status::{Status, Step},
};
use crate::ui::components::{
    focus,
    marks::Known,
    toast::{ToastAction, Toasts},
};
use crate::ui::format::NumberStyle;
use crate::ui::state::edits::{Before, Direction, Edits, Outcome, Pending, version_after};
use leptos::{prelude::*, task::spawn_local};
use leptos_fetch::QueryClient;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long what others changed is marked.
const FRESH: Duration = Duration::from_secs(2);
/// What is done once everything typed has arrived.
type WhenSaved = Box<dyn FnOnce() + Send + Sync>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pane {
    Values,
    Document,
}

/// The page's state. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Review {
    pub id: InvoiceId,
    pub detail: RwSignal<InvoiceDetail>,
    /// The field that has the focus, or whose box was clicked.
    pub active: RwSignal<Option<Field>>,
    /// The row that needs a look, and is opened for it.
    pub looked_at: RwSignal<Option<Field>>,
    /// Which of the two panes a phone shows.
    pub pane: RwSignal<Pane>,
    /// Why a field's last change was not taken.
    pub refused: RwSignal<BTreeMap<Field, String>>,
    /// Fields that others changed a moment ago.
    pub fresh: RwSignal<BTreeSet<Field>>,
    /// Something that is no step was asked of the server.
    pub asking: RwSignal<bool>,
    /// Asks why to approve in spite of failing checks.
    pub anyway_open: RwSignal<bool>,
    /// Asks why it is rejected.
    pub reject_open: RwSignal<bool>,
    /// The reason that dialog begins with.
    pub reject_reason: RwSignal<&'static str>,
    /// Asks how the bank account was verified.
    pub verify_open: RwSignal<bool>,
    /// Whoever is signed in.
    pub me: RwSignal<Option<Person>>,
    pub numbers: NumberStyle,
    pub edits: Edits,
    drafts: RwSignal<Drafts>,
    clashes: RwSignal<Clashes>,
    undo: RwSignal<UndoLists>,
    /// The action that what is sent now belongs to.
    acting: StoredValue<Option<ActionId>>,
    /// What follows a decision.
    then: StoredValue<Option<Callback<()>>>,
    when_saved: StoredValue<Option<WhenSaved>>,
    /// Where the value stands that is about to be sent for a field.
    picked: StoredValue<Option<(Field, PageBox)>>,
    queries: QueryClient,
    pub toasts: Toasts,
}

impl Review {
    pub fn new(detail: InvoiceDetail, numbers: NumberStyle) -> Review {
        let review = Review {
            id: detail.summary.id,
            detail: RwSignal::new(detail),
            active: RwSignal::new(None),
            looked_at: RwSignal::new(None),
            pane: RwSignal::new(Pane::Values),
            refused: RwSignal::new(BTreeMap::new()),
            fresh: RwSignal::new(BTreeSet::new()),
            asking: RwSignal::new(false),
            anyway_open: RwSignal::new(false),
            reject_open: RwSignal::new(false),
            reject_reason: RwSignal::new(""),
            verify_open: RwSignal::new(false),
            me: RwSignal::new(None),
            numbers,
            edits: expect_context(),
            drafts: RwSignal::new(Drafts::default()),
            clashes: RwSignal::new(Clashes::default()),
            undo: RwSignal::new(UndoLists::default()),
            acting: StoredValue::new(None),
            then: StoredValue::new(None),
            when_saved: StoredValue::new(None),
            picked: StoredValue::new(None),
            queries: expect_context(),
            toasts: expect_context(),
        };
        let heard = Callback::new(move |(pending, outcome)| review.heard(pending, outcome));
        let decided = Callback::new(move |(pending, verdict)| review.decided(pending, verdict));
        let holds = Callback::new(move |()| review.holds_unsent());
        review.come_back();
        review.edits.listen(review.id, heard, decided, holds);
        review
    }

    /// Whether the page is gone.
    pub fn is_gone(self) -> bool {
        self.detail.is_disposed()
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

    /// The status it is in, or will be when what was decided arrives.
    pub fn status(self) -> Status {
        self.edits.status(self.id).unwrap_or_else(|| self.detail.with(|detail| detail.summary.status))
    }

    /// Whose work it is.
    pub fn assigned_to(self) -> Option<Person> {
        let mut now = self.detail.with(|detail| detail.summary.clone());
        self.edits.put_on(&mut now);
        now.assigned_to
    }

    /// Whether it can be somebody else's work.
    pub fn assignable(self) -> bool {
        self.detail.with(|detail| detail.may_assign) && self.status().is_undecided()
    }

    pub fn editable(self) -> bool {
        self.detail.with(|detail| detail.may_edit) && self.status().editable()
    }

    /// The field that a tap on a word of the page fills, where page and values do not stand side by side: the one that one
    /// was in last.
    pub fn taps_fill(self) -> Option<Field> {
        let field = self.active.get().filter(|field| field.row().is_none())?;
        (self.pane.get() == Pane::Document && self.editable()).then_some(field)
    }

    /// Whether a decision is on its way, or something else was asked: no other is taken until it was answered.
    pub fn busy(self) -> bool {
        let is_decided = self.edits.status(self.id).is_some();
        self.asking.get() || is_decided
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

    /// Keeps what is being typed, so that nothing that arrives meanwhile replaces it.
    pub fn draft(self, field: Field, text: String) {
        let base = self.edits.base(self.id, field, self.version_of(field));
        let from = untrack(|| self.value(field));
        self.drafts.update(|drafts| drafts.write(field, text, base, from));
    }

    /// A field is about to be changed: what others change from now on meets it as a conflict.
    pub fn begin(self, field: Field) {
        if !self.is_draft(field) {
            let text = untrack(|| self.text(field));
            self.draft(field, text);
        }
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

    /// Takes what a person typed. Shows it at once; says so under the field when it is no such value. A control that goes
    /// with its page tells it too late: by then it was sent as the draft that it is.
    pub fn type_in(self, field: Field, typed: &str) {
        if self.is_gone() {
            return;
        }
        let value = match words::normalise(field.kind(), typed, self.numbers) {
            Err(reason) => return self.refuse(field, typed.to_owned(), reason.to_owned()),
            Ok(value) => value,
        };
        let seen = self.drafts.with_untracked(|drafts| drafts.get(field).map(|draft| draft.seen));
        let now = untrack(|| self.value(field));
        if self.drafts.with_untracked(|drafts| drafts.is_change(field, &value, &now)) {
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
        let action = self.as_one(|| self.put_place(field, Placing::Removed));
        self.toasts.ok_with("Place on the page removed", self.undo_of(action));
    }

    /// What is sent meanwhile is one action of the person, undone and redone together.
    fn as_one(self, send: impl FnOnce()) -> ActionId {
        let begun = self.undo.try_maybe_update(|undo| (false, undo.begin()));
        let action = begun.unwrap_or_else(|| UndoLists::default().begin());
        self.within(Some(action), send);
        action
    }

    /// What is sent meanwhile belongs to an action.
    fn within(self, action: Option<ActionId>, send: impl FnOnce()) {
        let around = self.acting.try_update_value(|acting| std::mem::replace(acting, action));
        send();
        _ = self.acting.try_set_value(around.flatten());
    }

    /// Undo of a certain action, as a toast offers it. The toast stays when the page goes, which takes with it what could
    /// be undone.
    fn undo_of(self, action: ActionId) -> ToastAction {
        ToastAction::new("Undo", move || {
            if self.is_gone() {
                return self.toasts.failed(LEFT);
            }
            if !self.go_back(|undo| undo.take(action), Direction::Back) {
                self.toasts.failed("There is nothing left to undo here");
            }
        })
    }

    /// What a person pointed at is no value for the field.
    pub fn say_not_taken(self, field: Field) {
        self.toasts.failed([words::full_label(field).as_str(), ": this is no such value"].concat());
    }

    /// A date was begun and left.
    pub fn refuse_date(self, field: Field) {
        self.begin(field);
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
        _ = self.go_back(UndoLists::take_undo, Direction::Back);
    }

    pub fn redo(self) {
        _ = self.go_back(UndoLists::take_redo, Direction::Forward);
    }

    /// On the versions that the person's own edits left: a later change by somebody else shows as a conflict. Behind
    /// those that are still on their way. False: there was nothing to go back to.
    fn go_back(self, take: impl FnOnce(&mut UndoLists) -> Option<Action>, direction: Direction) -> bool {
        if !untrack(|| self.editable()) {
            return false;
        }
        let Some(action) = self.undo.try_update(take).flatten() else { return false };
        self.within(Some(action.id), || {
            for change in action.changes.into_iter().rev() {
                self.drop_draft(change.field);
                self.active.set(Some(change.field));
                let (value, place) = change.gives(direction);
                // The value may have become another one since.
                let value = if change.is_of_place_only() { untrack(|| self.value(change.field)) } else { value };
                self.send_placed(change.field, change.version, value, place, direction);
            }
        });
        true
    }

    fn send(self, field: Field, seen: i64, value: String, direction: Direction) {
        let picked = self.picked.try_update_value(|picked| picked.take_if(|(of, _)| *of == field)).flatten();
        let place = picked.map_or(Placing::Kept, |(_, place)| Placing::At(place));
        self.send_placed(field, seen, value, place, direction);
    }

    fn send_placed(self, field: Field, seen: i64, value: String, place: Placing, direction: Direction) {
        let (edit, before) = self.change(FieldEdit { name: field, base_version: seen, value, place });
        self.note(self.edits.push(self.id, edit, before, direction));
    }

    /// An edit with what stands in its field before it.
    fn change(self, edit: FieldEdit) -> (FieldEdit, Before) {
        let before = untrack(|| Before { value: self.value(edit.name), place: self.place(edit.name) });
        (edit, before)
    }

    /// A change that was sent can be undone from now on.
    fn note(self, sent: Option<Pending>) {
        let action = self.acting.try_get_value().flatten();
        _ = self.undo.try_update(|undo| sent.iter().for_each(|pending| undo.note(pending, action)));
    }

    /// 0 for a field that never had a value.
    fn version_of(self, field: Field) -> i64 {
        self.detail.with_untracked(|detail| merge::version_of(detail, field))
    }

    fn heard(self, pending: Pending, outcome: Outcome) {
        match outcome {
            Outcome::Taken(result) => self.taken(pending, result),
            Outcome::Refused(error) => {
                let action = self.undo.try_update(|undo| undo.refused(&pending)).flatten();
                self.within(action, || self.not_taken(pending, error));
                if self.stopped() {
                    self.edits.withdraw(self.id);
                    self.give_up(NOT_TAKEN);
                }
            }
            Outcome::Waits => {
                self.give_up(NOT_SENT);
                // What was decided waits with it, and the person goes on.
                self.go_on();
            }
        }
        self.go_on_when_saved();
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

    /// Asks about changes of others, as if they had met the person's own.
    #[cfg(debug_assertions)]
    pub fn meet(self, conflicts: Vec<FieldConflict>) {
        for (number, conflict) in (1..).zip(conflicts) {
            let pending = Pending {
                key: crate::domain::events::MutationKey { client_id: "sample".to_owned(), mutation_id: number },
                at: number,
                invoice: self.id,
                edit: FieldEdit::new(conflict.name, conflict.version, conflict.mine.clone()),
                before: String::new(),
                before_place: None,
                direction: Direction::Forward,
            };
            self.clashes.update(|clashes| drop(clashes.meet(&pending, vec![conflict])));
        }
    }

    /// What the server said that stands in a field now.
    fn take_theirs(self, conflict: &FieldConflict) {
        self.detail.update(|detail| merge::theirs(detail, conflict));
    }

    /// Asks for the invoice again and takes it over.
    pub fn reload(self) {
        spawn_local(async move {
            if let Ok(detail) = load_invoice(self.id).await {
                self.replace(detail);
            }
            // What was pressed may have gone with the state it belonged to.
            focus::keep_on_page();
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

    /// What is still being typed counts too.
    fn take_drafts(self) {
        let drafts = self.drafts.get_untracked();
        for field in drafts.fields().into_iter().filter(|field| !self.is_refused(*field)) {
            match drafts.get(field) {
                Some(draft) if field.row().is_none() => self.type_in(field, &draft.text),
                _ => _ = self.leave_row(field),
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
