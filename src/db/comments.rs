//! What people wrote about an invoice.

use super::{Conn, StoreResult, json, parsed, to_json};
use crate::domain::{comment::Comment, ids::InvoiceId};
use sqlx::{Row, any::AnyRow};

pub async fn comment_insert(conn: &mut Conn, invoice: InvoiceId, comment: &Comment) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO comments (id, invoice_id, author_id, author_name, text, mentions, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&comment.id)
    .bind(invoice.to_string())
    .bind(comment.author_id.to_string())
    .bind(&comment.author)
    .bind(&comment.text)
    .bind(to_json(&comment.mentions)?)
    .bind(comment.at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The newest of an invoice, oldest first.
pub async fn comment_list(conn: &mut Conn, invoice: InvoiceId, limit: i64) -> StoreResult<Vec<Comment>> {
    let rows = sqlx::query(
        "SELECT id, author_id, author_name, text, mentions, created_at FROM comments
         WHERE invoice_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
    )
    .bind(invoice.to_string())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().rev().map(from_row).collect()
}

fn from_row(row: &AnyRow) -> StoreResult<Comment> {
    Ok(Comment {
        id: row.try_get("id")?,
        author_id: parsed(row, "author_id")?,
        author: row.try_get("author_name")?,
        text: row.try_get("text")?,
        mentions: json(row, "mentions")?,
        at: row.try_get("created_at")?,
    })
}
