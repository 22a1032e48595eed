//! What was changed on this page, to be undone and redone.

use crate::domain::field::Field;
use crate::ui::state::edits::{Direction, Pending, goes_on};

/// This many changes are kept.
const DEPTH: usize = 50;

/// A change that the server took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub field: Field,
    pub before: String,
    pub after: String,
    /// What it left the field at. As long as the field is there, nobody else has changed it.
    pub version: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
        if before == after {
            return;
        }
        let (list, before, after) = match pending.direction {
            Direction::Forward => (&mut self.done, before, after),
            Direction::Back => (&mut self.undone, after, before),
        };
        if list.len() >= DEPTH {
            list.remove(0);
        }
        list.push(Change { field: pending.edit.name, before, after, version });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::invoice::FieldEdit;

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
    fn a_confirmation_changes_nothing_that_could_be_undone() {
        let mut lists = UndoLists::default();
        lists.taken(&pending(Field::DueDate, 1, "a", "a", Direction::Forward), 2);
        assert!(!lists.can_undo() && !lists.can_redo());
    }
}
