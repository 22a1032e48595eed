//! Changes of others that met the person's own, until the person has chosen.

use super::questions::Question;
use crate::domain::{
    events::MutationKey,
    invoice::{FieldConflict, Placing},
};
use crate::ui::state::edits::Pending;

/// Somebody else's change that met one on its way from here.
#[derive(Clone, Debug, PartialEq)]
pub struct Clash {
    pub conflict: FieldConflict,
    pub key: MutationKey,
    /// What the person said of where the value stands.
    pub place: Placing,
    /// When the person made the change.
    at: u64,
}

/// One for each field: the newest that the person typed counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clashes(Vec<Clash>);

impl Clashes {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn all(&self) -> &[Clash] {
        &self.0
    }

    /// What the person is asked: fields that share a version in one.
    pub fn questions(&self) -> Vec<Question> {
        let mut questions: Vec<Question> = Vec::new();
        for clash in &self.0 {
            let new = Question::of(clash);
            match questions.iter_mut().find(|known| known.group == new.group) {
                Some(known) => known.join(new),
                None => questions.push(new),
            }
        }
        questions
    }

    /// Adds what a change met. Gives the changes that nobody is asked about any more: the person typed another value in
    /// the same field since.
    pub fn meet(&mut self, pending: &Pending, conflicts: Vec<FieldConflict>) -> Vec<MutationKey> {
        let mut settled = Vec::new();
        for conflict in conflicts {
            let place = if conflict.name == pending.edit.name { pending.edit.place } else { Placing::Kept };
            let new = Clash { conflict, key: pending.key.clone(), place, at: pending.at };
            let known = self.0.iter().position(|known| known.conflict.name == new.conflict.name);
            let (kept, left) = match known.map(|at| self.0.remove(at)) {
                Some(known) if known.at > new.at => (known, Some(new)),
                known => (new, known),
            };
            settled.extend(left.map(|left| left.key).filter(|key| *key != kept.key));
            self.0.push(kept);
        }
        settled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::field::Field;

    fn conflict(pending: &Pending) -> Vec<FieldConflict> {
        vec![FieldConflict {
            name: pending.edit.name,
            base: None,
            mine: pending.edit.value.clone(),
            theirs: None,
            merged: None,
            group: Vec::new(),
            version: 2,
            actor: String::new(),
            at: 0,
        }]
    }

    #[test]
    fn a_newer_value_of_the_same_field_settles_the_older_one() {
        let (older, newer) = (Pending::for_test(1, Field::Note, 1), Pending::for_test(2, Field::Note, 1));
        for [first, second] in [[&older, &newer], [&newer, &older]] {
            let mut clashes = Clashes::default();
            assert_eq!(clashes.meet(first, conflict(first)), []);
            assert_eq!(clashes.meet(first, conflict(first)), [], "told again it stays");
            assert_eq!(clashes.meet(second, conflict(second)), vec![older.key.clone()]);
            let mine: Vec<String> = clashes.all().iter().map(|clash| clash.conflict.mine.clone()).collect();
            assert_eq!(mine, ["2"]);
        }
    }
}
