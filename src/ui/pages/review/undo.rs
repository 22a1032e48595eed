//! What was changed on this page, to be undone and redone: one action of the person at a time, from the moment that its
//! changes are on their way.

use crate::domain::{
    field::Field,
    invoice::{PlaceChange, Placing},
};
use crate::ui::state::edits::{Direction, Pending, goes_on};
use std::collections::BTreeSet;

/// This many actions are kept.
const DEPTH: usize = 50;

/// One thing that a person did, such as a paste: what it changed is undone and redone together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionId(u64);

/// A change that is on its way, or that the server took.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub field: Field,
    pub before: String,
    pub after: String,
    /// Where the value stands, when that was changed.
    places: Option<PlaceChange>,
    /// What it left the field at; on its way, what it is based on, as what is sent behind it is. As long as the field is
    /// there, nobody else has changed it.
    pub version: i64,
    /// When it was made. Its number may become another one on the way.
    at: u64,
}

impl Change {
    fn of(pending: &Pending) -> Option<Change> {
        let (before, after) = (pending.before.clone(), pending.edit.value.clone());
        let places = places_of(pending);
        if before == after && places.is_none() {
            return None;
        }
        let (field, version) = (pending.edit.name, pending.edit.base_version);
        Some(Change { field, before, after, places, version, at: pending.at })
    }

    /// The value that going in a direction gives, and its place.
    pub fn gives(&self, direction: Direction) -> (String, Placing) {
        let (value, place) = match direction {
            Direction::Forward => (&self.after, self.places.map(|places| places.after)),
            Direction::Back => (&self.before, self.places.map(|places| places.before)),
        };
        (value.clone(), place.map_or(Placing::Kept, Placing::of))
    }

    /// Whether it left the value as it was.
    pub fn is_of_place_only(&self) -> bool {
        self.before == self.after
    }

    /// What was undone, as it was done.
    fn turned(self) -> Change {
        let places = self.places.map(|PlaceChange { before, after }| PlaceChange { before: after, after: before });
        Change { before: self.after, after: self.before, places, ..self }
    }
}

/// The changes of one action, in the order they were sent: going back takes the last one first.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    pub id: ActionId,
    pub changes: Vec<Change>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct UndoLists {
    last: u64,
    done: Vec<Action>,
    undone: Vec<Action>,
    /// When the changes were made that are noted here and not answered yet.
    on_their_way: BTreeSet<u64>,
}

impl UndoLists {
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    pub fn take_undo(&mut self) -> Option<Action> {
        self.done.pop()
    }

    pub fn take_redo(&mut self) -> Option<Action> {
        self.undone.pop()
    }

    /// A certain action to be undone, whatever was done since; None: it was undone already, or never taken.
    pub fn take(&mut self, id: ActionId) -> Option<Action> {
        let at = self.done.iter().position(|action| action.id == id)?;
        Some(self.done.remove(at))
    }

    /// Something new was typed: what was undone before it can not come back.
    pub fn forget_undone(&mut self) {
        self.undone.clear();
    }

    /// A new action begins.
    pub fn begin(&mut self) -> ActionId {
        self.last += 1;
        ActionId(self.last)
    }

    /// A change was sent, or waits for the connection: a part of an action, or one by itself.
    pub fn note(&mut self, pending: &Pending, action: Option<ActionId>) {
        self.on_their_way.insert(pending.at);
        self.add(pending, action);
    }

    fn add(&mut self, pending: &Pending, action: Option<ActionId>) {
        let Some(change) = Change::of(pending) else { return };
        let id = action.unwrap_or_else(|| self.begin());
        let (list, change) = match pending.direction {
            Direction::Forward => (&mut self.done, change),
            Direction::Back => (&mut self.undone, change.turned()),
        };
        if let Some(known) = list.iter_mut().rfind(|known| known.id == id) {
            return known.changes.push(change);
        }
        if list.len() >= DEPTH {
            list.remove(0);
        }
        list.push(Action { id, changes: vec![change] });
    }

    /// The server took a change and left its fields at `version`. Changes that it was made on top of go with it. One that
    /// was left by a tab that is gone is heard of here first.
    pub fn taken(&mut self, pending: &Pending, version: i64) {
        if !self.on_their_way.remove(&pending.at) {
            self.add(pending, None);
        }
        for change in self.done.iter_mut().chain(&mut self.undone).flat_map(|action| &mut action.changes) {
            if goes_on(pending, version, change.field, change.version) {
                change.version = version;
            }
        }
    }

    /// The server did not take a change: what was made on top of it goes back to what stood before both. Gives the action
    /// it was a part of, for what is sent in its place.
    pub fn refused(&mut self, pending: &Pending) -> Option<ActionId> {
        self.on_their_way.remove(&pending.at);
        let (id, gone) = [&mut self.done, &mut self.undone].into_iter().find_map(|list| cut(list, pending.at))?;
        let mut later = self.done.iter_mut().flat_map(|action| &mut action.changes);
        let on_top = later.find(|change| change.field == gone.field && change.at > gone.at);
        if let Some(on_top) = on_top.filter(|change| change.before == gone.after) {
            on_top.before = gone.before;
        }
        Some(id)
    }
}

