//! Messages of the socket: one enum a direction, used by the server and the browser alike. PROTOCOL.md shows each.
//!
//! The plain form sends one JSON object a frame; field names are the contract.

use super::{
    field::Field,
    ids::{InvoiceId, TaskId},
    invoice::{FieldValue, InvoiceSummary},
    jobs::{Stage, TaskState},
    status::Status,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Where an event is heard.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Room {
    Invoice(InvoiceId),
    Task(TaskId),
    User(super::ids::UserId),
    WorkItems,
    All,
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Room::Invoice(id) => write!(f, "invoice:{id}"),
            Room::Task(id) => write!(f, "task:{id}"),
            Room::User(id) => write!(f, "user:{id}"),
            Room::WorkItems => f.write_str("workitems"),
            Room::All => f.write_str("all"),
        }
    }
}

impl std::str::FromStr for Room {
    type Err = super::roles::UnknownName;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || super::roles::UnknownName(text.to_owned());
        match text.split_once(':') {
            Some(("invoice", id)) => id.parse().map(Room::Invoice).map_err(|_| unknown()),
            Some(("task", id)) => id.parse().map(Room::Task).map_err(|_| unknown()),
            Some(("user", id)) => id.parse().map(Room::User).map_err(|_| unknown()),
            None if text == "workitems" => Ok(Room::WorkItems),
            None if text == "all" => Ok(Room::All),
            _ => Err(unknown()),
        }
    }
}

impl Serialize for Room {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Room {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// From the browser.
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
    /// Answers a [`ServerMessage::Ping`]; any frame does.
    Pong,
    /// Asks for a [`ServerMessage::Pong`].
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

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    pub room: Room,
    pub epoch: String,
    pub offset: i64,
}

/// From the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    Welcome {
        proto: u32,
        epoch: String,
    },
    Subscribed {
        room: Room,
        epoch: String,
        offset: i64,
        /// Whether everything since the asked offset follows; when not, load the page's data again.
        recovered: bool,
    },
    ProcessingStatus {
        #[serde(rename = "invoiceId")]
        invoice_id: InvoiceId,
        room: Room,
        /// Of the event; without `event_id`, where the room stands.
        offset: i64,
        /// Only milestones have one: they are in the log and are replayed. Percentages between them are not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event_id: Option<String>,
        data: ProcessingStatus,
    },
    TaskUpdate {
        task_id: TaskId,
        kind: TaskUpdateKind,
        stage: Option<Stage>,
        progress: u8,
        message: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<serde_json::Value>,
    },
    InvoiceUpdated {
        #[serde(rename = "invoiceId")]
        invoice_id: InvoiceId,
        room: Room,
        offset: i64,
        event_id: String,
        actor: String,
        data: Box<InvoiceChange>,
    },
    /// The room's log was cut under its listeners: load the page's data again.
    Reset {
        room: Room,
        epoch: String,
        offset: i64,
    },
    Unsubscribed {
        room: Room,
    },
    Error {
        code: String,
        message: String,
        /// Asking again later may help.
        temporary: bool,
        /// The room a refused `subscribe` asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        room: Option<Room>,
    },
    Bye {
        code: String,
        reconnect: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after_ms: Option<u32>,
    },
    /// Answer with [`ClientMessage::Pong`].
    Ping,
    Pong,
    /// A type this program does not know, from a newer server: passed over.
    #[serde(other, skip_serializing)]
    Unknown,
}

/// How far the reading of an invoice is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProcessingStatus {
    #[serde(rename = "taskId")]
    pub task_id: TaskId,
    pub status: TaskState,
    /// Per cent, 0 to 100.
    pub progress: u8,
    pub stage: Option<Stage>,
    pub message: String,
    /// Milliseconds since 1970, UTC.
    pub timestamp: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta_seconds: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_status: Option<Status>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<super::invoice::TaskError>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskUpdateKind {
    StageStart,
    Progress,
    Complete,
    Error,
}

/// What changed in an invoice: the row as it is now, and the fields that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvoiceChange {
    /// `uploaded`, `read`, `field_changed`, `approved` … as in the history.
    pub action: String,
    pub invoice: InvoiceSummary,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<Field, FieldValue>,
    /// The invoice is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
}

/// What the log keeps: an event without the room and offset it is heard under.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    InvoiceUpdated { invoice_id: InvoiceId, actor: String, data: Box<InvoiceChange> },
    ProcessingStatus { invoice_id: InvoiceId, data: ProcessingStatus },
}

/// An event with its place in one room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoggedEvent {
    pub room: Room,
    /// From 1, without gaps.
    pub offset: i64,
    pub event_id: String,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    pub event: Event,
}

impl LoggedEvent {
    /// The message a subscriber of the room receives for it.
    pub fn message(&self) -> ServerMessage {
        match &self.event {
            Event::InvoiceUpdated { invoice_id, actor, data } => ServerMessage::InvoiceUpdated {
                invoice_id: *invoice_id,
                room: self.room.clone(),
                offset: self.offset,
                event_id: self.event_id.clone(),
                actor: actor.clone(),
                data: data.clone(),
            },
            Event::ProcessingStatus { invoice_id, data } => ServerMessage::ProcessingStatus {
                invoice_id: *invoice_id,
                room: self.room.clone(),
                offset: self.offset,
                event_id: Some(self.event_id.clone()),
                data: data.clone(),
            },
        }
    }
}

impl ProcessingStatus {
    /// The same as programs that follow one task by its id expect it.
    pub fn task_update(&self) -> ServerMessage {
        let kind = match self.status {
            TaskState::Completed => TaskUpdateKind::Complete,
            TaskState::Failed | TaskState::Cancelled => TaskUpdateKind::Error,
            _ if self.stage.is_some_and(|stage| stage.percent() == self.progress) => TaskUpdateKind::StageStart,
            _ => TaskUpdateKind::Progress,
        };
        let result = self.invoice_status.map(|status| serde_json::json!({ "invoice_status": status }));
        ServerMessage::TaskUpdate {
            task_id: self.task_id,
            kind,
            stage: self.stage,
            progress: self.progress,
            message: self.message.clone(),
            result: result.filter(|_| self.status == TaskState::Completed),
        }
    }
}
