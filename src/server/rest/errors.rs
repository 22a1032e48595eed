//! `/errors`: what went wrong in people's browsers, for the log.

use super::{body::JsonBody, schemas};
use crate::{
    domain::{error::AppError, ids::UserId, page_error::PageError},
    server::{auth::SignedInActor, errors::Failure, state::AppState},
};
use axum::{extract::State, http::StatusCode};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;

/// A page that breaks in a loop fills no log: so many reports of a person at once, and then one a minute.
const BURST: NonZeroU32 = NonZeroU32::new(10).unwrap();
const SECONDS_A_REPORT: u64 = 60;

/// The reports that each person may still send.
pub struct ReportLimits(DefaultKeyedRateLimiter<UserId>);

impl Default for ReportLimits {
    fn default() -> Self {
        ReportLimits(RateLimiter::keyed(Quota::per_minute(NonZeroU32::MIN).allow_burst(BURST)))
    }
}

/// `POST /errors`
#[utoipa::path(
    post,
    path = "/api/v1/errors",
    tag = "Errors",
    summary = "Report an error in a page, for the log; longer texts are cut",
    request_body = schemas::PageError,
    responses(
        (status = 204, description = "It is in the log"),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn report(
    State(state): State<AppState>,
    SignedInActor(actor): SignedInActor,
    JsonBody(error): JsonBody<PageError>,
) -> Result<StatusCode, Failure> {
    if state.reports.0.check_key(&actor.user_id).is_err() {
        return Err(AppError::RateLimited { seconds: SECONDS_A_REPORT }.into());
    }
    let PageError { id, message, path, version, request_id } = error.cut();
    // Quoted, so that no text can look like a line of the log.
    tracing::error!(user_id = %actor.user_id, report = ?id, page = ?path, version = ?version, last_request = ?request_id, error = ?message, "a page reports an error");
    Ok(StatusCode::NO_CONTENT)
}
