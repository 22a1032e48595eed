//! `/learned`: what corrections taught, for admins.

use super::schemas;
use crate::{
    domain::learned::{Forgotten, LearnedSupplier},
    server::{auth::SignedInActor, errors::Failure},
    services::Services,
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Serialize;

#[derive(Serialize)]
pub struct Learned {
    suppliers: Vec<LearnedSupplier>,
}

/// `GET /learned`
#[utoipa::path(
    get,
    path = "/api/v1/learned",
    tag = "Learned",
    summary = "What was learned from corrections, by supplier; for admins",
    responses(
        (status = 200, description = "The suppliers with their rules", body = schemas::Learned),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn list(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
) -> Result<Json<Learned>, Failure> {
    Ok(Json(Learned { suppliers: services.learned(&actor).await? }))
}

/// `DELETE /learned/ID`
#[utoipa::path(
    delete,
    path = "/api/v1/learned/{id}",
    tag = "Learned",
    summary = "Forget a rule; for admins",
    params(("id" = String, Path, description = "Rule")),
    responses(
        (status = 204, description = "It reads nothing more"),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn forget(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    services.learned_forget(&actor, &Forgotten::Rule(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
