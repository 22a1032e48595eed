//! The list of invoices: filters, order, pages by number and by cursor.

use super::{
    Conn, StoreResult,
    invoices::{SUMMARY, summary_from_row, today},
    parsed,
};
use crate::domain::{
    decision::Assigned,
    ids::InvoiceId,
    invoice::{InvoicePage, InvoiceQuery, InvoiceSummary, SortColumn},
    money::Decimal,
    normalise::compact,
};
use rust_decimal::prelude::ToPrimitive;
use sqlx::{Any, AssertSqlSafe, Row, query::Query};

/// A value of the order's column and the id: where the next page starts.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Cursor {
    value: Value,
    id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Value {
    Number(i64),
    Text(String),
}

/// The invoices before and after one, and its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Neighbours {
    pub previous: Option<InvoiceId>,
    pub next: Option<InvoiceId>,
    /// From 1; 0 when the invoice is not in the selection.
    pub place: i64,
    pub total: i64,
}

/// Conditions with their values, `$1` onwards.
struct Selection {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Selection {
    fn of(query: &InvoiceQuery) -> Selection {
        let mut selection = Selection { conditions: Vec::new(), values: Vec::new() };
        if let Some(status) = query.status {
            selection.add("status = ?", Value::Text(status.as_str().to_owned()));
        }
        match query.assigned {
            Some(Assigned::To(person)) => selection.add("assigned_to = ?", Value::Text(person.to_string())),
            Some(Assigned::Nobody) => selection.conditions.push("assigned_to IS NULL".to_owned()),
            // Who asks is known further up.
            Some(Assigned::Me) => selection.conditions.push("1 = 0".to_owned()),
            None => {}
        }
        let words = query.q.as_deref().unwrap_or_default().to_lowercase();
        for word in words.split_whitespace().take(8) {
            selection.add("search LIKE ? ESCAPE '\\'", Value::Text(like(word)));
        }
        if let Some(supplier) = query.supplier.as_deref().filter(|text| !text.trim().is_empty()) {
            selection.add("supplier_key = ?", Value::Text(supplier_key(supplier)));
        }
        for (condition, text) in [("issue_date >= ?", &query.from), ("issue_date <> '' AND issue_date <= ?", &query.to)]
        {
            if let Some(text) = text.as_deref().filter(|text| !text.is_empty()) {
                selection.add(condition, Value::Text(text.to_owned()));
            }
        }
        for (condition, text) in [("gross_order >= ?", &query.min), ("gross_order <= ?", &query.max)] {
            if let Some(amount) = text.as_deref().and_then(|text| text.parse::<Decimal>().ok()) {
                selection.add(condition, Value::Number(amount_order(amount)));
            }
        }
        selection
    }

    fn add(&mut self, condition: &str, value: Value) {
        self.values.push(value);
        self.conditions.push(condition.replace('?', &format!("${}", self.values.len())));
    }

    /// Adds "comes after (or, turned, before) this row in the order".
    fn add_beyond(&mut self, column: &str, descending: bool, value: Value, id: String) {
        let sign = if descending { '<' } else { '>' };
        self.values.push(value);
        self.values.push(Value::Text(id));
        let n = self.values.len();
        self.conditions.push(format!("({column}, id) {sign} (${}, ${n})", n - 1));
    }

    fn where_clause(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!(" WHERE {}", self.conditions.join(" AND ")) }
    }

    fn query(&self, sql: String) -> Query<'_, Any, sqlx::any::AnyArguments> {
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in &self.values {
            query = match value {
                Value::Number(number) => query.bind(*number),
                Value::Text(text) => query.bind(text.as_str()),
            };
        }
        query
    }
}

fn order_column(column: SortColumn) -> &'static str {
    match column {
        SortColumn::Created => "created_at",
        SortColumn::Supplier => "supplier_key",
        SortColumn::Number => "number_key",
        SortColumn::IssueDate => "issue_date",
        SortColumn::DueDate => "due_date",
        SortColumn::Gross => "gross_order",
        SortColumn::Status => "status",
    }
}

