//! Who is where, and who is about to change what. None of it is in the log: it is true while a connection lives.

use super::Room;
use crate::domain::{
    field::Field,
    ids::{InvoiceId, UserId},
};
use serde::{Deserialize, Serialize};

/// Where somebody is in an invoice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PresenceState {
    /// The field that has the focus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// The pointer over the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
}

/// A place on a page of the document, as shares of its width and height, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// From 1.
    pub page: u32,
    pub x: f32,
    pub y: f32,
}

/// One connection of one person in a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Present {
    /// Tells two tabs of one person apart; unique over all servers.
    pub connection: String,
    pub user: UserId,
    pub name: String,
    #[serde(default)]
    pub state: PresenceState,
}

/// Who came or moved, and whose connection went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PresenceChange {
    pub room: Room,
    /// One that is known already moved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joins: Vec<Present>,
    /// Connections.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaves: Vec<String>,
}

/// Who has the right of way on a field. It advises only: versions decide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lock {
    pub invoice: InvoiceId,
    pub field: Field,
    /// None: free again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Holder>,
    /// Rises each time a field's lock goes to somebody else.
    pub token: u64,
    /// Milliseconds until it is free by itself.
    #[serde(default)]
    pub expires_in_ms: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub connection: String,
    pub user: UserId,
    pub name: String,
}
