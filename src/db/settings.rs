//! Settings people change while the program runs.

use super::{Conn, StoreResult};
use sqlx::Row;

pub async fn setting_get(conn: &mut Conn, name: &str) -> StoreResult<Option<String>> {
    let row = sqlx::query("SELECT value FROM meta WHERE name = $1").bind(name).fetch_optional(conn).await?;
    Ok(row.map(|row| row.try_get("value")).transpose()?)
}

/// Takes a setting away, so that what holds without it holds again.
pub async fn setting_delete(conn: &mut Conn, name: &str) -> StoreResult<()> {
    sqlx::query("DELETE FROM meta WHERE name = $1").bind(name).execute(conn).await?;
    Ok(())
}

pub async fn setting_put(conn: &mut Conn, name: &str, value: &str) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name)
    .bind(value)
    .execute(conn)
    .await?;
    Ok(())
}
