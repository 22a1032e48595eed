//! What came in, before it is an invoice.

use super::{Conn, StoreResult, json, parsed, to_json};
use crate::domain::work_item::{WorkItem, WorkItemStatus};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

const COLUMNS: &str = "id, status, sender, subject, invoices, created_at, updated_at";

pub async fn work_item_insert(conn: &mut Conn, item: &WorkItem) -> StoreResult<()> {
    let sql = AssertSqlSafe(format!("INSERT INTO work_items ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)"));
    sqlx::query(sql)
        .bind(&item.id)
        .bind(item.status.as_str())
        .bind(&item.sender)
        .bind(&item.subject)
        .bind(to_json(&item.invoices)?)
        .bind(item.created_at)
        .bind(item.updated_at)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn work_item_get(conn: &mut Conn, id: &str) -> StoreResult<Option<WorkItem>> {
    let sql = AssertSqlSafe(format!("SELECT {COLUMNS} FROM work_items WHERE id = $1"));
    sqlx::query(sql).bind(id).fetch_optional(conn).await?.as_ref().map(from_row).transpose()
}

/// Writes how far one is and what was made of it.
pub async fn work_item_update(conn: &mut Conn, item: &WorkItem) -> StoreResult<()> {
    sqlx::query("UPDATE work_items SET status = $1, invoices = $2, updated_at = $3 WHERE id = $4")
        .bind(item.status.as_str())
        .bind(to_json(&item.invoices)?)
        .bind(item.updated_at)
        .bind(&item.id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Newest first.
pub async fn work_item_list(conn: &mut Conn, limit: i64) -> StoreResult<Vec<WorkItem>> {
    let sql = AssertSqlSafe(format!("SELECT {COLUMNS} FROM work_items ORDER BY created_at DESC, id DESC LIMIT $1"));
    sqlx::query(sql).bind(limit).fetch_all(conn).await?.iter().map(from_row).collect()
}

/// Forgets those that were done before `at`. Gives how many went.
pub async fn work_item_delete_done_before(conn: &mut Conn, at: i64) -> StoreResult<u64> {
    let done = sqlx::query("DELETE FROM work_items WHERE status = $1 AND updated_at < $2")
        .bind(WorkItemStatus::Done.as_str())
        .bind(at)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

fn from_row(row: &AnyRow) -> StoreResult<WorkItem> {
    Ok(WorkItem {
        id: row.try_get("id")?,
        status: parsed(row, "status")?,
        sender: row.try_get("sender")?,
        subject: row.try_get("subject")?,
        invoices: json(row, "invoices")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}
