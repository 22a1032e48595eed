//! What the server says on the socket. PROTOCOL.md shows each message.

use super::{
    InvoiceChange, Notification, NotificationsRead, ProcessingStatus, Room, WorkItem,
    presence::{Lock, PresenceChange, Present},
};
use crate::domain::{
    error::AppError,
    ids::{InvoiceId, TaskId, UserId},
    invoice::{EditResult, InvoiceSummary},
    jobs::Stage,
};
use serde::{Deserialize, Serialize, de};
use std::fmt;

/// A message from the server. `type` is written first, and a reader of this type relies on it: the fields that follow
/// are then read straight into their place, which takes a fifth of the code in the browser.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    Welcome(Welcome),
    Subscribed(Subscribed),
    Unsubscribed(Unsubscribed),
    ProcessingStatus(ProcessingMessage),
    TaskUpdate(TaskUpdate),
    InvoiceUpdated(InvoiceUpdated),
    MutationResult(MutationResult),
    Presence(PresenceChange),
    Lock(Lock),
    Notification(NotificationMessage),
    NotificationsRead(NotificationsReadMessage),
    #[serde(rename = "workitem")]
    WorkItem(WorkItemMessage),
    System(SystemMessage),
    /// The room's log was cut under its listeners: load the page's data again.
    Reset(Reset),
    Error(ErrorMessage),
    Bye(Bye),
    /// Answer with `pong`.
    Ping,
    Pong,
    /// A type this program does not know, from a newer server: passed over.
    #[serde(skip_serializing)]
    Unknown,
}

impl<'de> Deserialize<'de> for ServerMessage {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Visitor)
    }
}

struct Visitor;

impl<'de> de::Visitor<'de> for Visitor {
    type Value = ServerMessage;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message that begins with its type")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<ServerMessage, A::Error> {
        if map.next_key::<String>()?.as_deref() != Some("type") {
            return Err(de::Error::missing_field("type"));
        }
        let kind: String = map.next_value()?;
        let rest = de::value::MapAccessDeserializer::new(map);
        Ok(match kind.as_str() {
            "welcome" => ServerMessage::Welcome(Welcome::deserialize(rest)?),
            "subscribed" => ServerMessage::Subscribed(Subscribed::deserialize(rest)?),
            "unsubscribed" => ServerMessage::Unsubscribed(Unsubscribed::deserialize(rest)?),
            "processing_status" => ServerMessage::ProcessingStatus(ProcessingMessage::deserialize(rest)?),
            "task_update" => ServerMessage::TaskUpdate(TaskUpdate::deserialize(rest)?),
            "invoice_updated" => ServerMessage::InvoiceUpdated(InvoiceUpdated::deserialize(rest)?),
            "mutation_result" => ServerMessage::MutationResult(MutationResult::deserialize(rest)?),
            "presence" => ServerMessage::Presence(PresenceChange::deserialize(rest)?),
            "lock" => ServerMessage::Lock(Lock::deserialize(rest)?),
            "notification" => ServerMessage::Notification(NotificationMessage::deserialize(rest)?),
            "notifications_read" => ServerMessage::NotificationsRead(NotificationsReadMessage::deserialize(rest)?),
            "workitem" => ServerMessage::WorkItem(WorkItemMessage::deserialize(rest)?),
            "system" => ServerMessage::System(SystemMessage::deserialize(rest)?),
            "reset" => ServerMessage::Reset(Reset::deserialize(rest)?),
            "error" => ServerMessage::Error(ErrorMessage::deserialize(rest)?),
            "bye" => ServerMessage::Bye(Bye::deserialize(rest)?),
            other => {
                de::IgnoredAny::deserialize(rest)?;
                match other {
                    "ping" => ServerMessage::Ping,
                    "pong" => ServerMessage::Pong,
                    _ => ServerMessage::Unknown,
                }
            }
        })
    }
}

