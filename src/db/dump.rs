//! All rows as JSON objects and back, the same for both databases: for backups, and to move from one to the other.

use super::{Conn, StoreError, StoreResult};
use futures::TryStreamExt;
use serde_json::{Map, Value};
use sqlx::{
    AssertSqlSafe, Column, Row, ValueRef,
    any::{AnyRow, AnyTypeInfoKind},
};

/// A row: column name → value; columns without a value are left out.
pub type DumpRow = Map<String, Value>;

/// The tables of a backup, in the order in which their references allow them to be filled. Left out is what belongs to
/// one running installation: sessions, answers to repeated requests, and the event log, which starts anew with another
/// epoch; and what triggers keep.
pub const TABLES: [&str; 19] = [
    "meta",
    "users",
    "api_tokens",
    "delegations",
    "files",
    "invoices",
    "invoice_fields",
    "not_duplicates",
    "history",
    "supplier_accounts",
    "tasks",
    "comments",
    "notifications",
    "work_items",
    "learned_suppliers",
    "learned_marks",
    "learned_rules",
    "learned_uses",
    "learning_queue",
];

/// Calls `each` with every row of one of [`TABLES`]. Holds one row at a time.
pub async fn table_read<E: From<StoreError>>(
    conn: &mut Conn,
    table: &str,
    mut each: impl FnMut(DumpRow) -> Result<(), E>,
) -> Result<(), E> {
    let sql = format!("SELECT * FROM {}{}", known(table)?, if table == "meta" { " WHERE name <> 'epoch'" } else { "" });
    let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(conn);
    while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
        each(dump_row(&row)?)?;
    }
    Ok(())
}

/// Whether a table of people's work holds nothing yet.
pub async fn is_empty(conn: &mut Conn) -> StoreResult<bool> {
    let sql = "SELECT CASE WHEN EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM invoices) THEN 1 ELSE 0 END";
    let found: i64 = sqlx::query(sql).fetch_one(conn).await?.try_get::<i64, _>(0)?;
    Ok(found == 0)
}

/// Inserts a row into one of [`TABLES`].
pub async fn table_insert(conn: &mut Conn, table: &str, row: &DumpRow) -> StoreResult<()> {
    let columns: Vec<&str> = row.keys().map(String::as_str).collect();
    if columns.is_empty() || !columns.iter().all(|name| is_name(name)) {
        return Err(StoreError::Corrupt(format!("a row of {table} names columns that can not be")));
    }
    let places = (1..=columns.len()).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
    let sql = format!("INSERT INTO {} ({}) VALUES ({places})", known(table)?, columns.join(", "));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (name, value) in row {
        query = match value {
            Value::String(text) => query.bind(text),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => query.bind(whole),
                None => query.bind(number.as_f64().unwrap_or_default()),
            },
            _ => return Err(StoreError::Corrupt(format!("{table}.{name}: neither text nor number"))),
        };
    }
    query.execute(conn).await?;
    Ok(())
}

/// Points an invoice at the one it repeats: after all are there, since either may come first.
pub async fn duplicate_link(conn: &mut Conn, invoice: &str, duplicate_of: &str) -> StoreResult<()> {
    sqlx::query("UPDATE invoices SET duplicate_of = $1 WHERE id = $2")
        .bind(duplicate_of)
        .bind(invoice)
        .execute(conn)
        .await?;
    Ok(())
}

fn known(table: &str) -> StoreResult<&'static str> {
    TABLES
        .into_iter()
        .find(|known| *known == table)
        .ok_or_else(|| StoreError::Corrupt(format!("no table of a backup: {table}")))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn dump_row(row: &AnyRow) -> StoreResult<DumpRow> {
    let mut dumped = Map::new();
    for column in row.columns() {
        let place = column.ordinal();
        let raw = row.try_get_raw(place)?;
        if raw.is_null() {
            continue;
        }
        let value = match raw.type_info().kind() {
            AnyTypeInfoKind::Text => Value::from(row.try_get::<String, _>(place)?),
            AnyTypeInfoKind::SmallInt | AnyTypeInfoKind::Integer | AnyTypeInfoKind::BigInt => {
                Value::from(row.try_get::<i64, _>(place)?)
            }
            AnyTypeInfoKind::Real | AnyTypeInfoKind::Double => Value::from(row.try_get::<f64, _>(place)?),
            other => return Err(StoreError::Corrupt(format!("{}: {other:?}", column.name()))),
        };
        dumped.insert(column.name().to_owned(), value);
    }
    Ok(dumped)
}
