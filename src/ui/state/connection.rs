//! Whether the browser is online, the server answers, and the socket is open; and how long to wait before trying again.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::XmlHttpRequest;

/// What the connection sign in the header shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// The browser says it has a network.
    pub browser: bool,
    /// The server answered when it was last asked.
    pub server: bool,
    pub socket: SocketState,
    /// Milliseconds that the last message took there and back.
    pub latency_ms: Option<u32>,
}

impl Default for Connection {
    fn default() -> Self {
        Connection { browser: true, server: true, socket: SocketState::Idle, latency_ms: None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketState {
    /// Nobody listens, so there is no socket.
    Idle,
    Connecting,
    Open,
    /// Lost; it connects again by itself, and pages ask for changes every few seconds until then.
    Waiting,
    /// The sign-in ended.
    SignedOut,
}

/// The first wait is half a second, the longest half a minute.
const FIRST_MS: u32 = 500;
const LONGEST_MS: u32 = 30_000;
/// A check that takes longer is as good as no answer.
const HEALTH_TIMEOUT_MS: u32 = 8_000;

/// Milliseconds to wait before try number `attempt` (from 0). `random` in 0 to 1 spreads clients that lost the same
/// server over the upper half of the span.
pub fn backoff_ms(attempt: u32, random: f64) -> u32 {
    let span = FIRST_MS.saturating_mul(1 << attempt.min(6)).min(LONGEST_MS);
    span / 2 + (f64::from(span / 2) * random.clamp(0.0, 1.0)) as u32
}

/// Asks the server whether it is well. Browser only.
pub fn check_health(answered: impl FnOnce(bool) + 'static) {
    let Ok(request) = XmlHttpRequest::new() else {
        return;
    };
    if request.open("GET", "/api/v1/health").is_err() {
        return;
    }
    request.set_timeout(HEALTH_TIMEOUT_MS);
    let asked = request.clone();
    let ended =
        Closure::once_into_js(move || answered(asked.status().is_ok_and(|status| (200..500).contains(&status))));
    request.set_onloadend(Some(ended.unchecked_ref()));
    // A request that can not be sent ends too, with status 0.
    _ = request.send();
}

/// Whether the tab is in front. Browser only.
pub fn tab_visible() -> bool {
    !document().hidden()
}

#[cfg(test)]
mod tests {
    use super::backoff_ms;

    #[test]
    fn waits_grow_from_a_quarter_second_to_half_a_minute() {
        assert_eq!(backoff_ms(0, 1.0), 500);
        assert_eq!(backoff_ms(0, 0.0), 250);
        assert_eq!(backoff_ms(3, 1.0), 4_000);
        assert_eq!(backoff_ms(6, 1.0), 30_000);
        assert_eq!(backoff_ms(u32::MAX, 0.0), 15_000);
    }
}
