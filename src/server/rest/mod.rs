//! `/api/v1`: the interface for programs. Each handler takes the request apart, calls one service and answers JSON.

pub mod attachments;
mod body;
pub mod comments;
mod detail;
pub mod errors;
pub mod invoices;
pub mod learned;
pub mod notifications;
mod schemas;
pub mod sessions;
pub mod tasks;
pub mod uploads;
pub mod work_items;

use super::{idempotency, state::AppState};
use crate::services::uploads::{MAX_FILE_BYTES, MAX_FILES};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::from_fn_with_state,
    routing::{delete, get, post},
};
use std::time::Duration;
use tower_http::timeout::TimeoutLayer;

/// Room for what stands around files in a form.
const FORM_OVERHEAD: usize = 64 * 1024;
const UPLOAD_LIMIT: usize = MAX_FILES * MAX_FILE_BYTES + FORM_OVERHEAD * 2;
const DOCUMENT_LIMIT: usize = MAX_FILE_BYTES + FORM_OVERHEAD;
const JSON_LIMIT: usize = 1024 * 1024;
const REPORT_LIMIT: usize = 16 * 1024;

/// For what is short.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// For uploads, which slow lines take longer for, and what works on many pages.
const LONG_TIME_LIMIT: Duration = Duration::from_secs(300);

/// The most bytes a request to this path may hold.
pub fn body_limit(path: &str) -> usize {
    match path.trim_start_matches("/api/v1") {
        "/invoices" => UPLOAD_LIMIT,
        "/analyze" => DOCUMENT_LIMIT,
        "/errors" => REPORT_LIMIT,
        _ => JSON_LIMIT,
    }
}

/// The routes under `/api/v1`.
pub fn routes(state: &AppState) -> Router<AppState> {
    let with_files = Router::new()
        .route("/invoices", post(uploads::upload).get(invoices::list))
        .layer(DefaultBodyLimit::max(UPLOAD_LIMIT))
        .merge(Router::new().route("/analyze", post(uploads::analyze)).layer(DefaultBodyLimit::max(DOCUMENT_LIMIT)));
    // A file of two hundred pages is cut as often.
    let slow =
        Router::new().route("/invoices/{id}/split", post(invoices::split)).layer(DefaultBodyLimit::max(JSON_LIMIT));
    let others = Router::new()
        .route("/invoices/{id}", get(invoices::show).patch(invoices::edit).delete(invoices::delete))
        .route("/invoices/{id}/{step}", post(invoices::step))
        .route("/invoices/{id}/assign", post(invoices::assign))
        .route("/invoices/{id}/verify-account", post(invoices::verify_account))
        .route("/invoices/{id}/document", get(invoices::document))
        .route("/invoices/{id}/attachments", get(attachments::list))
        .route("/invoices/{id}/attachments/{number}", get(attachments::download))
        .route("/invoices/{id}/comments", get(comments::list).post(comments::add))
        .route("/people", get(comments::people))
        .route("/notifications", get(notifications::list))
        .route("/notifications/read", post(notifications::read))
        .route("/workitems", get(work_items::list))
        .route("/learned", get(learned::list))
        .route("/learned/{id}", delete(learned::forget))
        .route("/invoices/{id}/history", get(invoices::history))
        .route("/invoices/{id}/pages/{file}", get(invoices::page))
        .route("/tasks/{id}", get(tasks::show))
        .route("/tasks/{id}/cancel", post(tasks::cancel))
        .route("/tasks/{id}/pause", post(tasks::pause))
        .route("/tasks/{id}/resume", post(tasks::resume))
        .route("/tasks/{id}/retry", post(tasks::retry))
        .route("/stats", get(invoices::stats))
        .route("/session", post(sessions::sign_in))
        .route("/session", delete(sessions::sign_out).get(sessions::show))
        .layer(DefaultBodyLimit::max(JSON_LIMIT))
        .merge(Router::new().route("/errors", post(errors::report)).layer(DefaultBodyLimit::max(REPORT_LIMIT)))
        .layer(time_limit(TIME_LIMIT));
    with_files
        .merge(slow)
        .merge(others)
        .layer(from_fn_with_state(state.clone(), idempotency::replay))
        .layer(time_limit(LONG_TIME_LIMIT))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .method_not_allowed_fallback(|| async { StatusCode::METHOD_NOT_ALLOWED })
}

fn time_limit(limit: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, limit)
}