/// Answers `hello`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    pub proto: u32,
    pub epoch: String,
    /// What this connection is called in presence and locks.
    pub connection: String,
    pub user: UserId,
    /// The newest mutation of the client that said hello: what it numbered above is not here.
    pub last_mutation: u64,
}

/// Answers `subscribe`; the room's events follow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subscribed {
    pub room: Room,
    pub epoch: String,
    pub offset: i64,
    /// Whether everything since the asked offset follows; when not, load the page's data again.
    pub recovered: bool,
    /// Who is there, for a client that said hello.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub presence: Vec<Present>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locks: Vec<Lock>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsubscribed {
    pub room: Room,
}

/// How far a task is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProcessingMessage {
    #[serde(rename = "invoiceId")]
    pub invoice_id: InvoiceId,
    pub room: Room,
    /// Of the event; without `event_id`, where the room stands.
    pub offset: i64,
    /// Only milestones have one: they are in the log and are replayed. Percentages between them are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    pub data: ProcessingStatus,
}

/// The same for programs that follow one task by its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskUpdate {
    pub task_id: TaskId,
    pub kind: TaskUpdateKind,
    pub stage: Option<Stage>,
    pub progress: u8,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<serde_json::Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskUpdateKind {
    StageStart,
    Progress,
    Complete,
    Error,
}

/// An invoice changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvoiceUpdated {
    #[serde(rename = "invoiceId")]
    pub invoice_id: InvoiceId,
    pub room: Room,
    pub offset: i64,
    pub event_id: String,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    pub actor: String,
    /// The mutation that did it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mutation_id: Option<u64>,
    pub data: Box<InvoiceChange>,
}

/// What became of a mutation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MutationResult {
    pub client_id: String,
    pub mutation_id: u64,
    pub outcome: MutationOutcome,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MutationOutcome {
    /// It is in the database. A repeat gets this again.
    Done(Box<EditResult>),
    /// The same of a decision: the invoice as it was then.
    Decided(Box<InvoiceSummary>),
    /// It was not taken and will not be; a repeat gets this again.
    Refused(AppError),
    /// One before it is missing: send those from `expected` on.
    Gap { expected: u64 },
    /// Nothing was decided: send it again later.
    Retry,
}

impl MutationOutcome {
    /// What became of a decision.
    pub fn decided(self) -> Result<InvoiceSummary, AppError> {
        match self {
            MutationOutcome::Decided(invoice) => Ok(*invoice),
            MutationOutcome::Refused(error) => Err(error),
            MutationOutcome::Gap { .. } | MutationOutcome::Retry | MutationOutcome::Done(_) => Err(AppError::Internal),
        }
    }
}

/// Something that concerns one person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotificationMessage {
    pub room: Room,
    pub offset: i64,
    pub event_id: String,
    pub data: Notification,
}

/// The person saw one of their notifications, or all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationsReadMessage {
    pub room: Room,
    pub offset: i64,
    pub event_id: String,
    pub data: NotificationsRead,
}

/// A work item came, or changed. Programs on `/ws/workitems` read `event` and `data` alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkItemMessage {
    pub event: WorkItemEvent,
    pub room: Room,
    pub offset: i64,
    pub event_id: String,
    pub data: WorkItem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkItemEvent {
    NewWorkitem,
    StatusUpdate,
}

/// About the server itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemMessage {
    /// What works and what does not, when that changes.
    Status { well: bool, message: String },
    /// Announced by an administrator; an empty message takes it back.
    Maintenance { message: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reset {
    pub room: Room,
    pub epoch: String,
    pub offset: i64,
}

/// Something the client sent was not taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorMessage {
    pub code: String,
    pub message: String,
    /// Asking again later may help.
    pub temporary: bool,
    /// The room a refused `subscribe` asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<Room>,
    /// The task a refused `cancel`, `pause` or `resume` named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
}

/// The server closes the socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bye {
    pub code: String,
    pub reconnect: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u32>,
}
