//! Invoices: one row each, with copies of the values that lists need.

use super::{Conn, StoreResult, double, json, parsed, parsed_option, to_json};
use crate::domain::{
    checks::CheckResult,
    comment::Person,
    en16931::Syntax,
    ids::{InvoiceId, UserId},
    invoice::{InvoiceSummary, ReviewReason, UploadOptions},
    reading::{Allowance, PageSize, ReadingNote},
    splitting::Part,
    status::Status,
};
use sqlx::{Row, any::AnyRow};

/// What an upload creates.
#[derive(Clone, Debug)]
pub struct NewInvoice {
    pub id: InvoiceId,
    pub status: Status,
    pub file_hash: String,
    pub filename: String,
    pub options: UploadOptions,
    pub uploaded_by: UserId,
    pub uploader_name: String,
    pub duplicate_of: Option<InvoiceId>,
}

/// Everything of the row.
#[derive(Clone, Debug)]
pub struct InvoiceRow {
    pub summary: InvoiceSummary,
    pub file_hash: String,
    pub kind: Option<String>,
    /// What its XML is written in; none where its values were read from a page.
    pub syntax: Option<Syntax>,
    pub options: UploadOptions,
    pub uploaded_by: UserId,
    pub pages: Vec<PageSize>,
    pub notes: Vec<ReadingNote>,
    /// Of EN 16931, by the XML as it was received.
    pub broken_rules: Vec<CheckResult>,
    /// The invoices that its pages seem to hold, where they are several.
    pub parts: Vec<Part>,
    pub allowances: Vec<Allowance>,
    pub checks: Vec<CheckResult>,
    pub review_reasons: Vec<ReviewReason>,
    pub first_approval: Option<FirstApproval>,
}

/// The first of two approvals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstApproval {
    pub by: Person,
    /// In whose place.
    pub stood_in_for: Option<UserId>,
}

/// Copies of field values for lists and for finding duplicates. Empty text means no value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListValues {
    pub supplier_name: String,
    pub supplier_key: String,
    pub supplier_vat_key: String,
    pub invoice_number: String,
    pub number_key: String,
    pub issue_date: String,
    pub due_date: String,
    pub currency: String,
    pub gross_total: String,
    /// Ten-thousandths.
    pub gross_order: i64,
    /// Lower-case words that the search box looks through.
    pub search: String,
    pub confidence: Option<f64>,
}

/// What reading and checking found, written whole.
#[derive(Clone, Debug)]
pub struct Findings<'a> {
    pub kind: &'a str,
    pub syntax: Option<Syntax>,
    pub pages: &'a [PageSize],
    pub notes: &'a [ReadingNote],
    pub broken_rules: &'a [CheckResult],
    pub parts: &'a [Part],
    pub allowances: &'a [Allowance],
}

/// The columns of [`summary_from_row`]; `today` for overdue is bound by no one: it is computed in Rust.
pub(super) const SUMMARY: &str = "id, status, version, filename, supplier_name, invoice_number, issue_date, due_date, \
    currency, gross_total, confidence, duplicate_of, failing_checks, uploader_name, created_at, updated_at, \
    first_approver_id, assigned_to, assignee_name";

pub(super) fn summary_from_row(row: &AnyRow, today: &str) -> StoreResult<InvoiceSummary> {
    let filled = |column: &str| -> StoreResult<Option<String>> {
        let text: String = row.try_get(column)?;
        Ok(if text.is_empty() { None } else { Some(text) })
    };
    let status: Status = parsed(row, "status")?;
    let due_date = filled("due_date")?;
    let open = matches!(status, Status::NeedsReview | Status::Postponed | Status::AwaitingApproval);
    Ok(InvoiceSummary {
        id: parsed(row, "id")?,
        status,
        version: row.try_get("version")?,
        filename: row.try_get("filename")?,
        supplier_name: filled("supplier_name")?,
        invoice_number: filled("invoice_number")?,
        issue_date: filled("issue_date")?,
        overdue: open && due_date.as_deref().is_some_and(|due| due < today),
        approved_once: open && row.try_get::<Option<String>, _>("first_approver_id")?.is_some(),
        due_date,
        currency: filled("currency")?,
        gross_total: filled("gross_total")?,
        confidence: row.try_get::<Option<f64>, _>("confidence")?.map(|value| value as f32),
        duplicate_of: parsed_option(row, "duplicate_of")?,
        failing_checks: u32::try_from(row.try_get::<i64, _>("failing_checks")?).unwrap_or(0),
        uploaded_by: row.try_get("uploader_name")?,
        assigned_to: assignee(row)?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
    })
}

