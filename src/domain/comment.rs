//! What people write to each other about an invoice.

use super::{ids::UserId, invoice::Position};
use serde::{Deserialize, Serialize};

/// Somebody who can be named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    pub name: String,
}

/// One entry of an invoice's thread. It is plain text: who is mentioned stands in it as `@` and their name, and beside
/// it by id, so that two people of one name are told apart and a new name does not change what was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// UUIDv7.
    pub id: String,
    pub author_id: UserId,
    pub author: String,
    pub text: String,
    /// Whom it names, with their names at that time.
    #[serde(default)]
    pub mentions: Vec<Person>,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
}

/// A comment to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewComment {
    pub text: String,
    /// Whom it names. Each is told, but for whoever writes.
    #[serde(default)]
    pub mentions: Vec<UserId>,
    /// Drawn by whoever sends it, 1 to 100 characters: sent again under the same key it is not written twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// The newest of an invoice's comments, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comments {
    pub comments: Vec<Comment>,
    /// Where the room `invoice:ID` stood when this was read: subscribe from here.
    pub position: Position,
}
