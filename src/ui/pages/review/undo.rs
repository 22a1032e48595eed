//! What was changed on this page, to be undone and redone.

use crate::domain::{
    field::Field,
    invoice::{PlaceChange, Placing},
};
use crate::ui::state::edits::{Direction, Pending, goes_on};

/// This many changes are kept.
const DEPTH: usize = 50;

/// A change that the server took.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub field: Field,
    pub before: String,
    pub after: String,
    /// Where the value stands, when that was changed.
    places: Option<PlaceChange>,
    /// What it left the field at. As long as the field is there, nobody else has changed it.
    pub version: i64,
}

impl Change {
    /// The value that going in a direction gives, and its place.
    pub fn gives(&self, direction: Direction) -> (String, Placing) {
        let (value, place) = match direction {
            Direction::Forward => (&self.after, self.places.map(|places| places.after)),
            Direction::Back => (&self.before, self.places.map(|places| places.before)),
        };
        (value.clone(), place.map_or(Placing::Kept, Placing::of))
    }

    /// What was undone, as it was done.
    fn turned(self) -> Change {
        let places = self.places.map(|PlaceChange { before, after }| PlaceChange { before: after, after: before });
        Change { before: self.after, after: self.before, places, ..self }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct UndoLists {
    done: Vec<Change>,
    undone: Vec<Change>,
}

impl UndoLists {
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    pub fn take_undo(&mut self) -> Option<Change> {
        self.done.pop()
    }

    pub fn take_redo(&mut self) -> Option<Change> {
        self.undone.pop()
    }

    /// Something new was typed: what was undone before it can not come back.
    pub fn forget_undone(&mut self) {
        self.undone.clear();
    }

    /// The server took a change and left its fields at `version`. Changes that it was made on top of go with it.
    pub fn taken(&mut self, pending: &Pending, version: i64) {
        for change in self.done.iter_mut().chain(&mut self.undone) {
            if goes_on(pending, version, change.field, change.version) {
                change.version = version;
            }
        }
        let (before, after) = (pending.before.clone(), pending.edit.value.clone());
        let places = places_of(pending);
        if before == after && places.is_none() {
            return;
        }
        let change = Change { field: pending.edit.name, before, after, places, version };
        let (list, change) = match pending.direction {
            Direction::Forward => (&mut self.done, change),
            Direction::Back => (&mut self.undone, change.turned()),
        };
        if list.len() >= DEPTH {
            list.remove(0);
        }
        list.push(change);
    }
}

fn places_of(pending: &Pending) -> Option<PlaceChange> {
    let (before, placing) = (pending.before_place, pending.edit.place);
    let after = placing.after(None);
    (!placing.is_kept() && before != after).then_some(PlaceChange { before, after })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{invoice::FieldEdit, reading::PageBox};

    fn pending(name: Field, base_version: i64, before: &str, after: &str, direction: Direction) -> Pending {
        let edit = FieldEdit::new(name, base_version, after);
        Pending { edit, before: before.into(), direction, ..Pending::for_test(0, name, base_version) }
    }

    #[test]
    fn undo_stands_on_the_version_ones_own_edit_made() {
        let mut lists = UndoLists::default();
        lists.taken(&pending(Field::DueDate, 1, "a", "b", Direction::Forward), 2);
        // Somebody else made version 3; the next own edit saw it.
        lists.taken(&pending(Field::DueDate, 3, "c", "d", Direction::Forward), 4);
        assert_eq!(lists.take_undo().map(|change| (change.before, change.version)), Some(("c".into(), 4)));
        assert_eq!(lists.take_undo().map(|change| (change.before, change.version)), Some(("a".into(), 2)));
        assert_eq!(lists.take_undo(), None);
    }

    #[test]
    fn ones_own_edits_of_one_group_carry_each_other() {
        let mut lists = UndoLists::default();
        lists.taken(&pending(Field::NetTotal, 1, "1", "2", Direction::Forward), 2);
        lists.taken(&pending(Field::GrossTotal, 2, "3", "4", Direction::Forward), 3);
        let last = lists.take_undo().unwrap();
        assert_eq!((last.field, last.version), (Field::GrossTotal, 3));
        lists.taken(&pending(Field::GrossTotal, 3, "4", "3", Direction::Back), 4);
        assert_eq!(lists.take_undo().map(|change| (change.field, change.version)), Some((Field::NetTotal, 4)));
        let again = lists.take_redo().unwrap();
        assert_eq!((again.before.as_str(), again.after.as_str(), again.version), ("3", "4", 4));
    }

    #[test]
    fn a_place_comes_back_with_its_value() {
        let place = PageBox { page: 1, x: 0.25, y: 0.5, w: 0.125, h: 0.25 };
        let mut lists = UndoLists::default();
        let mut removed = pending(Field::DueDate, 1, "a", "a", Direction::Forward);
        (removed.edit.place, removed.before_place) = (Placing::Removed, Some(place));
        lists.taken(&removed, 2);
        let change = lists.take_undo().unwrap();
        assert_eq!(change.gives(Direction::Back), ("a".into(), Placing::At(place)));
        let mut back = pending(Field::DueDate, 2, "a", "a", Direction::Back);
        (back.edit.place, back.before_place) = (Placing::At(place), None);
        lists.taken(&back, 3);
        let again = lists.take_redo().unwrap();
        assert_eq!((again.gives(Direction::Forward), again.version), (("a".into(), Placing::Removed), 3));
        lists.taken(&pending(Field::Note, 1, "a", "b", Direction::Forward), 2);
        assert_eq!(lists.take_undo().unwrap().gives(Direction::Back), ("a".into(), Placing::Kept));
    }

    #[test]
    fn a_confirmation_changes_nothing_that_could_be_undone() {
        let mut lists = UndoLists::default();
        lists.taken(&pending(Field::DueDate, 1, "a", "a", Direction::Forward), 2);
        assert!(!lists.can_undo() && !lists.can_redo());
    }
}
