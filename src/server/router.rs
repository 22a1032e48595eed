//! Every route and every layer around it, outermost last.

use super::{
    auth, client_address, document::shell, errors, errors::RequestId, health, openapi, rest, security, sockets,
    state::AppState, telemetry,
};
use crate::{
    api::{AnsweredRequest, page_reads::PageReads},
    app::App,
    domain::{ids::InvoiceId, roles::Actor},
    services::accounts::Door,
    ui::prefs::Prefs,
};
use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes, file_and_error_handler_with_context, generate_route_list};
use std::{sync::Arc, time::Duration};
use tower_http::{
    CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer,
    timeout::TimeoutLayer,
};

/// The most bytes a server function may be sent; documents go through the REST interface.
const SERVER_FN_LIMIT: usize = 1024 * 1024;
/// For pages and server functions.
const PAGE_TIME_LIMIT: Duration = Duration::from_secs(30);

/// The whole server.
pub fn router(state: AppState) -> Router {
    let known = Router::new()
        .merge(pages(&state))
        .nest("/api/v1", rest::routes(&state).layer(security::cors(&state.config.allowed_origins)))
        .merge(openapi::routes())
        .merge(sockets::routes())
        .merge(for_tests(&state))
        .layer(from_fn(telemetry::note_actor))
        .layer(from_fn_with_state(state.clone(), auth::identify))
        .layer(auth::session_layer(&state));
    let open = Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/api/v1/health", get(health::ready))
        .route("/metrics", get(telemetry::metrics_page));
    known
        .merge(open)
        .route("/api/{*rest}", axum::routing::any(|| async { StatusCode::NOT_FOUND }))
        .fallback(file_and_error_handler_with_context::<AppState, _>(page_context(&state), shell))
        .layer(from_fn(cache_site_files))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(errors::shape))
        .layer(from_fn_with_state(state.clone(), security::set_headers))
        .layer(from_fn_with_state(state.clone(), client_address::note))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn(telemetry::observe))
        .with_state(state)
}

/// What only a demo has.
fn for_tests(state: &AppState) -> Router<AppState> {
    if state.config.demo { rest::work_items::test_routes(state) } else { Router::new() }
}

/// Pages and server functions.
fn pages(state: &AppState) -> Router<AppState> {
    let options = state.leptos.clone();
    Router::new()
        .leptos_routes_with_context(state, generate_route_list(App), page_context(state), move || {
            shell(options.clone())
        })
        .layer(from_fn(note_impossible_ids))
        .layer(from_fn_with_state(state.clone(), auth::guard_pages))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PAGE_TIME_LIMIT))
        .layer(RequestBodyLimitLayer::new(SERVER_FN_LIMIT))
}

/// The page of what can be no invoice's id says that there is none; so does its status.
async fn note_impossible_ids(request: Request, next: Next) -> Response {
    let id = request.uri().path().strip_prefix("/invoices/").filter(|id| !id.is_empty());
    let is_impossible = id.is_some_and(|id| id.parse::<InvoiceId>().is_err());
    let mut response = next.run(request).await;
    if is_impossible && response.status().is_success() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// What pages and server functions find in their context.
fn page_context(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    let services = state.services.clone();
    move || {
        provide_context(services.clone());
        security::set_page_policy();
        let Some(parts) = use_context::<Parts>() else {
            return;
        };
        if let Some(actor) = parts.extensions.get::<Actor>() {
            provide_context(actor.clone());
        }
        provide_context(PageReads::default());
        if let Some(RequestId(id)) = parts.extensions.get::<RequestId>() {
            provide_context(AnsweredRequest(id.clone()));
        }
        if let Some(door) = parts.extensions.get::<Arc<dyn Door>>() {
            provide_context(door.clone());
        }
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        provide_context(Prefs::from_headers(text(header::COOKIE), text(header::ACCEPT_LANGUAGE)));
    }
}

/// Files of the site: those with a hash in their name never change.
async fn cache_site_files(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let policy = if path.starts_with("/pkg/") && has_hash(path) {
        Some("public, max-age=31536000, immutable")
    } else if path.starts_with("/pkg/") || path.starts_with("/fonts/") || path.starts_with("/favicon") {
        Some("public, max-age=3600")
    } else {
        None
    };
    let mut response = next.run(request).await;
    if let Some(policy) = policy
        && response.status().is_success()
    {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(policy));
    }
    response
}

/// `name.HASH.ext`, as cargo-leptos writes it.
fn has_hash(path: &str) -> bool {
    let mut parts = path.rsplit('.');
    let hash = parts.nth(1).unwrap_or_default();
    parts.next().is_some() && hash.len() >= 16
}

/// A handler that panicked is a bug: the log has the place, the client a plain answer.
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let message = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    let message = message.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(message, "a handler panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, Body::from("Something went wrong on our side. Try again")).into_response()
}

#[cfg(test)]
mod tests {
    use super::has_hash;

    #[test]
    fn hashed_names() {
        assert!(has_hash("/pkg/ap-intake.Zk3vW1c9QdJ4aQe8_xYz1A.wasm"));
        assert!(!has_hash("/pkg/ap-intake.wasm"));
        assert!(!has_hash("/pkg/ap-intake.css"));
        assert!(!has_hash("/pkg/"));
    }
}
