//! What the live rooms need of the rest: who may hear a room, and the log to read from.

use super::{Services, require};
use crate::{
    db::{
        self, Store, StoreError,
        events::{event_epoch, event_position, event_range, event_tops},
        locks::lock_list,
        now_ms,
    },
    domain::{
        error::AppError,
        events::{Lock, Room},
        ids::InvoiceId,
        roles::{Actor, Right},
    },
    realtime::{EventLog, LogRead, LogUnavailable, Tops},
};
impl Services {
    /// Whether the actor may hear a room: it must exist, and a person's own room is theirs alone.
    pub async fn room_open(&self, actor: &Actor, room: &Room) -> Result<(), AppError> {
        require(actor, Right::Read)?;
        match room {
            Room::All | Room::WorkItems => Ok(()),
            Room::User(id) if *id == actor.user_id => Ok(()),
            Room::User(_) => Err(AppError::forbidden("foreign_room", "This room belongs to somebody else")),
            Room::Invoice(id) => {
                let mut conn = self.store.read().await?;
                let found = db::invoices::invoice_summary(&mut conn, *id).await?;
                found.map(drop).ok_or_else(|| AppError::not_found("Invoice"))
            }
            Room::Task(id) => {
                let mut conn = self.store.read().await?;
                let found = db::tasks::task_get(&mut conn, *id).await?;
                found.map(drop).ok_or_else(|| AppError::not_found("Task"))
            }
        }
    }
}

/// The event log of the database.
pub struct StoreLog(pub Store);

#[async_trait::async_trait]
impl EventLog for StoreLog {
    async fn read(&self, room: &Room, after: Option<i64>, limit: i64) -> Result<LogRead, LogUnavailable> {
        read(&self.0, room, after, limit).await.map_err(unavailable)
    }

    async fn tops(&self, rooms: &[Room]) -> Result<Tops, LogUnavailable> {
        tops(&self.0, rooms).await.map_err(unavailable)
    }

    async fn locks(&self, room: &Room) -> Result<Vec<Lock>, LogUnavailable> {
        let Room::Invoice(invoice) = room else { return Ok(Vec::new()) };
        locks(&self.0, *invoice).await.map_err(unavailable)
    }
}

async fn locks(store: &Store, invoice: InvoiceId) -> Result<Vec<Lock>, StoreError> {
    lock_list(&mut *store.read().await?, invoice, now_ms()).await
}

async fn read(store: &Store, room: &Room, after: Option<i64>, limit: i64) -> Result<LogRead, StoreError> {
    let mut tx = store.snapshot().await?;
    let top = event_position(&mut tx, room).await?;
    let events = match after {
        Some(after) if after < top.offset => event_range(&mut tx, room, after, limit).await?,
        _ => Vec::new(),
    };
    // Nothing was written; ending it properly spares the pool a rollback of its own.
    tx.rollback().await?;
    Ok(LogRead { top, events })
}

async fn tops(store: &Store, rooms: &[Room]) -> Result<Tops, StoreError> {
    let mut tx = store.snapshot().await?;
    let epoch = event_epoch(&mut tx).await?;
    let offsets = event_tops(&mut tx, rooms).await?.into_iter().collect();
    tx.rollback().await?;
    Ok(Tops { epoch, offsets })
}

fn unavailable(error: StoreError) -> LogUnavailable {
    tracing::error!(%error, "the event log can not be read");
    LogUnavailable
}
