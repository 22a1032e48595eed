//! What stands in fields and was not taken yet: still being typed, or refused.

use crate::domain::field::Field;
use crate::ui::state::edits::{Draft, Pending, goes_on};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafts(BTreeMap<Field, Draft>);

impl Drafts {
    pub fn get(&self, field: Field) -> Option<&Draft> {
        self.0.get(&field)
    }

    pub fn contains(&self, field: Field) -> bool {
        self.0.contains_key(&field)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn fields(&self) -> Vec<Field> {
        self.0.keys().copied().collect()
    }

    /// The person types; what it is based on, and the value it begins `from`, count for a draft that is new.
    pub fn write(&mut self, field: Field, text: String, base: i64, from: String) {
        match self.0.get_mut(&field) {
            Some(draft) => draft.text = text,
            None => self.put(field, Draft { text, from, seen: base }),
        }
    }

    /// A draft goes on that was begun before.
    pub fn put(&mut self, field: Field, draft: Draft) {
        self.0.insert(field, draft);
    }

    /// Whether a value is another one than `now` stands in the field, and than the one the person began with: what comes
    /// back to that was not changed, whatever somebody else made of it meanwhile.
    pub fn is_change(&self, field: Field, value: &str, now: &str) -> bool {
        value != now && self.0.get(&field).is_none_or(|draft| draft.from != value)
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

    fn write(drafts: &mut Drafts, field: Field, text: &str, base: i64) {
        drafts.write(field, text.to_owned(), base, "2026-01-01".to_owned());
    }

    #[test]
    fn what_is_typed_while_ones_own_change_arrives_goes_on_from_it() {
        let mut drafts = Drafts::default();
        write(&mut drafts, Field::GrossTotal, "1", 3);
        write(&mut drafts, Field::DueDate, "2", 3);
        drafts.taken(&Pending::for_test(1, Field::NetTotal, 3), 4);
        write(&mut drafts, Field::GrossTotal, "12", 9);
        let seen = |field| drafts.get(field).map(|draft| draft.seen);
        assert_eq!((seen(Field::GrossTotal), seen(Field::DueDate)), (Some(4), Some(3)));
    }

    #[test]
    fn what_comes_back_to_where_it_began_is_no_change() {
        let mut drafts = Drafts::default();
        write(&mut drafts, Field::DueDate, "2026-01-31", 1);
        assert!(!drafts.is_change(Field::DueDate, "2026-01-01", "2026-02-02"), "somebody else\u{2019}s value stays");
        assert!(drafts.is_change(Field::DueDate, "2026-01-31", "2026-02-02"));
        assert!(!drafts.is_change(Field::DueDate, "2026-02-02", "2026-02-02"), "both gave the same");
        assert!(drafts.is_change(Field::Note, "a", "b") && !drafts.is_change(Field::Note, "a", "a"));
    }
}
