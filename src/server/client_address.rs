//! Which machine a request comes from, for limits and logs.

use super::state::AppState;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The client's address: the connection's, or with a trusted proxy the one it adds to `X-Forwarded-For`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl Default for ClientAddress {
    fn default() -> Self {
        ClientAddress(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }
}

/// Notes the client's address in the request.
pub async fn note(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let connection = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let forwarded = if state.config.trust_proxy { forwarded_for(request.headers()) } else { None };
    if let Some(address) = forwarded.or(connection) {
        request.extensions_mut().insert(ClientAddress(address));
    }
    next.run(request).await
}

/// The last entry: the one the proxy in front of us wrote. Those before it are whatever the client claims.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_hop_is_believed() {
        let with = |value: &str| {
            HeaderMap::from_iter([("x-forwarded-for".parse().expect("a name"), value.parse().expect("a value"))])
        };
        let parsed = |text: &str| text.parse::<IpAddr>().ok();
        assert_eq!(forwarded_for(&with("203.0.113.9, 198.51.100.7")), parsed("198.51.100.7"));
        assert_eq!(forwarded_for(&with("2001:db8::1")), parsed("2001:db8::1"));
        assert_eq!(forwarded_for(&with("unknown")), None);
        assert_eq!(forwarded_for(&HeaderMap::new()), None);
    }
}
