//! API tokens: only a hash of each is kept.

use super::{Conn, StoreResult, parsed};
use crate::domain::ids::UserId;
use sqlx::Row;

#[derive(Clone, Debug)]
pub struct Token {
    pub id: String,
    pub user_id: UserId,
    pub name: String,
    /// Space-separated rights.
    pub scopes: String,
}

/// `hash` is the SHA-256 of the token in hex.
pub async fn token_insert(conn: &mut Conn, token: &Token, hash: &str, at: i64) -> StoreResult<()> {
    sqlx::query("INSERT INTO api_tokens (id, user_id, name, hash, scopes, created_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(&token.id)
        .bind(token.user_id.to_string())
        .bind(&token.name)
        .bind(hash)
        .bind(&token.scopes)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// The token with that hash, unless it was revoked.
pub async fn token_by_hash(conn: &mut Conn, hash: &str) -> StoreResult<Option<Token>> {
    let row = sqlx::query("SELECT id, user_id, name, scopes FROM api_tokens WHERE hash = $1 AND revoked_at IS NULL")
        .bind(hash)
        .fetch_optional(conn)
        .await?;
    row.map(|row| {
        Ok(Token {
            id: row.try_get("id")?,
            user_id: parsed(&row, "user_id")?,
            name: row.try_get("name")?,
            scopes: row.try_get("scopes")?,
        })
    })
    .transpose()
}

pub async fn token_revoke(conn: &mut Conn, id: &str, at: i64) -> StoreResult<bool> {
    let done = sqlx::query("UPDATE api_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
        .bind(id)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}
