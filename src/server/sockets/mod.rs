//! The sockets `/api/v1/invoices/updates` and `/ws/workitems`: who may open one. [`session`] speaks on both;
//! PROTOCOL.md shows what.

mod company;
mod requests;
mod session;
mod workitems;

use crate::{
    domain::{error::AppError, events::Room, roles::Actor},
    realtime::{Hub, Pacer},
    services::Services,
};
use axum::{
    Extension, Router,
    extract::{FromRef, State, WebSocketUpgrade},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// Largest message a client may send, in bytes.
const MAX_MESSAGE: usize = 64 * 1024;
/// Bytes read at once. The library's default takes 128 KiB for each socket, most of them idle.
const READ_BUFFER: usize = 1024;
/// Bytes gathered before they are written; a batch of events is one message anyway.
const WRITE_BUFFER: usize = 8 * 1024;

/// Asks again whether whoever opened a socket is still signed in. The sign-in layer puts one beside the [`Actor`] into
/// the request.
#[async_trait::async_trait]
pub trait SignInWatch: Send + Sync {
    /// The actor as it is now; None: signed out, disabled, or the token was revoked. An error says neither.
    async fn actor(&self) -> Result<Option<Actor>, AppError>;
}

/// What sockets need of the server.
#[derive(Clone)]
pub struct SocketState {
    pub services: Services,
    pub hub: Hub,
    /// Origins besides the server's own whose pages may open a socket.
    pub origins: Arc<[String]>,
    /// Cancelled when the server begins to stop.
    pub stopping: CancellationToken,
    /// Where sockets are served. On the threads of everything else, a change would wait behind the thousands of sockets
    /// that the one before it goes to, once for each statement.
    pub threads: Handle,
    /// When sockets write what was gathered. It runs on `threads`.
    pub pacer: Arc<Pacer>,
}

/// The sockets' routes. The router's layers must have put the [`Actor`] into the request.
pub fn routes<S>() -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    SocketState: FromRef<S>,
{
    Router::new().route("/api/v1/invoices/updates", get(open)).route("/ws/workitems", get(workitems::open))
}

async fn open(
    State(state): State<SocketState>,
    actor: Option<Extension<Actor>>,
    watch: Option<Extension<Arc<dyn SignInWatch>>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgraded(state, actor, watch, &headers, upgrade, None)
}

/// Opens a socket for pages of ours and people who are signed in; `room` is entered from the start.
fn upgraded(
    state: SocketState,
    actor: Option<Extension<Actor>>,
    watch: Option<Extension<Arc<dyn SignInWatch>>>,
    headers: &HeaderMap,
    upgrade: WebSocketUpgrade,
    room: Option<Room>,
) -> Response {
    if !is_same_origin(headers, &state.origins) {
        return (StatusCode::FORBIDDEN, "This page may not open a socket here").into_response();
    }
    let Some(Extension(actor)) = actor else {
        return (StatusCode::UNAUTHORIZED, "Please sign in").into_response();
    };
    upgrade
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE)
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .on_upgrade(async move |socket| {
            let threads = state.threads.clone();
            threads.spawn(session::serve(socket, state, actor, watch.map(|Extension(watch)| watch), room));
        })
}

/// Browsers say which page opens a socket, and send their cookies with it whoever asks: only pages of ours may. Other
/// programs name no page.
fn is_same_origin(headers: &HeaderMap, others: &[String]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if others.iter().any(|other| other == origin) {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let from = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    from.is_some() && from == host
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_ours_open_sockets() {
        let allowed = |origin: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "ap.example:3000".parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            is_same_origin(&headers, &["https://partner.example".to_owned()])
        };
        assert!(allowed(None), "a program");
        assert!(allowed(Some("http://ap.example:3000")));
        assert!(allowed(Some("https://partner.example")));
        for other in [
            "http://evil.example",
            "http://ap.example",
            "null",
            "http://ap.example:3000.evil.example",
            "ap.example:3000",
        ] {
            assert!(!allowed(Some(other)), "{other}");
        }
    }
}
