//! What was typed on pages that were left and could not be sent, until the person comes back to it.

use super::queue::{Pending, goes_on};
use crate::domain::{field::Field, ids::InvoiceId};
use std::collections::BTreeMap;

/// What stands in a field and was not taken yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub text: String,
    /// The value it began with.
    pub from: String,
    /// What it is based on.
    pub seen: i64,
}

/// A draft that can not be sent, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    pub field: Field,
    pub draft: Draft,
    pub reason: String,
}

#[derive(Debug, Default)]
pub struct Left(BTreeMap<InvoiceId, Vec<Unsent>>);

impl Left {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The page of an invoice was left.
    pub fn keep(&mut self, invoice: InvoiceId, unsent: Vec<Unsent>) {
        if !unsent.is_empty() {
            self.0.insert(invoice, unsent);
        }
    }

    /// The person came back to the invoice: the page has it from now on.
    pub fn take(&mut self, invoice: InvoiceId) -> Vec<Unsent> {
        self.0.remove(&invoice).unwrap_or_default()
    }

    /// The server took one of the person's changes: what was begun on top of it goes on from there.
    pub fn taken(&mut self, taken: &Pending, version: i64) {
        for Unsent { field, draft, .. } in self.0.get_mut(&taken.invoice).into_iter().flatten() {
            if goes_on(taken, version, *field, draft.seen) {
                draft.seen = version;
            }
        }
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_is_there_when_the_person_comes_back_and_goes_on_from_their_own_changes() {
        let taken = Pending::for_test(1, Field::Note, 3);
        let draft = Draft { text: "x".to_owned(), from: String::new(), seen: 3 };
        let unsent = |field| Unsent { field, draft: draft.clone(), reason: "Not a value".to_owned() };
        let mut left = Left::default();
        left.keep(taken.invoice, Vec::new());
        assert!(left.is_empty());
        left.keep(taken.invoice, vec![unsent(Field::Note), unsent(Field::DueDate)]);
        left.taken(&taken, 4);
        let seen: Vec<i64> = left.take(taken.invoice).iter().map(|unsent| unsent.draft.seen).collect();
        assert_eq!(seen, [4, 3]);
        assert!(left.is_empty());
    }
}
