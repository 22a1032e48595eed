//! Errors as HTTP answers: one JSON shape, the right status, never an inner detail.

use crate::domain::error::AppError;
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// Any error of a handler. [`shape`] writes the body, because only it knows the request's id.
pub struct Failure(pub AppError);

impl<E: Into<AppError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Failure(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self.0);
        response
    }
}

/// Identifies one request in logs and in error answers.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Longest answer of a server function that is looked at for an error.
const MAX_ERROR_BYTES: usize = 256 * 1024;

/// Gives every error of the REST interface the contract's shape, whoever raised it (a handler, an extractor, a
/// limit, the router), and the errors of server functions the status that belongs to them.
pub async fn shape(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_server_fn = path.starts_with("/api/fn/");
    let is_rest = (path.starts_with("/api/") && !is_server_fn) || path.starts_with("/health/");
    let id = request.extensions().get::<RequestId>().cloned();
    let response = next.run(request).await;
    if is_server_fn && response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        return with_own_status(response).await;
    }
    let response = rendered(response, id.as_ref());
    let status = response.status();
    let is_json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    if is_rest && !is_json && (status.is_client_error() || status.is_server_error()) {
        return with_body(response, &error_of(status), id.as_ref());
    }
    response
}

/// Writes the body of a [`Failure`]; any other answer stays as it is.
pub fn rendered(mut response: Response, id: Option<&RequestId>) -> Response {
    match response.extensions_mut().remove::<AppError>() {
        Some(error) => with_body(response, &error, id),
        None => response,
    }
}

/// The error that a bare status stands for.
fn error_of(status: StatusCode) -> AppError {
    match status {
        StatusCode::UNAUTHORIZED => AppError::Unauthenticated,
        StatusCode::NOT_FOUND => AppError::not_found("Page"),
        StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge { message: "The request is too large".to_owned() },
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            AppError::UnsupportedType { message: "The request's content type can not be taken here".to_owned() }
        }
        status if status.is_client_error() => {
            AppError::invalid(None, status.canonical_reason().unwrap_or("The request can not be understood"))
        }
        _ => AppError::Internal,
    }
}

fn with_body(response: Response, error: &AppError, id: Option<&RequestId>) -> Response {
    let (mut parts, _) = response.into_parts();
    let body = error_json(error, parts.status, id);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let AppError::RateLimited { seconds } = error {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
    }
    if parts.status == StatusCode::UNAUTHORIZED {
        parts.headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    Response::from_parts(parts, Body::from(body.to_string()))
}

/// `{"error": {"code", "message", "details"?, "request_id"}}`
pub fn error_json(error: &AppError, status: StatusCode, id: Option<&RequestId>) -> Value {
    // Where the router or a limit refused, the status tells more than the error made from it.
    let code = match (error, status) {
        (AppError::Invalid { .. }, StatusCode::METHOD_NOT_ALLOWED) => "method_not_allowed",
        (AppError::Invalid { .. }, StatusCode::REQUEST_TIMEOUT) => "timeout",
        (AppError::Invalid { .. }, StatusCode::BAD_REQUEST) => "bad_request",
        _ => error.code(),
    };
    let mut inner = json!({
        "code": code,
        "message": error.to_string(),
        "request_id": id.map_or("", |id| id.0.as_str()),
    });
    if let Some(details) = details(error) {
        inner["details"] = details;
    }
    json!({ "error": inner })
}

fn details(error: &AppError) -> Option<Value> {
    match error {
        AppError::Conflict { conflicts } => Some(json!({ "conflicts": conflicts })),
        AppError::Stale { invoice_id, version } => Some(json!({ "invoice_id": invoice_id, "version": version })),
        AppError::StepRefused(refused) => Some(json!({ "from": refused.from, "step": refused.step })),
        AppError::Invalid { field: Some(field), .. } => Some(json!({ "field": field })),
        AppError::RateLimited { seconds } => Some(json!({ "retry_after_seconds": seconds })),
        _ => None,
    }
}

/// Server functions answer every error with 500; the error in the body says what it is.
async fn with_own_status(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_ERROR_BYTES).await else {
        return Failure(AppError::Internal).into_response();
    };
    if let Ok(error) = serde_json::from_slice::<AppError>(&bytes) {
        parts.status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let AppError::RateLimited { seconds } = error {
            parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
    Response::from_parts(parts, Body::from(bytes))
}
