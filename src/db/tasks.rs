//! Durable background work: a task is claimed under a lease, and saved only by who still holds it.

use super::{Conn, StoreResult, parsed, parsed_option};
use crate::domain::{
    ids::{InvoiceId, TaskId, UserId},
    invoice::TaskError,
    jobs::{Stage, TaskState, TaskView},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};

/// A task a worker holds until `lease_until`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedTask {
    pub id: TaskId,
    pub invoice_id: InvoiceId,
    /// Tries so far, this one included.
    pub attempts: i64,
    /// Only the holder of the newest fence may save.
    pub fence: i64,
    /// When this try began: milliseconds since 1970, UTC.
    pub started_at: i64,
}

const VIEW: &str = "t.id, t.invoice_id, i.filename, t.state, t.stage, t.progress, t.message, t.attempts, \
    t.error_code, t.error_message, t.created_at, t.finished_at";

fn view_from_row(row: &AnyRow) -> StoreResult<TaskView> {
    let stage: Option<Stage> = parsed_option(row, "stage")?;
    let error_code: Option<String> = row.try_get("error_code")?;
    let error_message: Option<String> = row.try_get("error_message")?;
    Ok(TaskView {
        task_id: parsed(row, "id")?,
        invoice_id: parsed(row, "invoice_id")?,
        filename: row.try_get("filename")?,
        state: parsed(row, "state")?,
        stage,
        progress: u8::try_from(row.try_get::<i64, _>("progress")?).unwrap_or(0),
        message: row.try_get("message")?,
        attempts: row.try_get("attempts")?,
        error: error_code.map(|code| TaskError {
            code,
            message: error_message.unwrap_or_default(),
            stage: stage.map_or_else(String::new, |stage| stage.as_str().to_owned()),
        }),
        created_at: row.try_get("created_at")?,
        finished_at: row.try_get("finished_at")?,
        eta_seconds: None,
    })
}

