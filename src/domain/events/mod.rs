//! The live protocol: one enum a direction, used by the server and the browser alike, and the events that the log keeps.
//! PROTOCOL.md shows each message; field names are the contract.

pub mod client;
pub mod presence;
mod room;
pub mod server;

pub use client::{ClientMessage, LockRequest, Mutation, PresenceUpdate, Resume, Subscription};
pub use presence::{Cursor, Holder, Lock, PresenceChange, PresenceState, Present};
pub use room::Room;
pub use server::{
    Bye, ErrorMessage, InvoiceUpdated, MutationOutcome, MutationResult, NotificationMessage, NotificationsReadMessage,
    ProcessingMessage, Reset, ServerMessage, Subscribed, SystemMessage, TaskUpdate, TaskUpdateKind, Unsubscribed,
    Welcome, WorkItemEvent, WorkItemMessage,
};

use super::{
    comment::Comment,
    field::Field,
    ids::{InvoiceId, TaskId},
    invoice::{FieldValue, InvoiceSummary, TaskError},
    jobs::{Stage, TaskState},
    notification::{Notification, NotificationsRead},
    status::Status,
    work_item::WorkItem,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    pub error: Option<TaskError>,
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
    /// What was written about it; nothing else changed then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Comment>,
}

/// What the log keeps: an event without the room and offset it is heard under.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    InvoiceUpdated {
        invoice_id: InvoiceId,
        actor: String,
        /// The mutation that did it, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mutation: Option<MutationKey>,
        data: Box<InvoiceChange>,
    },
    ProcessingStatus {
        invoice_id: InvoiceId,
        data: ProcessingStatus,
    },
    Notified {
        data: Notification,
    },
    NotificationsRead {
        data: NotificationsRead,
    },
    #[serde(rename = "workitem")]
    WorkItem {
        event: WorkItemEvent,
        data: WorkItem,
    },
}

/// One mutation among all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MutationKey {
    pub client_id: String,
    pub mutation_id: u64,
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
        let (room, offset, event_id) = (self.room.clone(), self.offset, self.event_id.clone());
        match &self.event {
            Event::InvoiceUpdated { invoice_id, actor, mutation, data } => {
                ServerMessage::InvoiceUpdated(InvoiceUpdated {
                    invoice_id: *invoice_id,
                    room,
                    offset,
                    event_id,
                    at: self.at,
                    actor: actor.clone(),
                    client_id: mutation.as_ref().map(|mutation| mutation.client_id.clone()),
                    mutation_id: mutation.as_ref().map(|mutation| mutation.mutation_id),
                    data: data.clone(),
                })
            }
            Event::ProcessingStatus { invoice_id, data } => ServerMessage::ProcessingStatus(ProcessingMessage {
                invoice_id: *invoice_id,
                room,
                offset,
                event_id: Some(event_id),
                data: data.clone(),
            }),
            Event::Notified { data } => {
                ServerMessage::Notification(NotificationMessage { room, offset, event_id, data: data.clone() })
            }
            Event::NotificationsRead { data } => ServerMessage::NotificationsRead(NotificationsReadMessage {
                room,
                offset,
                event_id,
                data: data.clone(),
            }),
            Event::WorkItem { event, data } => {
                ServerMessage::WorkItem(WorkItemMessage { event: *event, room, offset, event_id, data: data.clone() })
            }
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
        ServerMessage::TaskUpdate(TaskUpdate {
            task_id: self.task_id,
            kind,
            stage: self.stage,
            progress: self.progress,
            message: self.message.clone(),
            result: result.filter(|_| self.status == TaskState::Completed),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every example of PROTOCOL.md is a message of this module: read, written and read again it is the same.
    #[test]
    fn the_examples_of_the_protocol_are_read() {
        let text = include_str!("../../../PROTOCOL.md");
        let (mut up, mut down) = (0, 0);
        for line in text.lines() {
            if let Some(example) = line.strip_prefix("→ ") {
                let message: ClientMessage = serde_json::from_str(example).unwrap_or_else(|e| panic!("{e}: {example}"));
                assert_ne!(message, ClientMessage::Unknown, "{example}");
                let again = serde_json::to_string(&message).unwrap();
                assert_eq!(serde_json::from_str::<ClientMessage>(&again).unwrap(), message);
                up += 1;
            } else if let Some(example) = line.strip_prefix("← ") {
                let message: ServerMessage = serde_json::from_str(example).unwrap_or_else(|e| panic!("{e}: {example}"));
                assert_ne!(message, ServerMessage::Unknown, "{example}");
                let again = serde_json::to_string(&message).unwrap();
                assert_eq!(serde_json::from_str::<ServerMessage>(&again).unwrap(), message);
                down += 1;
            }
        }
        assert!(up >= 8 && down >= 12, "{up} and {down} examples");
    }

    #[test]
    fn what_is_not_known_is_passed_over() {
        let read = |text: &str| serde_json::from_str::<ServerMessage>(text);
        assert_eq!(read(r#"{"type":"newer","a":{"b":[1]}}"#).unwrap(), ServerMessage::Unknown);
        assert_eq!(read(r#"{"type":"pong","newer":1}"#).unwrap(), ServerMessage::Pong);
        let bye = ServerMessage::Bye(Bye { code: "slow".into(), reconnect: true, after_ms: None });
        assert_eq!(read(r#"{"type":"bye","newer":{},"code":"slow","reconnect":true}"#).unwrap(), bye);
        assert!(read(r#"{"code":"slow"}"#).is_err());
        assert!(read("[]").is_err());
        assert_eq!(serde_json::from_str::<ClientMessage>(r#"{"type":"newer"}"#).unwrap(), ClientMessage::Unknown);
    }

    #[test]
    fn system_messages_are_read() {
        for system in [
            SystemMessage::Status { well: false, message: "m".into() },
            SystemMessage::Maintenance { message: "m".into() },
        ] {
            let message = ServerMessage::System(system);
            let text = serde_json::to_string(&message).unwrap();
            assert_eq!(serde_json::from_str::<ServerMessage>(&text).unwrap(), message, "{text}");
        }
    }
}
