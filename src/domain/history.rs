//! History of an invoice as it is shown: what happened, and whether it still stands as it was written.

use super::invoice::HistoryEntry;
use serde::{Deserialize, Serialize};

/// The newest entries, and what the chain of hashes says of all of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Newest first, at most [`History::SHOWN`].
    pub entries: Vec<HistoryEntry>,
    /// How many there are.
    pub total: usize,
    /// The first entry that is not as it was written, or stands behind one that was removed.
    pub broken: Option<i64>,
}

impl History {
    /// A person reads so many at most; the export has all.
    pub const SHOWN: usize = 1000;
}

/// What an entry tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HistoryKind {
    /// Values changed or confirmed.
    Values,
    /// Submitted, approved, rejected and all other steps that people take.
    Decisions,
    /// Written about it; the thread tells them too.
    Comments,
    /// What the program did: read, checked, failed.
    Reading,
}

impl HistoryEntry {
    pub fn kind(&self) -> HistoryKind {
        if !self.changes.is_empty() {
            return HistoryKind::Values;
        }
        match self.action.as_str() {
            "field_changed" | "place_changed" | "verified" => HistoryKind::Values,
            "uploaded" | "read" | "checked" | "failed" | "retried" | "paused" | "resumed" => HistoryKind::Reading,
            "commented" => HistoryKind::Comments,
            _ => HistoryKind::Decisions,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{field::Field, invoice::FieldChange};

    #[test]
    fn an_entry_is_of_one_kind() {
        let entry = |action: &str| HistoryEntry {
            seq: 1,
            at: 0,
            actor: String::new(),
            action: action.to_owned(),
            changes: Vec::new(),
            note: None,
        };
        assert_eq!(entry("approved").kind(), HistoryKind::Decisions);
        assert_eq!(entry("approved_first").kind(), HistoryKind::Decisions);
        assert_eq!(entry("verified").kind(), HistoryKind::Values);
        assert_eq!(entry("read").kind(), HistoryKind::Reading);
        // Whatever it is called, one that changed values is found among the values.
        let change = FieldChange { name: Field::Iban, before: None, after: None, version: 1, place: None };
        assert_eq!(HistoryEntry { changes: vec![change], ..entry("read") }.kind(), HistoryKind::Values);
    }
}
