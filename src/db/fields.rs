//! Values of an invoice, one row a field.

use super::{Conn, StoreError, StoreResult, double, parsed, to_json};
use crate::domain::{
    field::Field,
    ids::InvoiceId,
    invoice::FieldValue,
    learning::LearnedFrom,
    reading::{PageBox, Source},
};
use sqlx::{Row, any::AnyRow};
use std::collections::BTreeMap;

/// A value with who changed it last.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredField {
    pub value: FieldValue,
    pub changed_by: String,
    /// Milliseconds since 1970.
    pub changed_at: i64,
}

fn source(text: &str) -> StoreResult<Source> {
    [Source::Xml, Source::Text, Source::Ocr, Source::Model, Source::User, Source::Master]
        .into_iter()
        .find(|source| source.as_str() == text)
        .ok_or_else(|| StoreError::Corrupt(format!("source: {text}")))
}

fn from_row(row: &AnyRow) -> StoreResult<(Field, StoredField)> {
    let page = row.try_get::<Option<i64>, _>("page")?.and_then(|page| u32::try_from(page).ok());
    let corner = |column: &str| -> StoreResult<Option<f32>> {
        Ok(row.try_get::<Option<f64>, _>(column)?.map(|value| value as f32))
    };
    let place = match (page, corner("x")?, corner("y")?, corner("w")?, corner("h")?) {
        (Some(page), Some(x), Some(y), Some(w), Some(h)) => Some(PageBox { page, x, y, w, h }),
        _ => None,
    };
    let value = FieldValue {
        value: row.try_get("value")?,
        raw: row.try_get("raw")?,
        confidence: row.try_get::<f64, _>("confidence")? as f32,
        page,
        place,
        source: source(row.try_get::<String, _>("source")?.as_str())?,
        version: row.try_get("version")?,
        verified_by: row.try_get("verified_by")?,
        learned: learned(row)?,
    };
    Ok((
        parsed(row, "name")?,
        StoredField { value, changed_by: row.try_get("changed_by")?, changed_at: row.try_get("changed_at")? },
    ))
}

fn learned(row: &AnyRow) -> StoreResult<Option<LearnedFrom>> {
    let text: Option<String> = row.try_get("learned")?;
    let from =
        |text: String| serde_json::from_str(&text).map_err(|error| StoreError::Corrupt(format!("learned: {error}")));
    text.map(from).transpose()
}

pub async fn field_list(conn: &mut Conn, invoice: InvoiceId) -> StoreResult<BTreeMap<Field, StoredField>> {
    let rows = sqlx::query(
        "SELECT name, value, raw, confidence, page, x, y, w, h, source, version, changed_by, changed_at, verified_by,
            learned
         FROM invoice_fields WHERE invoice_id = $1",
    )
    .bind(invoice.to_string())
    .fetch_all(conn)
    .await?;
    rows.iter().map(from_row).collect()
}

/// Columns of a value, in the order in which they are bound.
const COLUMNS: &str = "invoice_id, name, value, raw, confidence, page, x, y, w, h, source, version, changed_by, \
    changed_at, verified_by, learned";
const COLUMN_COUNT: usize = 16;
/// Those bound by [`double`], from 1: the corners of the place.
const DOUBLES: std::ops::RangeInclusive<usize> = 7..=10;
/// Values written by one statement: PostgreSQL takes 65,535 parameters, SQLite half as many.
const AT_ONCE: usize = 200;

/// Inserts or replaces values as given, versions included.
pub async fn field_put_all(
    conn: &mut Conn,
    invoice: InvoiceId,
    values: impl Iterator<Item = (Field, &StoredField)>,
) -> StoreResult<()> {
    let values: Vec<_> = values.collect();
    for some in values.chunks(AT_ONCE) {
        let sql = sqlx::AssertSqlSafe(put_statement(some.len()));
        let mut query = sqlx::query(sql);
        for (field, stored) in some {
            let value = &stored.value;
            let place = value.place;
            query = query
                .bind(invoice.to_string())
                .bind(field.name().into_owned())
                .bind(&value.value)
                .bind(&value.raw)
                .bind(f64::from(value.confidence))
                .bind(value.page.map(i64::from))
                .bind(double(place.map(|place| place.x)))
                .bind(double(place.map(|place| place.y)))
                .bind(double(place.map(|place| place.w)))
                .bind(double(place.map(|place| place.h)))
                .bind(value.source.as_str())
                .bind(value.version)
                .bind(&stored.changed_by)
                .bind(stored.changed_at)
                .bind(&value.verified_by)
                .bind(value.learned.as_ref().map(to_json).transpose()?);
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// Writes so many values. Only numbers of parameters are put together.
fn put_statement(count: usize) -> String {
    let row = |at: usize| {
        let place = |column: usize| match at * COLUMN_COUNT + column {
            number if DOUBLES.contains(&column) => format!("CAST(${number} AS DOUBLE PRECISION)"),
            number => format!("${number}"),
        };
        let places: Vec<String> = (1..=COLUMN_COUNT).map(place).collect();
        format!("({})", places.join(", "))
    };
    let rows: Vec<String> = (0..count).map(row).collect();
    let all = format!("INSERT INTO invoice_fields ({COLUMNS}) VALUES {}", rows.join(", "));
    all + " ON CONFLICT (invoice_id, name) DO UPDATE SET value = excluded.value, raw = excluded.raw,
        confidence = excluded.confidence, page = excluded.page, x = excluded.x, y = excluded.y, w = excluded.w,
        h = excluded.h, source = excluded.source, version = excluded.version, changed_by = excluded.changed_by,
        changed_at = excluded.changed_at, verified_by = excluded.verified_by,
        learned = excluded.learned"
}
