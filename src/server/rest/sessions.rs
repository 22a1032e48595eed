//! `/session`: signing in and out by cookie, for programs that act as a browser does.

use super::{body::JsonBody, schemas};
use crate::{
    domain::{error::AppError, roles::Actor},
    server::errors::Failure,
    services::accounts::Door,
};
use axum::{Extension, Json, http::StatusCode};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub struct SignIn {
    email: String,
    password: String,
}

/// `POST /session`
#[utoipa::path(
    post,
    path = "/api/v1/session",
    tag = "Session",
    summary = "Sign in with a cookie",
    request_body = schemas::SignIn,
    responses(
        (status = 200, description = "Signed in", body = schemas::Actor),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn sign_in(
    Extension(door): Extension<Arc<dyn Door>>,
    JsonBody(sign_in): JsonBody<SignIn>,
) -> Result<Json<Actor>, Failure> {
    Ok(Json(door.sign_in(&sign_in.email, &sign_in.password).await?.actor))
}

/// `GET /session`
#[utoipa::path(
    get,
    path = "/api/v1/session",
    tag = "Session",
    summary = "Who is signed in",
    responses(
        (status = 200, description = "The person", body = schemas::Actor),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn show(actor: Option<Extension<Actor>>) -> Result<Json<Actor>, Failure> {
    let Extension(actor) = actor.ok_or(AppError::Unauthenticated)?;
    Ok(Json(actor))
}

/// `DELETE /session`
#[utoipa::path(
    delete,
    path = "/api/v1/session",
    tag = "Session",
    summary = "Sign out",
    responses(
        (status = 204, description = "Signed out"),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn sign_out(Extension(door): Extension<Arc<dyn Door>>) -> Result<StatusCode, Failure> {
    door.sign_out().await?;
    Ok(StatusCode::NO_CONTENT)
}
