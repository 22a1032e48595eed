//! What stands in fields and was not taken yet: still being typed, or refused.

use crate::domain::field::Field;
use crate::ui::state::edits::{Pending, goes_on};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub text: String,
    /// What it is based on.
    pub seen: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafts(BTreeMap<Field, Draft>);

impl Drafts {
    pub fn get(&self, field: Field) -> Option<&Draft> {
        self.0.get(&field)
    }

    pub fn contains(&self, field: Field) -> bool {
        self.0.contains_key(&field)
    }

    pub fn fields(&self) -> Vec<Field> {
        self.0.keys().copied().collect()
    }

    /// The person types; `base` counts for a draft that is new.
    pub fn write(&mut self, field: Field, text: String, base: i64) {
        let seen = self.0.get(&field).map_or(base, |draft| draft.seen);
        self.0.insert(field, Draft { text, seen });
    }

    pub fn remove(&mut self, field: Field) {
        self.0.remove(&field);
    }

    /// The server took one of the person's changes: what was begun on top of it goes on from there.
    pub fn taken(&mut self, taken: &Pending, version: i64) {
        for (field, draft) in &mut self.0 {
            if goes_on(taken, version, *field, draft.seen) {
                draft.seen = version;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_while_ones_own_change_arrives_goes_on_from_it() {
        let mut drafts = Drafts::default();
        drafts.write(Field::GrossTotal, "1".to_owned(), 3);
        drafts.write(Field::DueDate, "2".to_owned(), 3);
        drafts.taken(&Pending::for_test(1, Field::NetTotal, 3), 4);
        drafts.write(Field::GrossTotal, "12".to_owned(), 9);
        let seen = |field| drafts.get(field).map(|draft| draft.seen);
        assert_eq!((seen(Field::GrossTotal), seen(Field::DueDate)), (Some(4), Some(3)));
    }
}
