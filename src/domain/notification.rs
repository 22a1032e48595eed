//! What one person is told of: they were mentioned, or something waits for them.

use super::{
    ids::{InvoiceId, UserId},
    invoice::Position,
};
use serde::{Deserialize, Serialize};

/// One entry behind the bell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// UUIDv7.
    pub id: String,
    pub kind: NotificationKind,
    pub invoice_id: InvoiceId,
    /// What the invoice was called then: supplier and number, or the file.
    #[serde(default)]
    pub invoice_title: String,
    /// Who did it.
    pub actor: String,
    pub actor_id: UserId,
    /// What was written, the beginning of it; empty where nothing was.
    pub text: String,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    #[serde(default)]
    pub read: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// A comment names them.
    Mention,
    /// An invoice became their work.
    Assigned,
}

/// What is behind the bell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notifications {
    /// Newest first.
    pub notifications: Vec<Notification>,
    /// Of all, also of those that are not listed.
    pub unread: i64,
    /// Where the room `user:ID` stood when this was read: subscribe from here.
    pub position: Position,
}

/// What a person has seen, and what is left: other tabs of theirs hear it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationsRead {
    /// None: all that came before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub unread: i64,
}
