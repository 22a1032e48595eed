//! Sessions in the database, for tower-sessions. Only a hash of each id is kept: a copy of the table signs nobody in.

use crate::{
    db::{self, Store, StoreError, now_ms},
    services::brief_cache::BriefCache,
};
use async_trait::async_trait;
use axum_login::tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store,
};
use sha2::{Digest, Sha256};
use std::{fmt, sync::Arc};
use time::OffsetDateTime;

/// The table `sessions`, with what was read a moment ago.
#[derive(Clone)]
pub struct DbSessions {
    store: Store,
    recent: Arc<BriefCache<Id, Record>>,
}

impl DbSessions {
    pub fn new(store: Store) -> Self {
        DbSessions { store, recent: Arc::default() }
    }

    async fn put(&self, record: &Record) -> Result<(), StoreError> {
        let data = serde_json::to_string(&record.data).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let expires_at = (record.expiry_date.unix_timestamp_nanos() / 1_000_000) as i64;
        let mut tx = self.store.begin_quiet().await?;
        db::sessions::session_put(&mut tx, &key(&record.id), &data, expires_at).await?;
        tx.commit().await?;
        self.recent.remove(&record.id);
        Ok(())
    }

    async fn get(&self, id: &Id) -> Result<Option<Record>, StoreError> {
        if let Some(record) = self.recent.get(id) {
            return Ok(Some(record));
        }
        let mut conn = self.store.read().await?;
        let Some((data, expires_at)) = db::sessions::session_get(&mut conn, &key(id), now_ms()).await? else {
            return Ok(None);
        };
        let corrupt = |error: &dyn fmt::Display| StoreError::Corrupt(format!("session: {error}"));
        let record = Record {
            id: *id,
            data: serde_json::from_str(&data).map_err(|error| corrupt(&error))?,
            expiry_date: OffsetDateTime::from_unix_timestamp_nanos(i128::from(expires_at) * 1_000_000)
                .map_err(|error| corrupt(&error))?,
        };
        self.recent.put(*id, record.clone());
        Ok(Some(record))
    }

    async fn remove(&self, id: &Id) -> Result<(), StoreError> {
        let mut tx = self.store.begin_quiet().await?;
        db::sessions::session_delete(&mut tx, &key(id)).await?;
        tx.commit().await?;
        self.recent.remove(id);
        Ok(())
    }
}

fn key(id: &Id) -> String {
    hex::encode(Sha256::digest(id.0.to_le_bytes()))
}

fn backend_error(error: StoreError) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

impl fmt::Debug for DbSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DbSessions")
    }
}

#[async_trait]
impl SessionStore for DbSessions {
    /// Ids are 128 random bits: they do not meet.
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.put(record).await.map_err(backend_error)
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.put(record).await.map_err(backend_error)
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        self.get(id).await.map_err(backend_error)
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.remove(id).await.map_err(backend_error)
    }
}
