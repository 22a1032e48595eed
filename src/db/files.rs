//! Uploaded files by content; the bytes are in the file store.

use super::{Conn, StoreResult};
use sqlx::Row;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// SHA-256, hex.
    pub hash: String,
    /// Bytes.
    pub size: i64,
    pub content_type: String,
}

/// Does nothing when the file is known.
pub async fn file_put(conn: &mut Conn, file: &FileInfo, at: i64) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO files (hash, size, content_type, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) DO NOTHING",
    )
    .bind(&file.hash)
    .bind(file.size)
    .bind(&file.content_type)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn file_get(conn: &mut Conn, hash: &str) -> StoreResult<Option<FileInfo>> {
    let row = sqlx::query("SELECT hash, size, content_type FROM files WHERE hash = $1")
        .bind(hash)
        .fetch_optional(conn)
        .await?;
    Ok(match row {
        Some(row) => Some(FileInfo {
            hash: row.try_get("hash")?,
            size: row.try_get("size")?,
            content_type: row.try_get("content_type")?,
        }),
        None => None,
    })
}
