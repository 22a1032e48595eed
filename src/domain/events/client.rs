//! What a browser or a program says on the socket. PROTOCOL.md shows each message.

use super::{Room, presence::PresenceState};
use crate::domain::{
    decision::Decision,
    field::Field,
    ids::{InvoiceId, TaskId},
    invoice::FieldEdit,
};
use serde::{Deserialize, Serialize};

/// A message to the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Says which protocol follows, and what was heard last.
    Hello {
        proto: u32,
        #[serde(default)]
        client_id: Option<String>,
        #[serde(default)]
        resume: Vec<Resume>,
    },
    Subscribe(Subscription),
    Unsubscribe(Subscription),
    /// Changes fields. Answered by a `mutation_result`, whatever becomes of it.
    Mutate(Mutation),
    /// Ends a task for good. What becomes of it is heard as `processing_status`.
    Cancel {
        task: TaskId,
    },
    /// Sets a task that has not begun aside.
    Pause {
        task: TaskId,
    },
    /// Goes on with a task that was set aside.
    Resume {
        task: TaskId,
    },
    /// Where in an invoice this person is.
    Presence(PresenceUpdate),
    /// Asks for the right of way on a field. Answered by `lock`.
    Lock(LockRequest),
    /// Keeps it for another lease.
    Renew(LockRequest),
    Unlock(LockRequest),
    /// Answers a `ping`; any frame does.
    Pong,
    /// Asks for a `pong`.
    Ping,
    /// A type this program does not know: answered with an error, the socket stays open.
    #[serde(other, skip_serializing)]
    Unknown,
}

/// A room, by invoice, by task or by name; with `epoch` and `offset`, what came after is replayed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    #[serde(default, rename = "invoiceId", skip_serializing_if = "Option::is_none")]
    pub invoice_id: Option<InvoiceId>,
    #[serde(default, rename = "taskId", skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<Room>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<i64>,
}

impl Subscription {
    /// The one room it names, if it names exactly one way.
    pub fn target(&self) -> Option<Room> {
        match (&self.invoice_id, &self.task_id, &self.room) {
            (Some(id), None, None) => Some(Room::Invoice(*id)),
            (None, Some(id), None) => Some(Room::Task(*id)),
            (None, None, Some(room)) => Some(room.clone()),
            _ => None,
        }
    }
}

/// Where a client stands in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    pub room: Room,
    pub epoch: String,
    pub offset: i64,
}

/// A change of fields, or a decision, numbered by the client that made it: a repeat changes nothing, and none is taken before the one
/// in front of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mutation {
    /// Who numbers it: one browser tab, while it lives. 1 to 64 characters.
    pub client_id: String,
    /// 1 for the first of its client, then one more each time.
    pub mutation_id: u64,
    pub invoice: InvoiceId,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldEdit>,
    /// Instead of fields: what becomes of the invoice as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

/// Where in a room a connection is. A `clock` that is not higher than the last one is passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceUpdate {
    pub room: Room,
    pub clock: u32,
    /// None: not there any more.
    #[serde(default)]
    pub state: Option<PresenceState>,
}

/// A field that somebody is about to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockRequest {
    pub invoice: InvoiceId,
    pub field: Field,
}