fn assignee(row: &AnyRow) -> StoreResult<Option<Person>> {
    let Some(id) = parsed_option(row, "assigned_to")? else { return Ok(None) };
    Ok(Some(Person { id, name: row.try_get("assignee_name")? }))
}

/// Today, UTC, ISO 8601.
pub fn today() -> String {
    time::OffsetDateTime::now_utc().date().to_string()
}

pub async fn invoice_insert(conn: &mut Conn, new: &NewInvoice, at: i64) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO invoices (id, status, file_hash, filename, options, uploaded_by, uploader_name, duplicate_of, search, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
    )
    .bind(new.id.to_string())
    .bind(new.status.as_str())
    .bind(&new.file_hash)
    .bind(&new.filename)
    .bind(to_json(&new.options)?)
    .bind(new.uploaded_by.to_string())
    .bind(&new.uploader_name)
    .bind(new.duplicate_of.map(|id| id.to_string()))
    .bind(new.filename.to_lowercase())
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn invoice_get(conn: &mut Conn, id: InvoiceId) -> StoreResult<Option<InvoiceRow>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {SUMMARY}, file_hash, kind, syntax, options, uploaded_by, pages, notes, broken_rules, parts, allowances,
            checks, review_reasons,
            first_approver_name, first_approved_for
         FROM invoices WHERE id = $1"
    ));
    let row = sqlx::query(sql).bind(id.to_string()).fetch_optional(conn).await?;
    row.map(|row| {
        Ok(InvoiceRow {
            summary: summary_from_row(&row, &today())?,
            file_hash: row.try_get("file_hash")?,
            kind: row.try_get("kind")?,
            syntax: row.try_get::<Option<String>, _>("syntax")?.as_deref().and_then(Syntax::named),
            options: json(&row, "options")?,
            uploaded_by: parsed(&row, "uploaded_by")?,
            pages: json(&row, "pages")?,
            notes: json(&row, "notes")?,
            broken_rules: json(&row, "broken_rules")?,
            parts: json(&row, "parts")?,
            allowances: json(&row, "allowances")?,
            checks: json(&row, "checks")?,
            review_reasons: json(&row, "review_reasons")?,
            first_approval: first_approval(&row)?,
        })
    })
    .transpose()
}

fn first_approval(row: &AnyRow) -> StoreResult<Option<FirstApproval>> {
    let Some(id) = parsed_option(row, "first_approver_id")? else { return Ok(None) };
    let name = row.try_get::<Option<String>, _>("first_approver_name")?.unwrap_or_default();
    let stood_in_for = parsed_option(row, "first_approved_for")?;
    Ok(Some(FirstApproval { by: Person { id, name }, stood_in_for }))
}

pub async fn invoice_summary(conn: &mut Conn, id: InvoiceId) -> StoreResult<Option<InvoiceSummary>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {SUMMARY} FROM invoices WHERE id = $1"));
    let row = sqlx::query(sql).bind(id.to_string()).fetch_optional(conn).await?;
    row.map(|row| summary_from_row(&row, &today())).transpose()
}

