//! Background work as people see and steer it.

use super::{Services, require, review::append_action};
use crate::{
    db::{self, Conn, Tx, now_ms},
    domain::{
        error::AppError,
        events::{Event, LoggedEvent, ProcessingStatus, Room},
        ids::{InvoiceId, TaskId},
        invoice::StepRequest,
        jobs::{TaskState, TaskView},
        roles::{Actor, Right},
        status::{Status, Step},
    },
};
use uuid::Uuid;

const DAY_MS: i64 = 86_400_000;

impl Services {
    /// The actor's uploads of the last day that wait, run or failed, newest first, at most 50.
    pub async fn my_uploads(&self, actor: &Actor) -> Result<Vec<TaskView>, AppError> {
        require(actor, Right::Read)?;
        let mut conn = self.store.read().await?;
        Ok(db::tasks::task_list_unfinished(&mut conn, actor.user_id, now_ms() - DAY_MS, 50).await?)
    }

    pub async fn task(&self, actor: &Actor, id: TaskId) -> Result<TaskView, AppError> {
        require(actor, Right::Read)?;
        let mut conn = self.store.read().await?;
        db::tasks::task_get(&mut conn, id).await?.ok_or_else(|| AppError::not_found("Task"))
    }

    /// Cancels a task that waits or runs, and with it the invoice. One that is over stays as it is.
    pub async fn task_cancel(&self, actor: &Actor, id: TaskId) -> Result<TaskView, AppError> {
        require(actor, Right::Edit)?;
        let at = now_ms();
        let mut tx = self.store.begin().await?;
        let task = db::tasks::task_get(&mut tx, id).await?.ok_or_else(|| AppError::not_found("Task"))?;
        if !db::tasks::task_cancel(&mut tx, id, at).await? {
            return Ok(task);
        }
        let invoice = task.invoice_id;
        let summary = super::review::summary_now(&mut tx, invoice).await?;
        let mut events = Vec::new();
        if let Ok(next @ Status::Cancelled) = summary.status.step(Step::Cancel) {
            db::invoices::invoice_set_status(&mut tx, invoice, next, None, at).await?;
            self.write_history(&mut tx, invoice, actor, at, "cancelled", &[], None).await?;
            events.extend(append_action(&mut tx, invoice, &actor.name, "cancelled").await?.1);
        }
        let task = db::tasks::task_get(&mut tx, id).await?.ok_or(AppError::Internal)?;
        events.extend(append_status(&mut tx, &task, Some(Status::Cancelled), at).await?);
        self.commit(tx, events).await?;
        tracing::info!(task_id = %id, invoice_id = %invoice, user_id = %actor.user_id, "task cancelled");
        Ok(task)
    }

    /// Sets a task aside that waits or runs, until [`Services::task_resume`]. One that is over, or paused, stays as it is.
    pub async fn task_pause(&self, actor: &Actor, id: TaskId) -> Result<TaskView, AppError> {
        require(actor, Right::Edit)?;
        let mut tx = self.store.begin().await?;
        let task = db::tasks::task_get(&mut tx, id).await?.ok_or_else(|| AppError::not_found("Task"))?;
        if !db::tasks::task_pause(&mut tx, id).await? {
            return Ok(task);
        }
        self.steered(tx, actor, &task, "paused").await
    }

    /// Lets a paused task wait for a worker again. Any other stays as it is.
    pub async fn task_resume(&self, actor: &Actor, id: TaskId) -> Result<TaskView, AppError> {
        require(actor, Right::Edit)?;
        let mut tx = self.store.begin().await?;
        let task = db::tasks::task_get(&mut tx, id).await?.ok_or_else(|| AppError::not_found("Task"))?;
        if !db::tasks::task_resume(&mut tx, id, now_ms()).await? {
            return Ok(task);
        }
        let task = self.steered(tx, actor, &task, "resumed").await?;
        self.ring();
        Ok(task)
    }

    /// Writes down and tells what was done to a task, and commits.
    async fn steered(&self, mut tx: Tx, actor: &Actor, task: &TaskView, done: &str) -> Result<TaskView, AppError> {
        let at = now_ms();
        self.write_history(&mut tx, task.invoice_id, actor, at, done, &[], None).await?;
        let events = told(&mut tx, task.task_id, at).await?;
        let task = db::tasks::task_get(&mut tx, task.task_id).await?.ok_or(AppError::Internal)?;
        self.commit(tx, events).await?;
        tracing::info!(task_id = %task.task_id, user_id = %actor.user_id, done, "task steered");
        Ok(task)
    }

    /// Reads the document of a failed or cancelled task again, as a new task.
    pub async fn task_retry(&self, actor: &Actor, id: TaskId) -> Result<TaskView, AppError> {
        let task = self.task(actor, id).await?;
        self.take_step(actor, task.invoice_id, Step::Retry, &StepRequest::default()).await?;
        let mut conn = self.store.read().await?;
        db::tasks::task_of_invoice(&mut conn, task.invoice_id).await?.ok_or(AppError::Internal)
    }
}

/// Adds a task for an invoice. The caller rings `work` after the commit.
pub(super) async fn queue_task(
    conn: &mut Conn,
    invoice: InvoiceId,
    actor: &Actor,
    priority: i64,
    at: i64,
) -> Result<TaskId, AppError> {
    let id = TaskId(Uuid::now_v7());
    db::tasks::task_insert(conn, id, invoice, actor.user_id, priority, at).await?;
    Ok(id)
}

/// Cancels the invoice's task, if one waits or runs. Gives the events that tell of it.
pub(super) async fn cancel_running(conn: &mut Conn, invoice: InvoiceId, at: i64) -> Result<Vec<LoggedEvent>, AppError> {
    match db::tasks::task_of_invoice(conn, invoice).await? {
        Some(task) if db::tasks::task_cancel(conn, task.task_id, at).await? => told(conn, task.task_id, at).await,
        _ => Ok(Vec::new()),
    }
}

/// Appends how a task and its invoice stand now.
pub(super) async fn told(conn: &mut Conn, id: TaskId, at: i64) -> Result<Vec<LoggedEvent>, AppError> {
    let task = db::tasks::task_get(conn, id).await?.ok_or(AppError::Internal)?;
    let status = super::review::summary_now(conn, task.invoice_id).await?.status;
    append_status(conn, &task, Some(status), at).await
}

/// Appends how a task stands to its room and its invoice's: the milestones of the log.
pub(super) async fn append_status(
    conn: &mut Conn,
    task: &TaskView,
    invoice_status: Option<Status>,
    at: i64,
) -> Result<Vec<LoggedEvent>, AppError> {
    let data = status_of(task, invoice_status, at);
    let event = Event::ProcessingStatus { invoice_id: task.invoice_id, data };
    Ok(db::events::event_append(conn, &[Room::Task(task.task_id), Room::Invoice(task.invoice_id), Room::All], &event)
        .await?)
}

/// A task as the socket tells of it.
pub(super) fn status_of(task: &TaskView, invoice_status: Option<Status>, at: i64) -> ProcessingStatus {
    ProcessingStatus {
        task_id: task.task_id,
        status: task.state,
        progress: if task.state == TaskState::Completed { 100 } else { task.progress },
        stage: task.stage,
        message: task.message.clone(),
        timestamp: at,
        eta_seconds: task.eta_seconds,
        invoice_status,
        error: task.error.clone(),
    }
}
