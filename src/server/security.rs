//! What browsers are told to refuse, and what we refuse from them.

use super::state::AppState;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use leptos::prelude::{use_context, use_nonce};
use leptos_axum::ResponseOptions;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// For answers that are no pages: nothing in them may run or load.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Gives the page being rendered a policy that lets run only what this server sent in this answer. Called in the
/// context of the page, where Leptos keeps the nonce that its own scripts carry.
pub fn set_page_policy() {
    let (Some(nonce), Some(options)) = (use_nonce(), use_context::<ResponseOptions>()) else {
        return;
    };
    // cargo-leptos's reload socket has a port of its own.
    let reload = if std::env::var_os("LEPTOS_WATCH").is_some() { " ws:" } else { "" };
    // Styles in attributes place the boxes on a page image; they can not run anything.
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'{reload}; object-src 'none'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Adds the headers that every answer carries; what a handler set stands.
pub async fn set_headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, NOTHING);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    // Pages and data are one person's; files of the site say otherwise themselves.
    set(header::CACHE_CONTROL, "no-store");
    if state.config.is_https() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    response
}

/// Lets pages of the named origins call the REST interface with a token. Cookies never cross.
pub fn cors(allowed_origins: &[String]) -> CorsLayer {
    let origins = allowed_origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, HeaderName::from_static("idempotency-key")])
        .expose_headers([HeaderName::from_static("x-request-id"), header::RETRY_AFTER])
}

/// Whether a browser sent this request for a page of another site. Programs, which send neither header, are not
/// browsers and carry no cookie they were not given.
pub fn is_cross_site(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("invalid"));
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text(header::ORIGIN) else {
        return false;
    };
    if public_url == Some(origin) {
        return false;
    }
    let origin_host = origin.split_once("://").map(|(_, host)| host);
    origin_host.is_none() || origin_host != text(header::HOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse::<HeaderName>().expect("a name"), value.parse().expect("a value")))
            .collect()
    }

    #[test]
    fn other_sites_are_known_by_what_browsers_send() {
        let host = ("host", "ap.example:3000");
        let cross = |pairs: &[(&str, &str)]| is_cross_site(&headers(pairs), Some("https://public.example"));
        assert!(!cross(&[host]));
        assert!(!cross(&[host, ("origin", "http://ap.example:3000")]));
        assert!(!cross(&[host, ("origin", "https://public.example")]));
        assert!(!cross(&[host, ("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(cross(&[host, ("origin", "http://evil.example")]));
        assert!(cross(&[host, ("origin", "http://ap.example")]));
        assert!(cross(&[host, ("origin", "null")]));
        assert!(cross(&[host, ("sec-fetch-site", "same-site")]));
        assert!(cross(&[host, ("sec-fetch-site", "cross-site"), ("origin", "http://ap.example:3000")]));
    }
}
