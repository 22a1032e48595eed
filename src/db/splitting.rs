//! Files that were taken apart: which invoice is which pages of which.

use super::{Conn, StoreResult, parsed};
use crate::domain::{
    ids::InvoiceId,
    splitting::{PageRange, SplitPart},
};
use sqlx::{Row, any::AnyRow};

/// Keeps that an invoice is some pages of another.
pub async fn split_put(conn: &mut Conn, id: InvoiceId, from: InvoiceId, pages: PageRange) -> StoreResult<()> {
    sqlx::query("UPDATE invoices SET split_from = $2, split_first = $3, split_last = $4 WHERE id = $1")
        .bind(id.to_string())
        .bind(from.to_string())
        .bind(i64::from(pages.first))
        .bind(i64::from(pages.last))
        .execute(conn)
        .await?;
    Ok(())
}

/// The invoices that a file was taken apart into, in the order of its pages.
pub async fn split_into(conn: &mut Conn, id: InvoiceId) -> StoreResult<Vec<SplitPart>> {
    let rows = sqlx::query(
        "SELECT id, filename, split_first, split_last FROM invoices WHERE split_from = $1 ORDER BY split_first, id",
    )
    .bind(id.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter().map(part).collect()
}

/// The file whose pages an invoice is, and which.
pub async fn split_origin(conn: &mut Conn, id: InvoiceId) -> StoreResult<Option<SplitPart>> {
    let row = sqlx::query(
        "SELECT origin.id, origin.filename, part.split_first, part.split_last
         FROM invoices part JOIN invoices origin ON origin.id = part.split_from WHERE part.id = $1",
    )
    .bind(id.to_string())
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(part).transpose()
}

/// The id of the file whose pages an invoice is.
pub async fn split_from(conn: &mut Conn, id: InvoiceId) -> StoreResult<Option<InvoiceId>> {
    let row = sqlx::query("SELECT split_from FROM invoices WHERE id = $1 AND split_from IS NOT NULL")
        .bind(id.to_string())
        .fetch_optional(conn)
        .await?;
    row.map(|row| parsed(&row, "split_from")).transpose()
}

fn part(row: &AnyRow) -> StoreResult<SplitPart> {
    let page = |column: &str| -> StoreResult<u32> { Ok(u32::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0)) };
    Ok(SplitPart {
        invoice_id: parsed(row, "id")?,
        pages: PageRange { first: page("split_first")?, last: page("split_last")? },
        filename: row.try_get("filename")?,
    })
}
