//! `/notifications`: what the one who asks is told of.

use super::{body::JsonBody, schemas};
use crate::{
    domain::{
        error::AppError,
        notification::{Notifications, NotificationsRead},
    },
    server::{auth::SignedInActor, errors::Failure},
    services::Services,
};
use axum::{Json, extract::State};
use serde::Deserialize;

/// `GET /notifications`
#[utoipa::path(
    get,
    path = "/api/v1/notifications",
    tag = "Notifications",
    summary = "Your newest 50 notifications, and how many are unread",
    responses(
        (status = 200, description = "The notifications", body = schemas::Notifications),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn list(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
) -> Result<Json<Notifications>, Failure> {
    Ok(Json(services.notifications(&actor).await?))
}

/// One, or all.
#[derive(Deserialize)]
pub struct Seen {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    all: bool,
}

/// `POST /notifications/read`
#[utoipa::path(
    post,
    path = "/api/v1/notifications/read",
    tag = "Notifications",
    summary = "Mark one of your notifications as read, or all",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer; nothing is done twice")),
    request_body = schemas::Seen,
    responses(
        (status = 200, description = "How many are left", body = schemas::NotificationsRead),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn read(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    JsonBody(seen): JsonBody<Seen>,
) -> Result<Json<NotificationsRead>, Failure> {
    if seen.id.is_some() == seen.all {
        return Err(AppError::invalid(Some("id"), "Name one by its id, or say \"all\": true").into());
    }
    Ok(Json(services.notifications_read(&actor, seen.id.as_deref()).await?))
}