/// Moves to a status, without a first approval, and raises the version. `decided` marks the end of a person's work on it.
pub async fn invoice_set_status(
    conn: &mut Conn,
    id: InvoiceId,
    status: Status,
    duplicate_of: Option<InvoiceId>,
    at: i64,
) -> StoreResult<()> {
    let decided = matches!(status, Status::Approved | Status::Rejected | Status::Duplicate).then_some(at);
    sqlx::query(
        "UPDATE invoices SET status = $2, version = version + 1, updated_at = $3, decided_at = $4,
            duplicate_of = COALESCE($5, duplicate_of),
            first_approver_id = NULL, first_approver_name = NULL, first_approved_for = NULL
         WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(status.as_str())
    .bind(at)
    .bind(decided)
    .bind(duplicate_of.map(|id| id.to_string()))
    .execute(conn)
    .await?;
    Ok(())
}

/// Makes it somebody's work, or nobody's. No value changes by it, so its version stays.
pub async fn invoice_set_assignee(conn: &mut Conn, id: InvoiceId, to: Option<&Person>) -> StoreResult<()> {
    sqlx::query("UPDATE invoices SET assigned_to = $2, assignee_name = $3 WHERE id = $1")
        .bind(id.to_string())
        .bind(to.map(|person| person.id.to_string()))
        .bind(to.map(|person| person.name.clone()).unwrap_or_default())
        .execute(conn)
        .await?;
    Ok(())
}

/// Keeps the first of two approvals, or takes it away, and raises the version.
pub async fn invoice_set_first_approval(
    conn: &mut Conn,
    id: InvoiceId,
    first: Option<&FirstApproval>,
    at: i64,
) -> StoreResult<()> {
    sqlx::query(
        "UPDATE invoices SET first_approver_id = $2, first_approver_name = $3, first_approved_for = $4,
            version = version + 1, updated_at = $5
         WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(first.map(|first| first.by.id.to_string()))
    .bind(first.map(|first| first.by.name.clone()))
    .bind(first.and_then(|first| first.stood_in_for).map(|id| id.to_string()))
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes the copies for lists, and raises the version.
pub async fn invoice_set_list_values(conn: &mut Conn, id: InvoiceId, v: &ListValues, at: i64) -> StoreResult<()> {
    sqlx::query(
        "UPDATE invoices SET supplier_name = $2, supplier_key = $3, invoice_number = $4, number_key = $5,
            issue_date = $6, due_date = $7, currency = $8, gross_total = $9, gross_order = $10, search = $11,
            confidence = CAST($12 AS DOUBLE PRECISION), version = version + 1, updated_at = $13, supplier_vat_key = $14
         WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(&v.supplier_name)
    .bind(&v.supplier_key)
    .bind(&v.invoice_number)
    .bind(&v.number_key)
    .bind(&v.issue_date)
    .bind(&v.due_date)
    .bind(&v.currency)
    .bind(&v.gross_total)
    .bind(v.gross_order)
    .bind(&v.search)
    .bind(double(v.confidence))
    .bind(at)
    .bind(&v.supplier_vat_key)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn invoice_set_findings(conn: &mut Conn, id: InvoiceId, f: &Findings<'_>) -> StoreResult<()> {
    sqlx::query(
        "UPDATE invoices SET kind = $2, pages = $3, notes = $4, broken_rules = $5, parts = $6, allowances = $7,
            syntax = $8
         WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(f.kind)
    .bind(to_json(&f.pages)?)
    .bind(to_json(&f.notes)?)
    .bind(to_json(&f.broken_rules)?)
    .bind(to_json(&f.parts)?)
    .bind(to_json(&f.allowances)?)
    .bind(f.syntax.map(Syntax::as_str))
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn invoice_set_checks(
    conn: &mut Conn,
    id: InvoiceId,
    checks: &[CheckResult],
    reasons: &[ReviewReason],
    duplicate_of: Option<InvoiceId>,
) -> StoreResult<()> {
    sqlx::query(
        "UPDATE invoices SET checks = $2, review_reasons = $3, failing_checks = $4, duplicate_of = $5 WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(to_json(&checks)?)
    .bind(to_json(&reasons)?)
    .bind(i64::try_from(checks.iter().filter(|check| check.is_failure()).count()).unwrap_or(i64::MAX))
    .bind(duplicate_of.map(|id| id.to_string()))
    .execute(conn)
    .await?;
    Ok(())
}

/// Deletes the invoice with its fields and tasks. Its history stays, and so does the file.
pub async fn invoice_delete(conn: &mut Conn, id: InvoiceId) -> StoreResult<bool> {
    sqlx::query("UPDATE invoices SET duplicate_of = NULL WHERE duplicate_of = $1")
        .bind(id.to_string())
        .execute(&mut *conn)
        .await?;
    let done = sqlx::query("DELETE FROM invoices WHERE id = $1").bind(id.to_string()).execute(conn).await?;
    Ok(done.rows_affected() == 1)
}