/// Takes a change out of a list, and its action with its last change.
fn cut(list: &mut Vec<Action>, made_at: u64) -> Option<(ActionId, Change)> {
    let is_it = |change: &Change| change.at == made_at;
    let at = list.iter().position(|action| action.changes.iter().any(is_it))?;
    let action = &mut list[at];
    let id = action.id;
    let change = action.changes.remove(action.changes.iter().position(is_it)?);
    if action.changes.is_empty() {
        list.remove(at);
    }
    Some((id, change))
}

fn places_of(pending: &Pending) -> Option<PlaceChange> {
    let (before, placing) = (pending.before_place, pending.edit.place);
    let after = placing.after(None);
    (!placing.is_kept() && before != after).then_some(PlaceChange { before, after })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        events::MutationOutcome,
        ids::InvoiceId,
        invoice::{EditResult, FieldEdit, FieldValue},
        reading::{PageBox, Source},
        status::Status,
    };
    use crate::ui::state::edits::{Before, outbox::Outbox};
    use std::collections::BTreeMap;

    const HERE: InvoiceId = InvoiceId(uuid::Uuid::nil());

    fn pending(name: Field, base_version: i64, before: &str, after: &str, direction: Direction) -> Pending {
        let edit = FieldEdit::new(name, base_version, after);
        Pending { edit, before: before.into(), direction, ..Pending::for_test(0, name, base_version) }
    }

    /// The `at`th change of the page: of a field at version 1.
    fn sent(at: u64, name: Field, before: &str, after: &str) -> Pending {
        Pending { at, ..pending(name, 1, before, after, Direction::Forward) }
    }

    /// The only change of an action.
    fn only(action: Option<Action>) -> Option<Change> {
        action.map(|mut action| {
            assert_eq!(action.changes.len(), 1);
            action.changes.remove(0)
        })
    }

    fn fields(action: Option<Action>) -> Vec<Field> {
        action.into_iter().flat_map(|action| action.changes).map(|change| change.field).collect()
    }

    fn push(outbox: &mut Outbox, seen: i64, before: &str, after: &str, direction: Direction) -> Pending {
        let edit = FieldEdit::new(Field::Note, seen, after);
        outbox.push(0, HERE, edit, Before { value: before.to_owned(), place: None }, direction)
    }

    /// The server takes what is next, and leaves its field at `version`.
    fn take_next(outbox: &mut Outbox, lists: &mut UndoLists, version: i64) -> Pending {
        let next = outbox.begin().expect("something to send");
        let value = FieldValue { version, ..FieldValue::empty(Source::User) };
        let result = EditResult {
            before_version: version - 1,
            version,
            status: Status::NeedsReview,
            fields: BTreeMap::from([(next.edit.name, value)]),
            checks: Vec::new(),
            review_reasons: Vec::new(),
        };
        outbox.answered(next.result(MutationOutcome::Done(Box::new(result))), String::new());
        lists.taken(&next, version);
        next
    }

    #[test]
    fn a_change_can_be_undone_before_the_server_took_it() {
        let (mut outbox, mut lists) = (Outbox::new("tab".to_owned()), UndoLists::default());
        let change = push(&mut outbox, 1, "a", "b", Direction::Forward);
        lists.note(&change, None);
        let undone = only(lists.take_undo()).expect("it is on its way");
        assert_eq!((undone.gives(Direction::Back).0, undone.version), ("a".into(), 1));
        let back = push(&mut outbox, undone.version, "b", "a", Direction::Back);
        lists.note(&back, None);
        take_next(&mut outbox, &mut lists, 2);
        assert!(!lists.can_undo(), "what was undone does not come back when it is taken");
        assert_eq!(take_next(&mut outbox, &mut lists, 3).edit.base_version, 2, "it goes on from the own change");
        let again = only(lists.take_redo()).unwrap();
        assert_eq!((again.after.as_str(), again.version), ("b", 3));
    }

    #[test]
    fn the_newest_change_is_undone_and_not_an_older_one_that_was_taken() {
        let mut lists = UndoLists::default();
        let (older, newer) = (sent(1, Field::DueDate, "a", "b"), sent(2, Field::Note, "c", "d"));
        lists.note(&older, None);
        lists.taken(&older, 2);
        lists.note(&newer, None);
        assert_eq!(only(lists.take_undo()).map(|change| change.field), Some(Field::Note));
    }

    #[test]
    fn an_action_is_taken_back_whatever_was_done_since() {
        let mut lists = UndoLists::default();
        let removed = lists.begin();
        lists.note(&sent(1, Field::Line(1), "row", ""), Some(removed));
        lists.note(&sent(2, Field::Note, "a", "b"), None);
        assert_eq!(fields(lists.take(removed)), [Field::Line(1)]);
        assert_eq!(lists.take(removed), None);
        assert_eq!(fields(lists.take_undo()), [Field::Note]);
    }

    #[test]
    fn what_one_action_changed_is_undone_and_redone_together() {
        let mut lists = UndoLists::default();
        let paste = lists.begin();
        let rows: Vec<Pending> = (1..=500).map(|row: u16| sent(row.into(), Field::Line(row), "", "row")).collect();
        rows.iter().for_each(|row| lists.note(row, Some(paste)));
        let action = lists.take_undo().unwrap();
        assert_eq!((action.changes.len(), lists.can_undo()), (500, false));
        for (at, row) in rows.iter().rev().enumerate() {
            let back = Pending { direction: Direction::Back, before: "row".into(), ..row.clone() };
            lists.note(
                &Pending { at: 1000 + at as u64, edit: FieldEdit::new(row.edit.name, 1, ""), ..back },
                Some(action.id),
            );
        }
        let again = lists.take_redo().unwrap();
        assert_eq!((again.id, again.changes.len(), lists.can_redo()), (paste, 500, false));
        assert_eq!(again.changes.last().map(|change| change.field), Some(Field::Line(1)), "the last one goes first");
    }

    #[test]
    fn what_was_refused_can_not_be_undone_and_gives_its_action() {
        let mut lists = UndoLists::default();
        let action = lists.begin();
        let (first, second) = (sent(1, Field::Note, "a", "b"), sent(2, Field::Note, "b", "c"));
        lists.note(&first, Some(action));
        lists.note(&second, None);
        assert_eq!(lists.refused(&first), Some(action));
        let left = only(lists.take_undo()).unwrap();
        assert_eq!((left.before.as_str(), left.after.as_str()), ("a", "c"), "back to what stood before both");
        assert!(!lists.can_undo());
        assert_eq!(lists.refused(&first), None);
    }

    #[test]
    fn the_oldest_actions_go_first() {
        let mut lists = UndoLists::default();
        for at in 1..=DEPTH as u64 + 1 {
            lists.note(&sent(at, Field::Note, "", &at.to_string()), None);
        }
        let taken: Vec<String> = std::iter::from_fn(|| only(lists.take_undo())).map(|change| change.after).collect();
        assert_eq!((taken.len(), taken.last().map(String::as_str)), (DEPTH, Some("2")));
    }

    #[test]
    fn undo_stands_on_the_version_ones_own_edit_made() {
        let mut lists = UndoLists::default();
        lists.taken(&pending(Field::DueDate, 1, "a", "b", Direction::Forward), 2);
        // Somebody else made version 3; the next own edit saw it.
        lists.taken(&pending(Field::DueDate, 3, "c", "d", Direction::Forward), 4);
        assert_eq!(only(lists.take_undo()).map(|change| (change.before, change.version)), Some(("c".into(), 4)));
        assert_eq!(only(lists.take_undo()).map(|change| (change.before, change.version)), Some(("a".into(), 2)));
        assert_eq!(lists.take_undo(), None);
    }

    #[test]
    fn ones_own_edits_of_one_group_carry_each_other() {
        let mut lists = UndoLists::default();
        lists.taken(&pending(Field::NetTotal, 1, "1", "2", Direction::Forward), 2);
        lists.taken(&pending(Field::GrossTotal, 2, "3", "4", Direction::Forward), 3);
        let last = only(lists.take_undo()).unwrap();
        assert_eq!((last.field, last.version), (Field::GrossTotal, 3));
        lists.taken(&pending(Field::GrossTotal, 3, "4", "3", Direction::Back), 4);
        assert_eq!(only(lists.take_undo()).map(|change| (change.field, change.version)), Some((Field::NetTotal, 4)));
        let again = only(lists.take_redo()).unwrap();
        assert_eq!((again.before.as_str(), again.after.as_str(), again.version), ("3", "4", 4));
    }

    #[test]
    fn a_place_comes_back_with_its_value() {
        let place = PageBox { page: 1, x: 0.25, y: 0.5, w: 0.125, h: 0.25 };
        let mut lists = UndoLists::default();
        let mut removed = pending(Field::DueDate, 1, "a", "a", Direction::Forward);
        (removed.edit.place, removed.before_place) = (Placing::Removed, Some(place));
        lists.taken(&removed, 2);
        let change = only(lists.take_undo()).unwrap();
        assert_eq!(change.gives(Direction::Back), ("a".into(), Placing::At(place)));
        let mut back = pending(Field::DueDate, 2, "a", "a", Direction::Back);
        (back.edit.place, back.before_place) = (Placing::At(place), None);
        lists.taken(&back, 3);
        let again = only(lists.take_redo()).unwrap();
        assert_eq!((again.gives(Direction::Forward), again.version), (("a".into(), Placing::Removed), 3));
        lists.taken(&pending(Field::Note, 1, "a", "b", Direction::Forward), 2);
        assert_eq!(only(lists.take_undo()).unwrap().gives(Direction::Back), ("a".into(), Placing::Kept));
    }

    #[test]
    fn a_confirmation_changes_nothing_that_could_be_undone() {
        let mut lists = UndoLists::default();
        lists.taken(&pending(Field::DueDate, 1, "a", "a", Direction::Forward), 2);
        assert!(!lists.can_undo() && !lists.can_redo());
    }
}
