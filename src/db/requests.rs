//! Answers already given, so that a repeated request gets the same answer and does nothing twice.

use super::{Conn, StoreResult};
use sqlx::Row;

/// The stored answer: HTTP status and JSON body.
pub async fn request_get(conn: &mut Conn, actor_id: &str, key: &str) -> StoreResult<Option<(i64, String)>> {
    let row = sqlx::query("SELECT status, body FROM requests WHERE actor_id = $1 AND request_key = $2")
        .bind(actor_id)
        .bind(key)
        .fetch_optional(conn)
        .await?;
    Ok(match row {
        Some(row) => Some((row.try_get("status")?, row.try_get("body")?)),
        None => None,
    })
}

/// Keeps an answer. The first one stands.
pub async fn request_put(
    conn: &mut Conn,
    actor_id: &str,
    key: &str,
    status: i64,
    body: &str,
    at: i64,
) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO requests (actor_id, request_key, at, status, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (actor_id, request_key) DO NOTHING",
    )
    .bind(actor_id)
    .bind(key)
    .bind(at)
    .bind(status)
    .bind(body)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn request_delete_before(conn: &mut Conn, at: i64) -> StoreResult<u64> {
    Ok(sqlx::query("DELETE FROM requests WHERE at < $1").bind(at).execute(conn).await?.rows_affected())
}
