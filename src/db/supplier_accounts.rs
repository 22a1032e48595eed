//! The bank accounts known for suppliers, and by what each is known.

use super::{Conn, StoreError, StoreResult, parsed};
use crate::domain::{
    bank_account::{KnownAccount, Origin, SupplierKeys},
    ids::{InvoiceId, UserId},
};
use sqlx::{Row, any::AnyRow};

/// Why an account is known.
#[derive(Clone, Debug)]
pub struct Evidence<'a> {
    pub invoice: InvoiceId,
    pub origin: Origin,
    pub account: &'a str,
    pub supplier: &'a SupplierKeys,
    /// Milliseconds since 1970.
    pub at: i64,
    /// None for the program itself.
    pub person_id: Option<UserId>,
    pub person: &'a str,
    pub note: &'a str,
}

fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Approved => "approved",
        Origin::Verified => "verified",
    }
}

/// Keeps that an account is known; the same again takes the place of what was kept.
pub async fn account_put(conn: &mut Conn, evidence: &Evidence<'_>) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO supplier_accounts
            (invoice_id, origin, account, vat_id, tax_number, name_key, at, person_id, person, note)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (invoice_id, origin, account, vat_id, tax_number, name_key) DO UPDATE
         SET at = excluded.at, person_id = excluded.person_id, person = excluded.person, note = excluded.note",
    )
    .bind(evidence.invoice.to_string())
    .bind(origin_name(evidence.origin))
    .bind(evidence.account)
    .bind(&evidence.supplier.vat_id)
    .bind(&evidence.supplier.tax_number)
    .bind(&evidence.supplier.name)
    .bind(evidence.at)
    .bind(evidence.person_id.map(|id| id.to_string()))
    .bind(evidence.person)
    .bind(evidence.note)
    .execute(conn)
    .await?;
    Ok(())
}

/// An approval was taken back: its invoice makes no account known any more.
pub async fn account_forget_approval(conn: &mut Conn, invoice: InvoiceId) -> StoreResult<()> {
    sqlx::query("DELETE FROM supplier_accounts WHERE invoice_id = $1 AND origin = 'approved'")
        .bind(invoice.to_string())
        .execute(conn)
        .await?;
    Ok(())
}

/// The account itself where it is known for the supplier, else the newest that is. A supplier is who has the VAT id; where
/// that has no known account, who has the tax number; else who has the name. So nobody becomes a new supplier by leaving
/// the VAT id out, or by writing another one under a name that is known.
pub async fn account_known(
    conn: &mut Conn,
    supplier: &SupplierKeys,
    account: &str,
) -> StoreResult<Option<KnownAccount>> {
    for (column, key) in by_strength(supplier) {
        let select = ["SELECT account, origin, person, at FROM supplier_accounts WHERE ", column].concat();
        // Written out: each of the two finds its rows in an index.
        for rest in [
            " = $1 AND account = $2 ORDER BY origin DESC, at DESC LIMIT 1",
            " = $1 AND account <> $2 ORDER BY at DESC LIMIT 1",
        ] {
            let sql = sqlx::AssertSqlSafe([select.as_str(), rest].concat());
            if let Some(row) = sqlx::query(sql).bind(key).bind(account).fetch_optional(&mut *conn).await? {
                return from_row(&row).map(Some);
            }
        }
    }
    Ok(None)
}

/// Whether an invoice of this supplier was approved.
pub async fn supplier_was_approved(conn: &mut Conn, supplier: &SupplierKeys) -> StoreResult<bool> {
    for (column, key) in by_strength(supplier) {
        let sql = ["SELECT account FROM supplier_accounts WHERE ", column].concat();
        let sql = sqlx::AssertSqlSafe(sql + " = $1 AND origin = 'approved' LIMIT 1");
        if sqlx::query(sql).bind(key).fetch_optional(&mut *conn).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes the accounts of approved invoices known that are not, as the migration that added the table did: for backups
/// from before it.
pub async fn accounts_from_approved(conn: &mut Conn) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO supplier_accounts (invoice_id, origin, account, vat_id, tax_number, name_key, at)
         SELECT invoices.id, 'approved', UPPER(REPLACE(iban.value, ' ', '')),
             UPPER(REPLACE(COALESCE(vat.value, ''), ' ', '')),
             UPPER(REPLACE(REPLACE(REPLACE(REPLACE(COALESCE(tax.value, ''), ' ', ''), '/', ''), '-', ''), '.', '')),
             invoices.supplier_key, COALESCE(invoices.decided_at, invoices.updated_at)
         FROM invoices
         JOIN invoice_fields AS iban ON iban.invoice_id = invoices.id AND iban.name = 'iban'
         LEFT JOIN invoice_fields AS vat ON vat.invoice_id = invoices.id AND vat.name = 'supplier_vat_id'
         LEFT JOIN invoice_fields AS tax ON tax.invoice_id = invoices.id AND tax.name = 'supplier_tax_number'
         WHERE invoices.status IN ('approved', 'exporting', 'exported', 'export_failed') AND iban.value <> ''
           AND NOT EXISTS (SELECT 1 FROM supplier_accounts AS known WHERE known.invoice_id = invoices.id)",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Other invoices that wait for a decision and ask for money to this account, at most `limit`.
pub async fn account_open_invoices(
    conn: &mut Conn,
    account: &str,
    except: InvoiceId,
    limit: i64,
) -> StoreResult<Vec<InvoiceId>> {
    let rows = sqlx::query(
        "SELECT invoices.id FROM invoice_fields JOIN invoices ON invoices.id = invoice_fields.invoice_id
         WHERE invoice_fields.name = 'iban' AND invoice_fields.value = $1 AND invoices.id <> $2
           AND invoices.status IN ('needs_review', 'postponed', 'awaiting_approval')
         ORDER BY invoices.id DESC LIMIT $3",
    )
    .bind(account)
    .bind(except.to_string())
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| parsed(row, "id")).collect()
}

/// The columns a supplier is found by, the surest first, with what the invoice has of them.
fn by_strength(supplier: &SupplierKeys) -> impl Iterator<Item = (&'static str, &str)> {
    let keys = [("vat_id", &supplier.vat_id), ("tax_number", &supplier.tax_number), ("name_key", &supplier.name)];
    keys.into_iter().filter(|(_, key)| !key.is_empty()).map(|(column, key)| (column, key.as_str()))
}

fn from_row(row: &AnyRow) -> StoreResult<KnownAccount> {
    let origin = match row.try_get::<String, _>("origin")?.as_str() {
        "approved" => Origin::Approved,
        "verified" => Origin::Verified,
        other => return Err(StoreError::Corrupt(format!("origin: {other}"))),
    };
    Ok(KnownAccount {
        account: row.try_get("account")?,
        origin,
        person: row.try_get("person")?,
        at: row.try_get("at")?,
    })
}
