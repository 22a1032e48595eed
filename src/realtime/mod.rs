//! Live updates: who hears what, in which order, and how a client that was away catches up. PROTOCOL.md is the promise;
//! [`hub::Hub`] keeps it on this side, from an [`EventLog`] that is the truth.

pub mod bus;
pub mod heartbeat;
pub mod hub;
pub mod mailbox;
pub mod pace;
pub mod postgres_bus;
pub mod presence;
mod progress;
pub mod registry;
pub mod room;
mod tail;

pub use hub::Hub;
pub use mailbox::{Farewell, Mailbox};
pub use pace::Pacer;

use crate::domain::{
    connections::OpenSockets,
    events::{LoggedEvent, ProcessingStatus, Room, presence::Lock},
    ids::InvoiceId,
    invoice::Position,
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// What services tell of their changes. Called after the commit.
pub trait Publisher: Send + Sync {
    /// Events of one transaction, already in the log.
    fn publish(&self, events: Vec<LoggedEvent>);

    /// How far a task is: not in the log, only the newest counts.
    fn progress(&self, invoice: InvoiceId, status: ProcessingStatus);

    /// A task waits for a worker: other servers may have one free.
    fn work_waits(&self);

    /// The open sockets of this server, at most `limit` of them.
    fn sockets(&self, limit: usize) -> OpenSockets;

    /// Does what an administrator wants, on all servers. False: the socket named is not on this one.
    fn control(&self, control: bus::Control) -> bool;
    /// Who has the right of way on a field now: not in the log, told to who is there.
    fn lock_changed(&self, lock: Lock);
}

/// The log could not be read. The reason is logged where it arose.
#[derive(Debug, thiserror::Error)]
#[error("the event log can not be read")]
pub struct LogUnavailable;

/// A room of the log at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRead {
    /// The newest offset, and the log's epoch.
    pub top: Position,
    /// Events after the asked offset, in order, at most as many as asked. The oldest ones may have been deleted.
    pub events: Vec<LoggedEvent>,
}

/// The event log as the hub reads it.
#[async_trait::async_trait]
pub trait EventLog: Send + Sync {
    /// The room's top, and up to `limit` events after `after`, read at one moment. With `after` None no events.
    async fn read(&self, room: &Room, after: Option<i64>, limit: i64) -> Result<LogRead, LogUnavailable>;

    /// Where these rooms stand, read at one moment.
    async fn tops(&self, rooms: &[Room]) -> Result<Tops, LogUnavailable>;

    /// Who has the right of way in a room. Not of the log, but read beside it; a log alone knows of none.
    async fn locks(&self, _room: &Room) -> Result<Vec<Lock>, LogUnavailable> {
        Ok(Vec::new())
    }
}

/// The newest offsets of some rooms at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tops {
    /// The log's: an offset means nothing in another.
    pub epoch: String,
    /// Rooms nobody wrote to are missing.
    pub offsets: HashMap<Room, i64>,
}

impl Tops {
    /// Where a room stands.
    pub fn of(&self, room: &Room) -> Position {
        Position { epoch: self.epoch.clone(), offset: self.offsets.get(room).copied().unwrap_or(0) }
    }
}

/// Locks, and goes on after a panic elsewhere: what these locks guard is whole between statements.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
