//! `/tasks`: how far background work is, and pausing, stopping or repeating it.

use super::{body::PathOf, schemas};
use crate::{
    domain::{ids::TaskId, jobs::TaskView},
    server::{auth::SignedInActor, errors::Failure},
    services::Services,
};
use axum::{Json, extract::State};

type Answer = Result<Json<TaskView>, Failure>;

/// `GET /tasks/ID`
#[utoipa::path(
    get,
    path = "/api/v1/tasks/{id}",
    tag = "Tasks",
    summary = "How far a task is",
    params(("id" = Uuid, Path, description = "Task")),
    responses(
        (status = 200, description = "The task", body = schemas::Task),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn show(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<TaskId>,
) -> Answer {
    Ok(Json(services.task(&actor, id).await?))
}

/// `POST /tasks/ID/cancel`
#[utoipa::path(
    post,
    path = "/api/v1/tasks/{id}/cancel",
    tag = "Tasks",
    summary = "Stop a task",
    params(("id" = Uuid, Path, description = "Task"), ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer; nothing is done twice")),
    responses(
        (status = 200, description = "The task", body = schemas::Task),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn cancel(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<TaskId>,
) -> Answer {
    Ok(Json(services.task_cancel(&actor, id).await?))
}

/// `POST /tasks/ID/pause`
#[utoipa::path(
    post,
    path = "/api/v1/tasks/{id}/pause",
    tag = "Tasks",
    summary = "Set a task aside",
    params(("id" = Uuid, Path, description = "Task"), ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer; nothing is done twice")),
    responses(
        (status = 200, description = "The task", body = schemas::Task),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn pause(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<TaskId>,
) -> Answer {
    Ok(Json(services.task_pause(&actor, id).await?))
}

/// `POST /tasks/ID/resume`
#[utoipa::path(
    post,
    path = "/api/v1/tasks/{id}/resume",
    tag = "Tasks",
    summary = "Go on with a paused task",
    params(("id" = Uuid, Path, description = "Task"), ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer; nothing is done twice")),
    responses(
        (status = 200, description = "The task", body = schemas::Task),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn resume(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<TaskId>,
) -> Answer {
    Ok(Json(services.task_resume(&actor, id).await?))
}

/// `POST /tasks/ID/retry`
#[utoipa::path(
    post,
    path = "/api/v1/tasks/{id}/retry",
    tag = "Tasks",
    summary = "Read the document again",
    params(("id" = Uuid, Path, description = "Task"), ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer; nothing is done twice")),
    responses(
        (status = 200, description = "The new task", body = schemas::Task),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn retry(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<TaskId>,
) -> Answer {
    Ok(Json(services.task_retry(&actor, id).await?))
}
