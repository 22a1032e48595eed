//! Mutations by the client that numbered them, and what became of each.

use super::{Conn, StoreResult, json, parsed, to_json};
use crate::domain::{events::MutationOutcome, ids::UserId};
use sqlx::Row;

/// Whose mutations a client sends, and how far they were decided.
pub struct MutationClient {
    pub user_id: UserId,
    /// 0: none yet.
    pub last: u64,
}

/// The client, made if it is new. Until the transaction ends no other one decides a mutation of it.
pub async fn mutation_client_enter(
    conn: &mut Conn,
    client_id: &str,
    user: UserId,
    at: i64,
) -> StoreResult<MutationClient> {
    let row = sqlx::query(
        "INSERT INTO mutation_clients (id, user_id, last, seen_at) VALUES ($1, $2, 0, $3)
         ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at RETURNING user_id, last",
    )
    .bind(client_id)
    .bind(user.to_string())
    .bind(at)
    .fetch_one(conn)
    .await?;
    Ok(MutationClient { user_id: parsed(&row, "user_id")?, last: row.try_get::<i64, _>("last")?.unsigned_abs() })
}

/// The newest mutation that was decided for this user's client; 0: none.
pub async fn mutation_last(conn: &mut Conn, client_id: &str, user: UserId) -> StoreResult<u64> {
    let row = sqlx::query("SELECT last FROM mutation_clients WHERE id = $1 AND user_id = $2")
        .bind(client_id)
        .bind(user.to_string())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.try_get::<i64, _>("last")).transpose()?.unwrap_or(0).unsigned_abs())
}

/// What became of a mutation, with the digest of what was asked.
pub async fn mutation_result(
    conn: &mut Conn,
    client_id: &str,
    mutation_id: u64,
) -> StoreResult<Option<(String, MutationOutcome)>> {
    let row = sqlx::query("SELECT digest, outcome FROM mutation_results WHERE client_id = $1 AND mutation_id = $2")
        .bind(client_id)
        .bind(mutation_id as i64)
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok((row.try_get("digest")?, json(&row, "outcome")?))).transpose()
}

/// Keeps what became of a client's next mutation.
pub async fn mutation_decided(
    conn: &mut Conn,
    client_id: &str,
    mutation_id: u64,
    digest: &str,
    outcome: &MutationOutcome,
) -> StoreResult<()> {
    sqlx::query("UPDATE mutation_clients SET last = $1 WHERE id = $2")
        .bind(mutation_id as i64)
        .bind(client_id)
        .execute(&mut *conn)
        .await?;
    sqlx::query("INSERT INTO mutation_results (client_id, mutation_id, digest, outcome) VALUES ($1, $2, $3, $4)")
        .bind(client_id)
        .bind(mutation_id as i64)
        .bind(digest)
        .bind(to_json(outcome)?)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets clients that sent nothing since `at`, with their results. Gives how many went.
pub async fn mutation_delete_before(conn: &mut Conn, at: i64) -> StoreResult<u64> {
    Ok(sqlx::query("DELETE FROM mutation_clients WHERE seen_at < $1").bind(at).execute(conn).await?.rows_affected())
}
