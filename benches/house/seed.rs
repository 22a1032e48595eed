//! 100,000 invoices, written straight into a SQLite database: uploading them would take longer than all that is
//! measured. [`SQL`](self) says what they look like; the triggers that count them run as they do in use.

use super::Outcome;
use ap_intake::db::Store;
use sqlx::AssertSqlSafe;
use std::path::Path;

/// How many.
pub const INVOICES: u32 = 100_000;

const SQL: &str = include_str!("seed.sql");

/// Fills a migrated database that holds one user and no invoices.
pub fn fill(database: &Path) -> Outcome<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let store = Store::connect(&format!("sqlite:{}", database.display())).await?;
        let mut tx = store.begin_quiet().await?;
        let sql = SQL.replace(":invoices", &INVOICES.to_string());
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await?;
        tx.commit().await?;
        store.close().await;
        Ok(())
    })
}
