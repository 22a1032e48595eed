//! `/workitems`: what came in before it is an invoice; and, in a demo, one to try with.

use super::{JSON_LIMIT, TIME_LIMIT, schemas, time_limit};
use crate::{
    domain::{events::Room, work_item::WorkItem},
    server::{auth::SignedInActor, errors::Failure, idempotency, state::AppState},
    services::Services,
};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    middleware::from_fn_with_state,
    routing::post,
};
use serde::Serialize;

#[derive(Serialize)]
pub struct WorkItems {
    workitems: Vec<WorkItem>,
}

/// `GET /workitems`
#[utoipa::path(
    get,
    path = "/api/v1/workitems",
    tag = "Work items",
    summary = "The newest 200 work items, newest first",
    responses(
        (status = 200, description = "The work items", body = schemas::WorkItems),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn list(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
) -> Result<Json<WorkItems>, Failure> {
    Ok(Json(WorkItems { workitems: services.work_items(&actor).await? }))
}

/// `/api/test/workitem`, for demos only.
pub fn test_routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/api/test/workitem", post(make_one))
        .layer(DefaultBodyLimit::max(JSON_LIMIT))
        .layer(from_fn_with_state(state.clone(), idempotency::replay))
        .layer(time_limit(TIME_LIMIT))
}

#[derive(Serialize)]
pub struct MadeForTest {
    workitem: WorkItem,
    /// Sockets of this server that hear of work items.
    connections: usize,
}

/// `POST /api/test/workitem`: a work item, so that whoever listens hears one.
#[utoipa::path(
    post,
    path = "/api/test/workitem",
    tag = "Work items",
    summary = "Make a work item to try with; only in a demo",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer; nothing is done twice")),
    responses(
        (status = 200, description = "The work item, and how many sockets hear of it", body = schemas::MadeForTest),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn make_one(
    State(state): State<AppState>,
    SignedInActor(actor): SignedInActor,
) -> Result<Json<MadeForTest>, Failure> {
    let workitem = state.services.work_item_add(&actor, "test", "A work item to try with").await?;
    Ok(Json(MadeForTest { workitem, connections: state.hub.listeners(&Room::WorkItems) }))
}
