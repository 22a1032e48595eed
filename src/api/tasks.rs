//! Background work: the upload tray's rows, cancel, pause and retry.

use super::{ApiError, encoding::Json};
use crate::domain::{ids::TaskId, jobs::TaskView, reading::ModelChoice};
use leptos::prelude::*;

/// The actor's uploads of the last day that are under way or ended badly, newest first, at most 50.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn my_uploads() -> Result<Vec<TaskView>, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.my_uploads(&actor).await?)
}

/// The language models that an upload can ask for.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_models() -> Result<Vec<ModelChoice>, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.models(&actor)?)
}

/// How far a task is.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_task(id: TaskId) -> Result<TaskView, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.task(&actor, id).await?)
}

/// Stops a task that waits or runs.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn cancel_task(id: TaskId) -> Result<TaskView, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.task_cancel(&actor, id).await?)
}

/// Sets a task aside that waits or runs.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn pause_task(id: TaskId) -> Result<TaskView, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.task_pause(&actor, id).await?)
}

/// Goes on with a task that was set aside.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn resume_task(id: TaskId) -> Result<TaskView, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.task_resume(&actor, id).await?)
}

/// Reads the document again after a failure or a cancel: a new task.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn retry_task(id: TaskId) -> Result<TaskView, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.task_retry(&actor, id).await?)
}
