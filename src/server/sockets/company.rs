//! Presence and locks on one socket: only in the room of an invoice that it is in, and only after `hello`.

use super::session::Session;
use crate::{
    domain::{
        error::AppError,
        events::{Lock, LockRequest, PresenceUpdate, Room, ServerMessage},
    },
    realtime::presence::GRACE,
    services::Services,
};
use tokio::runtime::Handle;

/// The locks of one socket. Dropped, it gives them up after a while: the page may come back on another socket, whose
/// locks are then its own.
pub(super) struct SocketLocks {
    services: Services,
    connection: String,
    runtime: Handle,
    any: bool,
}

impl SocketLocks {
    pub(super) fn new(services: Services, connection: String) -> SocketLocks {
        SocketLocks { services, connection, runtime: Handle::current(), any: false }
    }
}

impl Drop for SocketLocks {
    fn drop(&mut self) {
        if !self.any {
            return;
        }
        let (services, connection) = (self.services.clone(), std::mem::take(&mut self.connection));
        self.runtime.spawn(async move {
            tokio::time::sleep(GRACE).await;
            if let Err(error) = services.lock_release_all(&connection, None).await {
                tracing::warn!(%error, "the locks of a socket stay until their lease ends");
            }
        });
    }
}

impl Session {
    pub(super) fn presence(&mut self, update: PresenceUpdate) {
        let PresenceUpdate { room, clock, state } = update;
        if !self.takes_part(&room) {
            return;
        }
        if state.and_then(|state| state.cursor).is_some_and(|cursor| !cursor.is_valid()) {
            return self.error("invalid", "A cursor is on a page: from 1, and from 0 to 10000 each way");
        }
        self.connection.announce(&room, self.actor.user_id, &self.actor.name, clock, state);
    }

    pub(super) async fn lock(&mut self, field: LockRequest) {
        if !self.takes_part(&Room::Invoice(field.invoice)) {
            return;
        }
        self.locks.any = true;
        let taken = self.state.services.lock_take(&self.actor, &self.locks.connection, field).await;
        self.answer_lock(taken);
    }

    pub(super) async fn renew(&mut self, field: LockRequest) {
        if self.takes_part(&Room::Invoice(field.invoice)) {
            let renewed = self.state.services.lock_renew(&self.actor, &self.locks.connection, field).await;
            self.answer_lock(renewed);
        }
    }

    /// What comes of it is told to the whole room.
    pub(super) async fn unlock(&mut self, field: LockRequest) {
        if self.takes_part(&Room::Invoice(field.invoice))
            && let Err(error) = self.state.services.lock_release(&self.locks.connection, field).await
        {
            self.failed(&error);
        }
    }

    /// Leaves a room: its locks go with it.
    pub(super) async fn give_up_locks(&mut self, room: &Room) {
        let Room::Invoice(invoice) = room else { return };
        if self.locks.any
            && let Err(error) = self.state.services.lock_release_all(&self.locks.connection, Some(*invoice)).await
        {
            tracing::warn!(%error, "the locks of a socket stay until their lease ends");
        }
    }

    /// Who may speak of a room's company; anybody else is told why not.
    fn takes_part(&self, room: &Room) -> bool {
        let why = match room {
            Room::Invoice(_) if !self.full => "Say hello first",
            Room::Invoice(_) if !self.connection.hears(room) => "Subscribe to the invoice first",
            Room::Invoice(_) => return true,
            _ => "Only the room of an invoice has presence and locks",
        };
        self.error("invalid", why);
        false
    }

    fn answer_lock(&self, lock: Result<Lock, AppError>) {
        match lock {
            Ok(lock) => self.answer(&ServerMessage::Lock(lock)),
            Err(error) => self.failed(&error),
        }
    }
}
