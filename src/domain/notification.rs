//! What one person is told of: they were mentioned, or something waits for them.

use super::ids::{InvoiceId, UserId};
use serde::{Deserialize, Serialize};

/// One entry behind the bell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    /// UUIDv7.
    pub id: String,
    pub kind: NotificationKind,
    pub invoice_id: InvoiceId,
    /// Who did it.
    pub actor: String,
    pub actor_id: UserId,
    /// What was written; the beginning of it.
    pub text: String,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    #[serde(default)]
    pub read: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// A note names them.
    Mention,
}