/// `%word%` with the signs that LIKE understands taken literally.
fn like(word: &str) -> String {
    let mut pattern = String::from("%");
    for sign in word.chars() {
        if matches!(sign, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}

/// A supplier's name as it is compared: lower case, letters and digits only, single spaces.
pub fn supplier_key(name: &str) -> String {
    let spaced: String = name
        .chars()
        .map(|sign| if sign.is_alphanumeric() { sign.to_lowercase().next().unwrap_or(sign) } else { ' ' })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A supplier's VAT id as it is compared: letters and digits, in capitals. What is shorter than any id is none.
pub fn supplier_vat_key(vat_id: &str) -> String {
    let key = compact(vat_id);
    if key.len() < 5 { String::new() } else { key }
}

/// An invoice number as it is compared: upper-case letters and digits, no leading zeros.
pub fn number_key(number: &str) -> String {
    let kept: String = number.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    let trimmed = kept.trim_start_matches('0');
    if trimmed.is_empty() { kept } else { trimmed.to_owned() }
}

/// Ten-thousandths, for order and ranges; amounts beyond 64 bits stand at the end.
pub fn amount_order(amount: Decimal) -> i64 {
    let whole = amount.checked_mul(Decimal::from(10_000)).and_then(|amount| amount.round().to_i64());
    whole.unwrap_or(if amount.is_sign_negative() { i64::MIN } else { i64::MAX })
}

/// One page of the selection. `total` counts the whole selection.
pub async fn invoice_list(conn: &mut Conn, query: &InvoiceQuery) -> StoreResult<InvoicePage> {
    let limit = i64::from(query.limit.unwrap_or(25).clamp(1, 200));
    let total = selection_total(conn, query).await?;
    let (column, descending) = query.sort.effective();
    let column = order_column(column);
    let mut selection = Selection::of(query);
    let cursor = query.cursor.as_deref().and_then(|text| serde_json::from_str::<Cursor>(text).ok());
    let mut offset = 0;
    match cursor {
        Some(cursor) => selection.add_beyond(column, descending, cursor.value, cursor.id),
        None => offset = i64::from(query.page.unwrap_or(1).clamp(1, 1_000_000) - 1) * limit,
    }
    let direction = if descending { "DESC" } else { "ASC" };
    // One more than asked, to know whether there is a next page.
    let sql = format!(
        "SELECT {SUMMARY}, gross_order, supplier_key, number_key FROM invoices{} ORDER BY {column} {direction}, id {direction} LIMIT {} OFFSET {offset}",
        selection.where_clause(),
        limit + 1,
    );
    let rows = selection.query(sql).fetch_all(&mut *conn).await?;
    let today = today();
    let kept = rows.iter().take(limit as usize);
    let invoices = kept.map(|row| summary_from_row(row, &today)).collect::<StoreResult<Vec<InvoiceSummary>>>()?;
    let next_cursor = match rows.get(limit as usize - 1) {
        Some(last) if rows.len() > limit as usize => {
            let value = match column {
                "created_at" | "gross_order" => Value::Number(last.try_get(column)?),
                _ => Value::Text(last.try_get(column)?),
            };
            Some(super::to_json(&Cursor { value, id: last.try_get("id")? })?)
        }
        _ => None,
    };
    Ok(InvoicePage { invoices, total, next_cursor })
}

/// Counts the selection; without filters but the status, from the kept counts.
async fn selection_total(conn: &mut Conn, query: &InvoiceQuery) -> StoreResult<i64> {
    let selection = Selection::of(query);
    let only_status = selection.conditions.len() == usize::from(query.status.is_some());
    let table = if only_status { "(SELECT status, n FROM invoice_counts) AS counts" } else { "invoices" };
    let count = if only_status { "CAST(COALESCE(SUM(n), 0) AS BIGINT)" } else { "COUNT(*)" };
    let sql = format!("SELECT {count} AS total FROM {table}{}", selection.where_clause());
    Ok(selection.query(sql).fetch_one(conn).await?.try_get("total")?)
}

/// The rows around one invoice in the selection's order.
pub async fn invoice_neighbours(conn: &mut Conn, id: InvoiceId, query: &InvoiceQuery) -> StoreResult<Neighbours> {
    let (sort, descending) = query.sort.effective();
    let column = order_column(sort);
    let row = sqlx::query(AssertSqlSafe(format!("SELECT {column} AS value FROM invoices WHERE id = $1")))
        .bind(id.to_string())
        .fetch_optional(&mut *conn)
        .await?;
    let Some(row) = row else {
        return Ok(Neighbours::default());
    };
    let value = match column {
        "created_at" | "gross_order" => Value::Number(row.try_get("value")?),
        _ => Value::Text(row.try_get("value")?),
    };
    let mut found = Neighbours { total: selection_total(conn, query).await?, ..Neighbours::default() };
    for towards_next in [true, false] {
        let downwards = descending == towards_next;
        let mut selection = Selection::of(query);
        selection.add_beyond(column, downwards, value.clone(), id.to_string());
        let direction = if downwards { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT id FROM invoices{} ORDER BY {column} {direction}, id {direction} LIMIT 1",
            selection.where_clause()
        );
        let neighbour = selection.query(sql).fetch_optional(&mut *conn).await?;
        let neighbour = neighbour.map(|row| parsed(&row, "id")).transpose()?;
        if towards_next {
            found.next = neighbour;
        } else {
            found.previous = neighbour;
            let sql = format!("SELECT COUNT(*) AS n FROM invoices{}", selection.where_clause());
            found.place = selection.query(sql).fetch_one(&mut *conn).await?.try_get::<i64, _>("n")? + 1;
        }
    }
    let mut own = Selection::of(query);
    own.add("id = ?", Value::Text(id.to_string()));
    let sql = format!("SELECT COUNT(*) AS n FROM invoices{}", own.where_clause());
    if own.query(sql).fetch_one(conn).await?.try_get::<i64, _>("n")? == 0 {
        found.place = 0;
    }
    Ok(found)
}
