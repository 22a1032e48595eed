//! Who is where, and who is about to change what. None of it is in the log: it is true while a connection lives.

use super::Room;
use crate::domain::{
    field::Field,
    ids::{InvoiceId, UserId},
};
use serde::{Deserialize, Serialize};

/// Where somebody is in an invoice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceState {
    /// The field that has the focus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Field>,
    /// The pointer over the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
}

/// A place on a page of the document. Whole numbers: short to write, and never more or less than was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// From 1.
    pub page: u16,
    /// Ten-thousandths of the page's width, from the left.
    pub x: u16,
    /// Ten-thousandths of its height, from the top.
    pub y: u16,
}

impl Cursor {
    /// The far edge of a page.
    pub const EDGE: u16 = 10_000;

    /// Whether it is on a page.
    pub fn is_valid(self) -> bool {
        self.page > 0 && self.x <= Cursor::EDGE && self.y <= Cursor::EDGE
    }
}

/// One connection of one person in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// Tells two tabs of one person apart; unique over all servers.
    pub connection: String,
    pub user: UserId,
    pub name: String,
    /// Rises with each change of the state.
    #[serde(default)]
    pub clock: u32,
    #[serde(default)]
    pub state: PresenceState,
}

/// Who came or moved, and whose connection went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    pub invoice: InvoiceId,
    pub field: Field,
    /// None: free again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Holder>,
    /// Rises each time a field's lock goes to another connection: what comes late with a lower one is old.
    pub token: u64,
    /// Milliseconds until it is free by itself, unless it is renewed.
    #[serde(default)]
    pub expires_in_ms: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub connection: String,
    pub user: UserId,
    pub name: String,
}
