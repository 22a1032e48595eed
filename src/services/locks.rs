//! The right of way on a field. It advises only: no edit asks for it, versions decide. What changes is told to who is
//! there; nothing of it is in the log.

use super::{Services, require};
use crate::{
    db::{
        Tx,
        locks::{lock_any_expired, lock_expire, lock_get, lock_release, lock_release_all, lock_renew, lock_take},
        now_ms,
    },
    domain::{
        error::AppError,
        events::{Holder, Lock, LockRequest},
        ids::InvoiceId,
        roles::{Actor, Right},
    },
};
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// A lock that is not renewed for this long is free.
pub const LOCK_LEASE: Duration = Duration::from_secs(30);

impl Services {
    /// Asks for a lock. What is given back says who has it now: the asker, if it was free or another connection of the
    /// same person had it.
    pub async fn lock_take(&self, actor: &Actor, connection: &str, field: LockRequest) -> Result<Lock, AppError> {
        require(actor, Right::Edit)?;
        let holder = Holder { connection: connection.to_owned(), user: actor.user_id, name: actor.name.clone() };
        let now = now_ms();
        let mut tx = self.store.begin_quiet().await?;
        let before = lock_get(&mut tx, field, now).await?;
        let is_taken = lock_take(&mut tx, field, &holder, now, LOCK_LEASE.as_millis() as i64).await?;
        let after = self.finished(tx, field, now).await?;
        if is_taken && before.is_none_or(|before| before.token != after.token) {
            self.publisher.lock_changed(after.clone());
        }
        Ok(after)
    }

    /// Keeps a lock for another lease. What is given back says who has it now: not the asker, if it was too late.
    pub async fn lock_renew(&self, actor: &Actor, connection: &str, field: LockRequest) -> Result<Lock, AppError> {
        require(actor, Right::Edit)?;
        let now = now_ms();
        let mut tx = self.store.begin_quiet().await?;
        lock_renew(&mut tx, field, connection, now, LOCK_LEASE.as_millis() as i64).await?;
        self.finished(tx, field, now).await
    }

    /// Gives a lock up. One that is not the asker's stays.
    pub async fn lock_release(&self, connection: &str, field: LockRequest) -> Result<(), AppError> {
        let mut tx = self.store.begin_quiet().await?;
        let released = lock_release(&mut tx, field, connection, now_ms()).await?;
        self.tell_locks(tx, released).await
    }

    /// Gives up all locks of a connection, in one invoice or in all.
    pub async fn lock_release_all(&self, connection: &str, invoice: Option<InvoiceId>) -> Result<(), AppError> {
        let mut tx = self.store.begin_quiet().await?;
        let released = lock_release_all(&mut tx, connection, invoice, now_ms()).await?;
        self.tell_locks(tx, released).await
    }

    /// Frees what was not renewed in time, as of `now`.
    pub async fn lock_expire(&self, now: i64) -> Result<(), AppError> {
        if !lock_any_expired(&mut *self.store.read().await?, now).await? {
            return Ok(());
        }
        let mut tx = self.store.begin_quiet().await?;
        let expired = lock_expire(&mut tx, now).await?;
        self.tell_locks(tx, expired).await
    }

    /// Looks each `every` for locks that were not renewed in time, until `stop`.
    pub async fn lock_watch(self, every: Duration, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if let Err(error) = self.lock_expire(now_ms()).await {
                tracing::warn!(%error, "locks could not be looked at");
            }
        }
    }

    /// Commits, and gives the lock as it is then.
    async fn finished(&self, mut tx: Tx, field: LockRequest, now: i64) -> Result<Lock, AppError> {
        let LockRequest { invoice, field: name } = field;
        let free = Lock { invoice, field: name, holder: None, token: 0, expires_in_ms: 0 };
        let lock = lock_get(&mut tx, field, now).await?.unwrap_or(free);
        tx.commit().await.map_err(crate::db::StoreError::from)?;
        Ok(lock)
    }

    async fn tell_locks(&self, tx: Tx, changed: impl IntoIterator<Item = Lock>) -> Result<(), AppError> {
        tx.commit().await.map_err(crate::db::StoreError::from)?;
        changed.into_iter().for_each(|lock| self.publisher.lock_changed(lock));
        Ok(())
    }
}
