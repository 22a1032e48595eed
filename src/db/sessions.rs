//! Sign-in sessions, for tower-sessions.

use super::{Conn, StoreResult};
use sqlx::Row;

/// Inserts or replaces. `expires_at` in milliseconds since 1970.
pub async fn session_put(conn: &mut Conn, id: &str, data: &str, expires_at: i64) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO sessions (id, data, expires_at) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at",
    )
    .bind(id)
    .bind(data)
    .bind(expires_at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The session's data and expiry, unless it has expired.
pub async fn session_get(conn: &mut Conn, id: &str, now: i64) -> StoreResult<Option<(String, i64)>> {
    let row = sqlx::query("SELECT data, expires_at FROM sessions WHERE id = $1 AND expires_at > $2")
        .bind(id)
        .bind(now)
        .fetch_optional(conn)
        .await?;
    Ok(match row {
        Some(row) => Some((row.try_get("data")?, row.try_get("expires_at")?)),
        None => None,
    })
}

pub async fn session_delete(conn: &mut Conn, id: &str) -> StoreResult<()> {
    sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id).execute(conn).await?;
    Ok(())
}

pub async fn session_delete_expired(conn: &mut Conn, now: i64) -> StoreResult<u64> {
    Ok(sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now).execute(conn).await?.rows_affected())
}
