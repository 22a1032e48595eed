//! What waits behind a person's bell.

use super::{Conn, StoreError, StoreResult, parsed};
use crate::domain::{
    ids::UserId,
    notification::{Notification, NotificationKind},
};
use sqlx::{Row, any::AnyRow};

pub async fn notification_insert(conn: &mut Conn, user: UserId, notification: &Notification) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO notifications (id, user_id, kind, invoice_id, invoice_title, actor_id, actor_name, text, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&notification.id)
    .bind(user.to_string())
    .bind(kind_name(notification.kind))
    .bind(notification.invoice_id.to_string())
    .bind(&notification.invoice_title)
    .bind(notification.actor_id.to_string())
    .bind(&notification.actor)
    .bind(&notification.text)
    .bind(notification.at)
    .execute(conn)
    .await?;
    Ok(())
}

/// A person's, newest first.
pub async fn notification_list(conn: &mut Conn, user: UserId, limit: i64) -> StoreResult<Vec<Notification>> {
    let rows = sqlx::query(
        "SELECT id, kind, invoice_id, invoice_title, actor_id, actor_name, text, at, read_at FROM notifications
         WHERE user_id = $1 ORDER BY at DESC, id DESC LIMIT $2",
    )
    .bind(user.to_string())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(from_row).collect()
}

pub async fn notification_unread(conn: &mut Conn, user: UserId) -> StoreResult<i64> {
    let row = sqlx::query("SELECT COUNT(*) AS n FROM notifications WHERE user_id = $1 AND read_at IS NULL")
        .bind(user.to_string())
        .fetch_one(conn)
        .await?;
    Ok(row.try_get("n")?)
}

/// Notes that a person saw one, or all without an id. Gives how many were unread.
pub async fn notification_mark_read(conn: &mut Conn, user: UserId, id: Option<&str>, at: i64) -> StoreResult<u64> {
    let done = sqlx::query(
        "UPDATE notifications SET read_at = $1 WHERE user_id = $2 AND read_at IS NULL AND ($3 = '' OR id = $3)",
    )
    .bind(at)
    .bind(user.to_string())
    .bind(id.unwrap_or_default())
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Whether a person has this one, read or not.
pub async fn notification_exists(conn: &mut Conn, user: UserId, id: &str) -> StoreResult<bool> {
    let row = sqlx::query("SELECT 1 FROM notifications WHERE user_id = $1 AND id = $2")
        .bind(user.to_string())
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(row.is_some())
}

/// Forgets those read before the one moment, and those that came before the other and were never read. Gives how many
/// went.
pub async fn notification_delete_before(conn: &mut Conn, read: i64, unread: i64) -> StoreResult<u64> {
    let done = sqlx::query("DELETE FROM notifications WHERE read_at < $1 OR (read_at IS NULL AND at < $2)")
        .bind(read)
        .bind(unread)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

fn from_row(row: &AnyRow) -> StoreResult<Notification> {
    let kind: String = row.try_get("kind")?;
    Ok(Notification {
        id: row.try_get("id")?,
        kind: kind_named(&kind).ok_or_else(|| StoreError::Corrupt(format!("kind: {kind}")))?,
        invoice_id: parsed(row, "invoice_id")?,
        invoice_title: row.try_get("invoice_title")?,
        actor: row.try_get("actor_name")?,
        actor_id: parsed(row, "actor_id")?,
        text: row.try_get("text")?,
        at: row.try_get("at")?,
        read: row.try_get::<Option<i64>, _>("read_at")?.is_some(),
    })
}

fn kind_name(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Mention => "mention",
        NotificationKind::Assigned => "assigned",
    }
}

fn kind_named(name: &str) -> Option<NotificationKind> {
    [NotificationKind::Mention, NotificationKind::Assigned].into_iter().find(|kind| kind_name(*kind) == name)
}
