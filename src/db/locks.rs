//! Who has the right of way on a field. A lock that was given up keeps its row for a while, so that its token goes on
//! rising.

use super::{Conn, StoreResult, parsed};
use crate::domain::{
    events::{Holder, Lock, LockRequest},
    ids::InvoiceId,
};
use sqlx::{Row, any::AnyRow};

/// Takes a lock that is free, was not renewed in time, or is another connection's of the same person; an own one is
/// renewed. False: it is somebody else's, and stays so for the rest of the transaction.
pub async fn lock_take(
    conn: &mut Conn,
    field: LockRequest,
    holder: &Holder,
    now: i64,
    lease_ms: i64,
) -> StoreResult<bool> {
    // The time as the first token: a row that was deleted begins higher than it ended.
    let taken = sqlx::query(
        "INSERT INTO locks (invoice_id, field, connection, user_id, user_name, token, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (invoice_id, field) DO UPDATE SET
            connection = excluded.connection, user_id = excluded.user_id, user_name = excluded.user_name,
            token = CASE WHEN locks.connection = excluded.connection AND locks.expires_at > $6
                         THEN locks.token
                         WHEN locks.token >= excluded.token THEN locks.token + 1
                         ELSE excluded.token END,
            expires_at = excluded.expires_at
         WHERE locks.connection = '' OR locks.expires_at <= $6 OR locks.user_id = excluded.user_id",
    )
    .bind(field.invoice.to_string())
    .bind(field.field.name().into_owned())
    .bind(&holder.connection)
    .bind(holder.user.to_string())
    .bind(&holder.name)
    .bind(now)
    .bind(now + lease_ms)
    .execute(conn)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// Keeps a lock for another lease. False: this connection has it no more.
pub async fn lock_renew(
    conn: &mut Conn,
    field: LockRequest,
    connection: &str,
    now: i64,
    lease_ms: i64,
) -> StoreResult<bool> {
    let renewed = sqlx::query(
        "UPDATE locks SET expires_at = $5
         WHERE invoice_id = $1 AND field = $2 AND connection = $3 AND expires_at > $4",
    )
    .bind(field.invoice.to_string())
    .bind(field.field.name().into_owned())
    .bind(connection)
    .bind(now)
    .bind(now + lease_ms)
    .execute(conn)
    .await?;
    Ok(renewed.rows_affected() == 1)
}

/// Gives up a lock of this connection. None: it had it no more.
pub async fn lock_release(
    conn: &mut Conn,
    field: LockRequest,
    connection: &str,
    now: i64,
) -> StoreResult<Option<Lock>> {
    let row = sqlx::query(
        "UPDATE locks SET connection = '', expires_at = $4 WHERE invoice_id = $1 AND field = $2 AND connection = $3
         RETURNING invoice_id, field, connection, user_id, user_name, token, expires_at",
    )
    .bind(field.invoice.to_string())
    .bind(field.field.name().into_owned())
    .bind(connection)
    .bind(now)
    .fetch_optional(conn)
    .await?;
    row.map(|row| lock(&row, now)).transpose()
}

/// Gives up the locks of a connection, in one invoice or in all.
pub async fn lock_release_all(
    conn: &mut Conn,
    connection: &str,
    invoice: Option<InvoiceId>,
    now: i64,
) -> StoreResult<Vec<Lock>> {
    let rows = sqlx::query(
        "UPDATE locks SET connection = '', expires_at = $3 WHERE connection = $1 AND ($2 = '' OR invoice_id = $2)
         RETURNING invoice_id, field, connection, user_id, user_name, token, expires_at",
    )
    .bind(connection)
    .bind(invoice.map(|id| id.to_string()).unwrap_or_default())
    .bind(now)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| lock(row, now)).collect()
}

/// Whether any lock was not renewed in time.
pub async fn lock_any_expired(conn: &mut Conn, now: i64) -> StoreResult<bool> {
    let row = sqlx::query("SELECT field FROM locks WHERE expires_at <= $1 AND connection <> '' LIMIT 1")
        .bind(now)
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

/// Gives up the locks that were not renewed in time. Of several servers that do it at once, one gets each.
pub async fn lock_expire(conn: &mut Conn, now: i64) -> StoreResult<Vec<Lock>> {
    let rows = sqlx::query(
        "UPDATE locks SET connection = '' WHERE expires_at <= $1 AND connection <> ''
         RETURNING invoice_id, field, connection, user_id, user_name, token, expires_at",
    )
    .bind(now)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| lock(row, now)).collect()
}

/// One field's lock; None: nobody ever took it.
pub async fn lock_get(conn: &mut Conn, field: LockRequest, now: i64) -> StoreResult<Option<Lock>> {
    let row = sqlx::query(
        "SELECT invoice_id, field, connection, user_id, user_name, token, expires_at FROM locks
         WHERE invoice_id = $1 AND field = $2",
    )
    .bind(field.invoice.to_string())
    .bind(field.field.name().into_owned())
    .fetch_optional(conn)
    .await?;
    row.map(|row| lock(&row, now)).transpose()
}

/// The locks of an invoice that somebody has.
pub async fn lock_list(conn: &mut Conn, invoice: InvoiceId, now: i64) -> StoreResult<Vec<Lock>> {
    let rows = sqlx::query(
        "SELECT invoice_id, field, connection, user_id, user_name, token, expires_at FROM locks
         WHERE invoice_id = $1 AND connection <> '' AND expires_at > $2 ORDER BY field",
    )
    .bind(invoice.to_string())
    .bind(now)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| lock(row, now)).collect()
}

/// Forgets locks that nobody has since `at`.
pub async fn lock_delete_before(conn: &mut Conn, at: i64) -> StoreResult<u64> {
    let deleted = sqlx::query("DELETE FROM locks WHERE expires_at < $1").bind(at).execute(conn).await?;
    Ok(deleted.rows_affected())
}

fn lock(row: &AnyRow, now: i64) -> StoreResult<Lock> {
    let connection: String = row.try_get("connection")?;
    let left = row.try_get::<i64, _>("expires_at")? - now;
    let is_held = !connection.is_empty() && left > 0;
    let holder = Holder { connection, user: parsed(row, "user_id")?, name: row.try_get("user_name")? };
    Ok(Lock {
        invoice: parsed(row, "invoice_id")?,
        field: parsed(row, "field")?,
        holder: is_held.then_some(holder),
        token: row.try_get::<i64, _>("token")?.unsigned_abs(),
        expires_in_ms: if is_held { left.clamp(0, i64::from(u32::MAX)) as u32 } else { 0 },
    })
}
