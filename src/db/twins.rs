//! Invoices that look like another one, and those of which a person said that they are none.

use super::{Conn, StoreError, StoreResult, invoices::ListValues, parsed};
use crate::domain::{duplicate::Likeness, ids::InvoiceId};
use sqlx::Row;

/// An invoice that another one looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twin {
    pub id: InvoiceId,
    pub likeness: Likeness,
}

/// The first invoice with this file before `id` (ids sort by time) that was not cancelled, or only since the parts it was
/// split into took its place, and of which nobody said that `id` does not repeat it.
pub async fn twin_with_file(conn: &mut Conn, file_hash: &str, id: InvoiceId) -> StoreResult<Option<InvoiceId>> {
    let row = sqlx::query(
        "SELECT id FROM invoices
         WHERE file_hash = $1 AND id < $2
           AND (status <> 'cancelled' OR EXISTS
            (SELECT 1 FROM invoices AS part WHERE part.split_from = invoices.id AND part.status <> 'cancelled'))
           AND NOT EXISTS (SELECT 1 FROM not_duplicates WHERE invoice_id = $2 AND twin_id = invoices.id)
         ORDER BY id LIMIT 1",
    )
    .bind(file_hash)
    .bind(id.to_string())
    .fetch_optional(conn)
    .await?;
    row.map(|row| parsed(&row, "id")).transpose()
}

/// The oldest other invoice that has the same supplier, by VAT id or by name, and the same number; or the same supplier,
/// gross total and date; or the same number, gross total and date. One that came later counts too, since it may have
/// been read first, unless it is marked as a duplicate itself or a person said that it does not repeat this one: of two
/// that are alike, only one is marked. What a person said holds while both have the numbers that they had then.
pub async fn twin_alike(conn: &mut Conn, id: InvoiceId, v: &ListValues) -> StoreResult<Option<Twin>> {
    let row = sqlx::query(
        "SELECT MIN(id || likeness) AS twin FROM (
             SELECT id, status, duplicate_of, number_key, '1' AS likeness FROM invoices
             WHERE supplier_vat_key = $7 AND number_key = $3 AND supplier_vat_key <> '' AND number_key <> ''
             UNION ALL
             SELECT id, status, duplicate_of, number_key, '1' FROM invoices
             WHERE supplier_key = $1 AND number_key = $3 AND supplier_key <> '' AND number_key <> ''
             UNION ALL
             SELECT id, status, duplicate_of, number_key, '2' FROM invoices
             WHERE supplier_vat_key = $7 AND issue_date = $5 AND gross_order = $4 AND currency = $6
               AND supplier_vat_key <> '' AND issue_date <> '' AND gross_total <> ''
             UNION ALL
             SELECT id, status, duplicate_of, number_key, '2' FROM invoices
             WHERE supplier_key = $1 AND issue_date = $5 AND gross_order = $4 AND currency = $6
               AND supplier_key <> '' AND issue_date <> '' AND gross_total <> ''
             UNION ALL
             SELECT id, status, duplicate_of, number_key, '3' FROM invoices
             WHERE number_key = $3 AND issue_date = $5 AND gross_order = $4 AND currency = $6
               AND number_key <> '' AND issue_date <> '' AND gross_total <> ''
         ) AS alike
         WHERE id <> $2 AND status NOT IN ('cancelled', 'duplicate', 'rejected')
           AND NOT EXISTS (SELECT 1 FROM not_duplicates AS said WHERE said.invoice_id = $2 AND said.twin_id = alike.id
                AND said.number_key = $3 AND said.twin_number_key = alike.number_key)
           AND ((id < $2 AND COALESCE(duplicate_of, '') <> $2)
             OR (id > $2 AND duplicate_of IS NULL AND NOT EXISTS
               (SELECT 1 FROM not_duplicates AS said WHERE said.invoice_id = alike.id AND said.twin_id = $2
                AND said.number_key = alike.number_key AND said.twin_number_key = $3)))",
    )
    .bind(&v.supplier_key)
    .bind(id.to_string())
    .bind(&v.number_key)
    .bind(v.gross_order)
    .bind(&v.issue_date)
    .bind(&v.currency)
    .bind(&v.supplier_vat_key)
    .fetch_one(conn)
    .await?;
    row.try_get::<Option<String>, _>("twin")?.map(|twin| twin_from(&twin)).transpose()
}

/// An id with the digit of its likeness behind it.
fn twin_from(text: &str) -> StoreResult<Twin> {
    let id = text.get(..text.len().saturating_sub(1)).and_then(|id| id.parse().ok());
    let likeness = text.chars().last().and_then(|sign| Likeness::numbered(sign.to_digit(10)?));
    id.zip(likeness).map(|(id, likeness)| Twin { id, likeness }).ok_or_else(|| StoreError::Corrupt(text.to_owned()))
}

/// Keeps that a person said that `id` does not repeat `twin`, with the numbers that both have now.
pub async fn twin_dismiss(conn: &mut Conn, id: InvoiceId, twin: InvoiceId, at: i64) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO not_duplicates (invoice_id, twin_id, number_key, twin_number_key, at)
         SELECT one.id, other.id, one.number_key, other.number_key, $3 FROM invoices AS one, invoices AS other
         WHERE one.id = $1 AND other.id = $2
         ON CONFLICT (invoice_id, twin_id) DO UPDATE SET
            number_key = excluded.number_key, twin_number_key = excluded.twin_number_key, at = excluded.at",
    )
    .bind(id.to_string())
    .bind(twin.to_string())
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}
