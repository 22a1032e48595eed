//! The open sockets as an administrator sees them.

use super::events::Room;
use serde::{Deserialize, Serialize};

/// The sockets of one server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenSockets {
    /// The server that answered; sockets of others are not among them.
    pub node: String,
    /// All that are open, also those not listed.
    pub total: usize,
    /// Those with the most waiting first, then the oldest; at most as many as were asked for.
    pub sockets: Vec<OpenSocket>,
    /// What everybody is told, if anything.
    pub maintenance: String,
}

/// One open socket.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OpenSocket {
    /// Its name, to close it by.
    pub connection: String,
    pub user: String,
    /// Milliseconds since 1970, UTC.
    pub opened_at: i64,
    /// It speaks the full protocol.
    pub full: bool,
    pub rooms: Vec<HeardRoom>,
    /// Messages and bytes that wait to be sent to it.
    pub waiting: u32,
    pub waiting_bytes: u64,
    /// The code of the last error it was told.
    pub last_error: Option<String>,
}

/// A room that a socket is in.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HeardRoom {
    pub room: Room,
    /// The newest event that was put in its way.
    pub offset: i64,
    /// Events of the log that this server has not read yet.
    pub behind: i64,
}
