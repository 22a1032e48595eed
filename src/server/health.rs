//! Whether the program is alive, and whether it can work.

use super::state::AppState;
use crate::adapters::document_reader::Scans;
use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use std::time::Duration;

/// The database answers within this, or it counts as gone.
const DATABASE_ANSWERS: Duration = Duration::from_secs(2);

#[derive(Serialize)]
pub struct Health {
    status: &'static str,
    database: &'static str,
    /// Whether scans are read. A server without is ready: it takes them, and people type.
    ocr: Scans,
    version: &'static str,
}

/// `GET /health/live`: the process answers.
pub async fn live() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "status": "ok" }))
}

/// `GET /health/ready` and `GET /api/v1/health`: 200 when requests can be served, else 503.
pub async fn ready(State(state): State<AppState>) -> (StatusCode, Json<Health>) {
    let answered = tokio::time::timeout(DATABASE_ANSWERS, state.services.store.ping()).await;
    let has_database = matches!(answered, Ok(Ok(())));
    let stopping = state.stopping.is_cancelled();
    let ready = has_database && !stopping;
    let health = Health {
        status: if ready {
            "ok"
        } else if stopping {
            "stopping"
        } else {
            "unavailable"
        },
        database: if has_database { "ok" } else { "unavailable" },
        ocr: state.services.reader.scans(),
        version: env!("CARGO_PKG_VERSION"),
    };
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(health))
}
