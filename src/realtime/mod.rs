//! Live updates: who hears what, in which order, and how a client that was away catches up.

use crate::domain::{
    events::{LoggedEvent, ProcessingStatus},
    ids::InvoiceId,
};

/// What services tell of their changes. Called after the commit.
pub trait Publisher: Send + Sync {
    /// Events of one transaction, already in the log.
    fn publish(&self, events: Vec<LoggedEvent>);

    /// How far a task is: not in the log, only the newest counts.
    fn progress(&self, invoice: InvoiceId, status: ProcessingStatus);
}