pub async fn task_insert(
    conn: &mut Conn,
    id: TaskId,
    invoice: InvoiceId,
    creator: UserId,
    priority: i64,
    at: i64,
) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO tasks (id, invoice_id, state, message, priority, run_after, created_by, created_at)
         VALUES ($1, $2, 'queued', 'Waiting', $3, $4, $5, $4)",
    )
    .bind(id.to_string())
    .bind(invoice.to_string())
    .bind(priority)
    .bind(at)
    .bind(creator.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the next ready task, or one whose worker was lost. `skip_locked` on PostgreSQL keeps workers apart.
pub async fn task_claim(
    conn: &mut Conn,
    backend: super::Backend,
    owner: &str,
    now: i64,
    lease_ms: i64,
) -> StoreResult<Option<ClaimedTask>> {
    let lock = if backend == super::Backend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    for ready in [
        "state = 'queued' AND run_after <= $1 ORDER BY priority DESC, run_after, id",
        "state = 'processing' AND lease_until < $1 ORDER BY lease_until",
    ] {
        let sql = format!(
            "UPDATE tasks SET state = 'processing', lease_owner = $2, lease_until = $3, fence = fence + 1,
                attempts = attempts + 1, started_at = $1
             WHERE id = (SELECT id FROM tasks WHERE {ready} LIMIT 1{lock})
             RETURNING id, invoice_id, attempts, fence"
        );
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(now)
            .bind(owner)
            .bind(now + lease_ms)
            .fetch_optional(&mut *conn)
            .await?;
        if let Some(row) = row {
            return Ok(Some(ClaimedTask {
                id: parsed(&row, "id")?,
                invoice_id: parsed(&row, "invoice_id")?,
                attempts: row.try_get("attempts")?,
                fence: row.try_get("fence")?,
                started_at: now,
            }));
        }
    }
    Ok(None)
}

/// Keeps a lease for longer. False: it is lost, and the work must stop.
pub async fn task_renew(conn: &mut Conn, task: &ClaimedTask, until: i64) -> StoreResult<bool> {
    let done = sqlx::query("UPDATE tasks SET lease_until = $3 WHERE id = $1 AND fence = $2 AND state = 'processing'")
        .bind(task.id.to_string())
        .bind(task.fence)
        .bind(until)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes how far a task is. False: the lease is lost.
pub async fn task_progress(
    conn: &mut Conn,
    task: &ClaimedTask,
    stage: Stage,
    percent: u8,
    message: &str,
) -> StoreResult<bool> {
    let done = sqlx::query(
        "UPDATE tasks SET stage = $3, progress = $4, message = $5 WHERE id = $1 AND fence = $2 AND state = 'processing'",
    )
    .bind(task.id.to_string())
    .bind(task.fence)
    .bind(stage.as_str())
    .bind(i64::from(percent))
    .bind(message)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How a try ended.
#[derive(Clone, Debug)]
pub enum TaskEnd<'a> {
    Completed,
    Failed(&'a TaskError),
    /// Once more, not before the time given.
    Again {
        error: &'a TaskError,
        run_after: i64,
    },
}

/// Ends a try. False: the lease is lost, and the caller rolls back.
pub async fn task_end(conn: &mut Conn, task: &ClaimedTask, end: TaskEnd<'_>, now: i64) -> StoreResult<bool> {
    let (state, error, run_after) = match &end {
        TaskEnd::Completed => (TaskState::Completed, None, now),
        TaskEnd::Failed(error) => (TaskState::Failed, Some(*error), now),
        TaskEnd::Again { error, run_after } => (TaskState::Queued, Some(*error), *run_after),
    };
    let completed = state == TaskState::Completed;
    let message = match (completed, error) {
        (true, _) => Stage::Complete.message(),
        (false, Some(error)) => error.message.as_str(),
        (false, None) => "",
    };
    let done = sqlx::query(
        "UPDATE tasks SET state = $3, error_code = $4, error_message = $5, message = $6, run_after = $7,
            finished_at = $8, stage = COALESCE($9, stage), progress = CASE WHEN $10 = 1 THEN 100 ELSE progress END,
            lease_owner = NULL, lease_until = NULL
         WHERE id = $1 AND fence = $2 AND state = 'processing'",
    )
    .bind(task.id.to_string())
    .bind(task.fence)
    .bind(state.as_str())
    .bind(error.map(|error| error.code.clone()))
    .bind(error.map(|error| error.message.clone()))
    .bind(message)
    .bind(run_after)
    .bind(state.is_over().then_some(now))
    .bind(completed.then(|| Stage::Complete.as_str().to_owned()))
    .bind(i64::from(completed))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives a task back untouched, for a shutdown: it is taken again at once and this try does not count.
pub async fn task_release(conn: &mut Conn, task: &ClaimedTask) -> StoreResult<bool> {
    let done = sqlx::query(
        "UPDATE tasks SET state = 'queued', attempts = attempts - 1, lease_owner = NULL, lease_until = NULL, stage = NULL,
            progress = 0, message = 'Waiting'
         WHERE id = $1 AND fence = $2 AND state = 'processing'",
    )
    .bind(task.id.to_string())
    .bind(task.fence)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Cancels a task that is not over. Its worker finds out when it next asks. False: it was over.
pub async fn task_cancel(conn: &mut Conn, id: TaskId, now: i64) -> StoreResult<bool> {
    let done = sqlx::query(
        "UPDATE tasks SET state = 'cancelled', message = 'Cancelled', finished_at = $2, lease_owner = NULL, lease_until = NULL
         WHERE id = $1 AND state IN ('queued', 'processing', 'paused')",
    )
    .bind(id.to_string())
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Sets a task aside. Its worker finds out when it next asks, and this try does not count. False: it neither waited nor
/// ran.
pub async fn task_pause(conn: &mut Conn, id: TaskId) -> StoreResult<bool> {
    let done = sqlx::query(
        "UPDATE tasks SET attempts = CASE WHEN state = 'processing' THEN attempts - 1 ELSE attempts END,
            state = 'paused', fence = fence + 1, lease_owner = NULL, lease_until = NULL, stage = NULL, progress = 0,
            message = 'Paused'
         WHERE id = $1 AND state IN ('queued', 'processing')",
    )
    .bind(id.to_string())
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Lets a paused task wait again. False: it was not paused.
pub async fn task_resume(conn: &mut Conn, id: TaskId, now: i64) -> StoreResult<bool> {
    let done = sqlx::query(
        "UPDATE tasks SET state = 'queued', run_after = $2, message = 'Waiting' WHERE id = $1 AND state = 'paused'",
    )
    .bind(id.to_string())
    .bind(now)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn task_get(conn: &mut Conn, id: TaskId) -> StoreResult<Option<TaskView>> {
    let sql = format!("SELECT {VIEW} FROM tasks t JOIN invoices i ON i.id = t.invoice_id WHERE t.id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(view_from_row).transpose()
}

/// The newest task of an invoice.
pub async fn task_of_invoice(conn: &mut Conn, invoice: InvoiceId) -> StoreResult<Option<TaskView>> {
    let sql = format!(
        "SELECT {VIEW} FROM tasks t JOIN invoices i ON i.id = t.invoice_id
         WHERE t.invoice_id = $1 ORDER BY t.created_at DESC, t.id DESC LIMIT 1"
    );
    let row = sqlx::query(AssertSqlSafe(sql)).bind(invoice.to_string()).fetch_optional(conn).await?;
    row.as_ref().map(view_from_row).transpose()
}

/// A person's tasks since a time that are not completed, newest first.
pub async fn task_list_unfinished(
    conn: &mut Conn,
    creator: UserId,
    since: i64,
    limit: i64,
) -> StoreResult<Vec<TaskView>> {
    let sql = format!(
        "SELECT {VIEW} FROM tasks t JOIN invoices i ON i.id = t.invoice_id
         WHERE t.created_by = $1 AND t.created_at >= $2 AND t.state IN ('queued', 'processing', 'paused', 'failed')
           AND i.status IN ('queued', 'processing', 'failed')
           AND NOT EXISTS (SELECT 1 FROM tasks later WHERE later.invoice_id = t.invoice_id AND later.created_at > t.created_at)
         ORDER BY t.created_at DESC, t.id DESC LIMIT $3"
    );
    let rows =
        sqlx::query(AssertSqlSafe(sql)).bind(creator.to_string()).bind(since).bind(limit).fetch_all(conn).await?;
    rows.iter().map(view_from_row).collect()
}

/// Waiting and running tasks, for health and metrics.
pub async fn task_counts(conn: &mut Conn) -> StoreResult<(i64, i64)> {
    let waiting = sqlx::query("SELECT COUNT(*) AS n FROM tasks WHERE state = 'queued'").fetch_one(&mut *conn).await?;
    let running = sqlx::query("SELECT COUNT(*) AS n FROM tasks WHERE state = 'processing'").fetch_one(conn).await?;
    Ok((waiting.try_get("n")?, running.try_get("n")?))
}
