//! `Idempotency-Key`: a POST that is sent again with the same key gets the first answer and does nothing twice.

use super::{
    errors::{Failure, RequestId, rendered},
    state::AppState,
};
use crate::{
    db::{now_ms, requests},
    domain::{error::AppError, roles::Actor},
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Semaphore;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Longest answer that is kept.
const MAX_ANSWER: usize = 1024 * 1024;

/// Requests with a key that are held in memory at the same time; an upload may be 100 MB.
const HELD_AT_ONCE: usize = 4;

/// Requests with a key that are being answered now.
pub struct InFlight {
    keys: Mutex<HashSet<String>>,
    turns: Semaphore,
}

impl Default for InFlight {
    fn default() -> Self {
        InFlight { keys: Mutex::default(), turns: Semaphore::new(HELD_AT_ONCE) }
    }
}

/// Takes its key out again, however the request ends.
struct Turn {
    in_flight: Arc<InFlight>,
    key: String,
}

impl Turn {
    fn take(in_flight: &Arc<InFlight>, key: String) -> Option<Turn> {
        let is_new = in_flight.keys.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone());
        is_new.then(|| Turn { in_flight: in_flight.clone(), key })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.in_flight.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// What is kept of a request and its answer.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// SHA-256 of the request's method, path and body, hex.
    request: String,
    answer: String,
}

/// Answers a repeated POST from what is kept. The same key on another request: 422; while the first is still being
/// answered: 409. Answers of 5xx are not kept, so that they can be tried again.
pub async fn replay(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let Some(key) = request.headers().get(KEY) else {
        return next.run(request).await;
    };
    let Some(actor) = request.extensions().get::<Actor>().map(|actor| actor.user_id.to_string()) else {
        return next.run(request).await;
    };
    let Some(key) = key.to_str().ok().filter(|key| (1..=200).contains(&key.len())).map(|key| format!("http:{key}"))
    else {
        return Failure(AppError::invalid(Some("Idempotency-Key"), "Give a key of 1 to 200 characters"))
            .into_response();
    };
    let Some(_turn) = Turn::take(&state.in_flight, format!("{actor} {key}")) else {
        let message = "The first request with this key is still being answered".to_owned();
        return Failure(AppError::Blocked { code: "request_in_progress".to_owned(), message }).into_response();
    };
    answer_once(state, &actor, &key, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn answer_once(
    state: AppState,
    actor: &str,
    key: &str,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let _turn = state.in_flight.turns.acquire().await.map_err(|_| AppError::Internal)?;
    let (parts, body) = request.into_parts();
    let limit = super::rest::body_limit(parts.uri.path());
    let bytes = to_bytes(body, limit).await.map_err(|_| {
        Failure(AppError::TooLarge { message: format!("The request is larger than {} MB", limit / 1024 / 1024) })
    })?;
    let digest = request_digest(&parts.method, parts.uri.path(), &parts.headers, &bytes);
    let stored = requests::request_get(&mut *state.services.store.read().await?, actor, key).await?;
    if let Some((status, body)) = stored {
        return replayed(status, &body, &digest);
    }
    let request_id = parts.extensions.get::<RequestId>().cloned();
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    if is_passing(response.status()) {
        return Ok(response);
    }
    let (parts, body) = rendered(response, request_id.as_ref()).into_parts();
    let answer = to_bytes(body, MAX_ANSWER).await.map_err(|_| Failure(AppError::Internal))?;
    let kept = Kept { request: digest, answer: String::from_utf8_lossy(&answer).into_owned() };
    let kept = serde_json::to_string(&kept).map_err(|_| Failure(AppError::Internal))?;
    let mut tx = state.services.store.begin_quiet().await?;
    requests::request_put(&mut tx, actor, key, i64::from(parts.status.as_u16()), &kept, now_ms()).await?;
    tx.commit().await.map_err(crate::db::StoreError::from)?;
    Ok(Response::from_parts(parts, Body::from(answer)))
}

/// What the same request may be answered otherwise a moment later.
fn is_passing(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
}

fn replayed(status: i64, kept: &str, digest: &str) -> Result<Response, Failure> {
    let kept: Kept = serde_json::from_str(kept).map_err(|_| Failure(AppError::Internal))?;
    if kept.request != digest {
        let message = "This Idempotency-Key was used for another request";
        return Err(Failure(AppError::invalid(Some("Idempotency-Key"), message)));
    }
    let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (REPLAYED, HeaderValue::from_static("true")),
    ];
    Ok((status.unwrap_or(StatusCode::OK), headers, kept.answer).into_response())
}

/// SHA-256 of what was asked. The boundary of a multipart body is random, made anew by each try, so it is left out.
fn request_digest(method: &Method, path: &str, headers: &HeaderMap, body: &Bytes) -> String {
    let mut hasher = Sha256::new();
    hasher.update(method.as_str());
    hasher.update([0]);
    hasher.update(path);
    hasher.update([0]);
    match boundary(headers) {
        Some(boundary) => {
            for part in split(body, format!("--{boundary}").as_bytes()) {
                hasher.update((part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
        }
        None => hasher.update(body),
    }
    hex::encode(hasher.finalize())
}

fn boundary(headers: &HeaderMap) -> Option<&str> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (_, boundary) = kind.strip_prefix("multipart/form-data")?.split_once("boundary=")?;
    let boundary = boundary.split(';').next()?.trim().trim_matches('"');
    (!boundary.is_empty()).then_some(boundary)
}

/// The parts of a text between a separator.
fn split<'a>(text: &'a [u8], separator: &[u8]) -> Vec<&'a [u8]> {
    let finder = memchr::memmem::Finder::new(separator);
    let mut parts = Vec::new();
    let mut start = 0;
    for at in finder.find_iter(text) {
        parts.push(text.get(start..at).unwrap_or_default());
        start = at + separator.len();
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(boundary: &str, content: &str) -> String {
        let kind = format!("multipart/form-data; boundary={boundary}").parse().expect("a header");
        let body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n{content}\r\n--{boundary}--\r\n"
        );
        request_digest(&Method::POST, "/x", &HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]), &body.into())
    }

    #[test]
    fn the_boundary_of_a_form_makes_no_difference() {
        assert_eq!(digest("one", "content"), digest("another", "content"));
        assert_ne!(digest("one", "content"), digest("one", "other"));
    }

    #[test]
    fn the_path_makes_a_difference() {
        let of = |path| request_digest(&Method::POST, path, &HeaderMap::new(), &Bytes::from_static(b"{}"));
        assert_ne!(of("/a"), of("/b"));
    }
}
