//! Logs and figures: each request gets an id, a line and a place in the histograms.

use super::{
    client_address::ClientAddress,
    config::{Config, LogFormat},
    errors::RequestId,
    state::AppState,
};
use crate::{db::tasks::task_counts, domain::roles::Actor};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::{io::IsTerminal, sync::OnceLock, time::Instant};
use tracing::{Instrument, info_span};
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

/// The header that carries a request's id, both ways.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Upper bounds of the latency histogram, in seconds.
const LATENCY_BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Starts logging to standard error. Does nothing the second time.
pub fn start_logging(config: &Config) -> Result<(), tracing_subscriber::filter::ParseError> {
    let filter = EnvFilter::try_new(&config.log)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A program that already logs keeps its own way.
    let _ = match config.log_format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.try_init(),
    };
    Ok(())
}

/// The figures of this process.
pub fn figures() -> &'static PrometheusHandle {
    static FIGURES: OnceLock<PrometheusHandle> = OnceLock::new();
    FIGURES.get_or_init(|| {
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets(&LATENCY_BUCKETS).unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("figures are already recorded elsewhere");
        }
        describe();
        handle
    })
}

fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_counter!("ap_intake_http_requests_total", "Requests answered, by route, method and status");
    describe_histogram!("ap_intake_http_request_seconds", Unit::Seconds, "Time to the first byte of an answer");
    describe_counter!("ap_intake_model_requests_total", "Documents that a language model was asked about, by outcome");
    describe_counter!("ap_intake_model_tokens_total", "Tokens that language models counted, of failed tries too");
    describe_counter!("ap_intake_model_cost_millionths_total", "What they cost at the prices set, in millionths");
    describe_gauge!("ap_intake_tasks_waiting", "Documents waiting for a worker");
    describe_gauge!("ap_intake_tasks_running", "Documents being read");
    describe_gauge!("ap_intake_sockets", "Open sockets");
}

/// Runs on every request, outermost: id, log line, figures.
pub async fn observe(mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = given_id(request.headers()).unwrap_or_else(|| Uuid::now_v7().to_string());
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let span = info_span!("request", request_id = %id);
    let mut response = next.run(request).instrument(span.clone()).await;
    let took = began.elapsed();
    let status = response.status().as_u16();
    let labels = [("route", route), ("method", method.to_string()), ("status", status.to_string())];
    metrics::counter!("ap_intake_http_requests_total", &labels).increment(1);
    metrics::histogram!("ap_intake_http_request_seconds", &labels[..2]).record(took.as_secs_f64());
    let ms = took.as_secs_f64() * 1000.0;
    let noted = response.extensions().get::<Noted>().copied().unwrap_or_default();
    // The query is left out: it can hold what people searched for.
    span.in_scope(|| {
        tracing::info!(%method, path, status, ms, user_id = noted.user.map(tracing::field::display), address = noted.address.map(tracing::field::display), "answered");
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// An id the client gave, where it is short and plain enough to stand in a log.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(REQUEST_ID)?.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    ((8..=64).contains(&text.len()) && text.bytes().all(is_plain)).then(|| text.to_owned())
}

/// What inner layers found out about a request, for its log line.
#[derive(Clone, Copy, Debug, Default)]
struct Noted {
    user: Option<crate::domain::ids::UserId>,
    address: Option<std::net::IpAddr>,
}

/// Hands the log line who asked. Inside [`super::auth::identify`].
pub async fn note_actor(request: Request, next: Next) -> Response {
    let noted = Noted {
        user: request.extensions().get::<Actor>().map(|actor| actor.user_id),
        address: request.extensions().get::<ClientAddress>().map(|address| address.0),
    };
    let mut response = next.run(request).await;
    response.extensions_mut().insert(noted);
    response
}

/// `GET /metrics`, the text form of Prometheus.
pub async fn metrics_page(State(state): State<AppState>) -> Response {
    if let Ok(mut conn) = state.services.store.read().await
        && let Ok((waiting, running)) = task_counts(&mut conn).await
    {
        metrics::gauge!("ap_intake_tasks_waiting").set(waiting as f64);
        metrics::gauge!("ap_intake_tasks_running").set(running as f64);
    }
    figures().run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], figures().render()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_ids_are_taken_over() {
        let given = |value: &str| given_id(&HeaderMap::from_iter([(REQUEST_ID, value.parse().expect("a value"))]));
        assert_eq!(given("abc-DEF_1.2").as_deref(), Some("abc-DEF_1.2"));
        assert_eq!(given("short"), None);
        assert_eq!(given("with space in it"), None);
        assert_eq!(given(&"x".repeat(65)), None);
    }
}
