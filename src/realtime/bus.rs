//! What the servers of one database tell each other. A wake is a hint and the log is the truth: a word that is lost
//! costs time until the next look at the log, nothing else.

use crate::domain::{
    events::{Lock, PresenceChange, ProcessingStatus, Room},
    ids::InvoiceId,
};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

/// One thing told to all other servers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// The log reaches these offsets in these rooms.
    Wake(Vec<(Room, i64)>),
    /// A percentage, which is not in the log.
    Progress(InvoiceId, Box<ProcessingStatus>),
    /// A task waits for a worker.
    Work,
    /// Who came, moved or went on the server that tells; nothing: it lives.
    Presence(Vec<PresenceChange>),
    /// A server wants to know who is there.
    WhoIsThere,
    /// Who has the right of way on a field now.
    Lock(Lock),
    Control(Control),
}

/// What an administrator does to all servers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// Closes a socket, by the name that [`super::hub::Connection::name`] gives.
    Close { connection: String },
    /// Tells everybody; an empty message takes the last one back.
    Maintenance { message: String },
}

/// A word, and which server told it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub node: String,
    pub words: Vec<Word>,
}

/// The way to the other servers.
pub trait Bus: Send + Sync {
    /// Tells them. Does not wait, and what can not be told is dropped.
    fn tell(&self, node: &str, word: Word);
}

/// One server alone: there is nobody to tell.
pub struct Alone;

impl Bus for Alone {
    fn tell(&self, _: &str, _: Word) {}
}

/// Several hubs of one process.
#[derive(Clone)]
pub struct LocalBus(broadcast::Sender<Told>);

impl Default for LocalBus {
    fn default() -> Self {
        LocalBus(broadcast::Sender::new(1_024))
    }
}

impl LocalBus {
    /// What is told from now on.
    pub fn heard(&self) -> broadcast::Receiver<Told> {
        self.0.subscribe()
    }
}

impl Bus for LocalBus {
    fn tell(&self, node: &str, word: Word) {
        // Nobody may listen yet.
        _ = self.0.send(Told { node: node.to_owned(), words: vec![word] });
    }
}
