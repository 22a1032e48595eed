//! Live rooms: the hub, the client's state machine against it, and real sockets.

mod administration;
mod crash;
mod hub;
mod model;
mod model_mutations;
mod mutations;
mod reducer;
mod servers;
mod socket;
mod told;

use ap_intake::{
    domain::{
        events::{
            Bye, ErrorMessage, Event, InvoiceUpdated, LoggedEvent, ProcessingMessage, ProcessingStatus, Reset, Room,
            ServerMessage, Subscribed, Welcome,
        },
        ids::{InvoiceId, TaskId},
        invoice::Position,
        jobs::TaskState,
    },
    realtime::{EventLog, LogRead, LogUnavailable, Tops, hub::Connection},
    ui::state::reducer::messages,
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// A log in memory, with a gate before its reads.
pub struct MemoryLog {
    rooms: Mutex<HashMap<Room, Kept>>,
    epoch: Mutex<String>,
    /// Reads wait for a permit.
    pub gate: Semaphore,
    /// How often it was read.
    pub reads: AtomicUsize,
}

#[derive(Default)]
struct Kept {
    top: i64,
    events: Vec<LoggedEvent>,
}

pub const EPOCH: &str = "first";

impl MemoryLog {
    pub fn new() -> Arc<MemoryLog> {
        Arc::new(MemoryLog {
            rooms: Mutex::default(),
            epoch: Mutex::new(EPOCH.to_owned()),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            reads: AtomicUsize::new(0),
        })
    }

    pub fn append(&self, room: &Room) -> LoggedEvent {
        self.append_saying(room, "")
    }

    pub fn append_saying(&self, room: &Room, message: &str) -> LoggedEvent {
        let mut rooms = self.rooms.lock().unwrap();
        let kept = rooms.entry(room.clone()).or_default();
        kept.top += 1;
        let data = status(TaskId(Uuid::nil()), 0, message);
        let event = LoggedEvent {
            room: room.clone(),
            offset: kept.top,
            event_id: Uuid::now_v7().to_string(),
            at: 0,
            event: Event::ProcessingStatus { invoice_id: InvoiceId(Uuid::nil()), data },
        };
        kept.events.push(event.clone());
        event
    }

    /// Forgets the oldest events up to `offset`.
    pub fn forget(&self, room: &Room, offset: i64) {
        if let Some(kept) = self.rooms.lock().unwrap().get_mut(room) {
            kept.events.retain(|event| event.offset > offset);
        }
    }

    /// Goes back to an older copy, without the newest events of each room, as another epoch.
    pub fn restore(&self, epoch: &str, lost: i64) {
        for kept in self.rooms.lock().unwrap().values_mut() {
            kept.top = (kept.top - lost).max(0);
            kept.events.retain(|event| event.offset <= kept.top);
        }
        *self.epoch.lock().unwrap() = epoch.to_owned();
    }

    /// Where a room stood so many events ago.
    pub fn position(&self, room: &Room, age: i64) -> Position {
        Position { epoch: self.epoch.lock().unwrap().clone(), offset: (self.top(room) - age).max(0) }
    }

    pub fn top(&self, room: &Room) -> i64 {
        self.rooms.lock().unwrap().get(room).map_or(0, |kept| kept.top)
    }
}

#[async_trait::async_trait]
impl EventLog for MemoryLog {
    async fn read(&self, room: &Room, after: Option<i64>, limit: i64) -> Result<LogRead, LogUnavailable> {
        let _permit = self.gate.acquire().await.map_err(|_| LogUnavailable)?;
        self.reads.fetch_add(1, Ordering::Relaxed);
        let top = self.position(room, 0);
        let rooms = self.rooms.lock().unwrap();
        let empty = Kept::default();
        let kept = rooms.get(room).unwrap_or(&empty);
        let after = after.unwrap_or(i64::MAX);
        let events = kept.events.iter().filter(|event| event.offset > after).take(limit as usize).cloned().collect();
        Ok(LogRead { top, events })
    }

    async fn tops(&self, rooms: &[Room]) -> Result<Tops, LogUnavailable> {
        let offsets = rooms.iter().map(|room| (room.clone(), self.top(room))).collect();
        Ok(Tops { epoch: self.epoch.lock().unwrap().clone(), offsets })
    }
}

pub fn position(offset: i64) -> Position {
    Position { epoch: EPOCH.to_owned(), offset }
}

pub fn status(task_id: TaskId, progress: u8, message: &str) -> ProcessingStatus {
    ProcessingStatus {
        task_id,
        status: TaskState::Processing,
        progress,
        stage: None,
        message: message.to_owned(),
        timestamp: 0,
        eta_seconds: None,
        invoice_status: None,
        error: None,
    }
}

/// All that waits for a socket, as messages.
pub fn waiting(connection: &Connection) -> Vec<ServerMessage> {
    let frames = connection.mailbox().take(usize::MAX, usize::MAX).expect("the socket is not closed");
    frames.iter().flat_map(|frame| messages(frame).expect("a message")).collect()
}
