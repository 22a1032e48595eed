//! What a supplier's earlier invoices came to.

use super::{Conn, StoreResult, invoices::ListValues};
use crate::domain::ids::InvoiceId;
use sqlx::Row;

/// The gross totals, in ten-thousandths, of the newest approved invoices of the supplier of `id` in its currency, by VAT
/// id or by name. Credits are left out.
pub async fn past_amounts(conn: &mut Conn, id: InvoiceId, v: &ListValues, most: i64) -> StoreResult<Vec<i64>> {
    // Each branch reads the end of an index; the statuses stand here as they stand there.
    let rows = sqlx::query(
        "SELECT id, gross_order FROM (
             SELECT * FROM (SELECT id, gross_order FROM invoices
                 WHERE supplier_vat_key = $1 AND currency = $3 AND id <> $4 AND gross_order > 0
                   AND supplier_vat_key <> '' AND status IN ('approved', 'exporting', 'exported', 'export_failed')
                 ORDER BY id DESC LIMIT $5) AS by_vat_id
             UNION
             SELECT * FROM (SELECT id, gross_order FROM invoices
                 WHERE supplier_key = $2 AND currency = $3 AND id <> $4 AND gross_order > 0
                   AND supplier_key <> '' AND status IN ('approved', 'exporting', 'exported', 'export_failed')
                 ORDER BY id DESC LIMIT $5) AS by_name
         ) AS past ORDER BY id DESC LIMIT $5",
    )
    .bind(&v.supplier_vat_key)
    .bind(&v.supplier_key)
    .bind(&v.currency)
    .bind(id.to_string())
    .bind(most)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok(row.try_get("gross_order")?)).collect()
}
