//! Signing in, tokens, roles, and what other sites' pages can not do.

use crate::helpers::{Api, PASSWORD, TestServer, body, refused, ubl};
use ap_intake::{
    api::auth::{SetupAdmin, SignIn},
    domain::{
        error::AppError,
        roles::{Right, Role},
    },
};
use leptos::server_fn::ServerFn;
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

fn cookie(answer: &Response) -> String {
    answer.headers()["set-cookie"].to_str().unwrap().to_owned()
}

/// `name=value` of a `Set-Cookie` header.
fn pair(cookie: &str) -> String {
    cookie.split(';').next().unwrap().to_owned()
}

fn location(answer: &Response) -> &str {
    answer.headers()["location"].to_str().unwrap()
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let server = TestServer::start().await;
    let email = server.person(Role::Clerk).await;
    let answer = server.browser().sign_in(&email, PASSWORD).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let cookie = cookie(&answer);
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "{cookie}");
    assert!(!answer.headers().contains_key("strict-transport-security"));
}

#[tokio::test]
async fn behind_https_cookies_stay_on_https() {
    let server = TestServer::with(|config| config.public_url = Some("https://ap.example".into())).await;
    let email = server.person(Role::Clerk).await;
    let answer = server.browser().sign_in(&email, PASSWORD).await;
    assert!(cookie(&answer).contains("Secure"));
    assert!(answer.headers().contains_key("strict-transport-security"));
}

#[tokio::test]
async fn signing_in_changes_the_session_and_signing_out_ends_it() {
    let server = TestServer::start().await;
    let email = server.person(Role::Clerk).await;
    let first = pair(&cookie(&server.browser().sign_in(&email, PASSWORD).await));
    let with = |cookie: String| {
        let api = server.browser();
        async move { api.request(Method::GET, "/api/v1/session").header("cookie", cookie).send().await.unwrap() }
    };
    let who = body(with(first.clone()).await).await;
    assert_eq!((&who["name"], &who["role"]), (&json!("clerk"), &json!("clerk")));

    // The same session signs in again: the id from before is worth nothing any more.
    let again = server.browser().request(Method::POST, "/api/v1/session").header("cookie", first.clone());
    let second = pair(&cookie(&again.json(&json!({ "email": email, "password": PASSWORD })).send().await.unwrap()));
    assert_ne!(first, second);
    refused(with(first).await, StatusCode::UNAUTHORIZED).await;

    let out = server.browser().request(Method::DELETE, "/api/v1/session").header("cookie", second.clone());
    assert_eq!(out.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    refused(with(second).await, StatusCode::UNAUTHORIZED).await;
}

#[tokio::test]
async fn five_failures_lock_an_account_for_a_while() {
    let server = TestServer::start().await;
    let email = server.person(Role::Clerk).await;
    let browser = server.browser();
    let mut messages = Vec::new();
    for _ in 0..5 {
        let error = refused(browser.sign_in(&email, "a wrong password").await, StatusCode::UNPROCESSABLE_ENTITY).await;
        messages.push(error["message"].clone());
    }
    let unknown =
        refused(browser.sign_in("nobody@example.com", PASSWORD).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(unknown["message"], messages[0], "an unknown address looks like a wrong password");

    let answer = browser.sign_in(&email, PASSWORD).await;
    let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=30).contains(&wait), "{wait}");
    assert_eq!(refused(answer, StatusCode::TOO_MANY_REQUESTS).await["code"], "rate_limited");

    let form = [("email", email.as_str()), ("password", PASSWORD)];
    let answer = browser.request(Method::POST, SignIn::url()).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS, "the page's form is held back too");
    assert!(answer.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn other_sites_pages_can_not_act_in_a_persons_name() {
    let server = TestServer::start().await;
    let email = server.person(Role::Clerk).await;
    let browser = server.signed_in(&email).await;
    let sign_out = |name: &'static str, value: String| {
        let request = browser.request(Method::DELETE, "/api/v1/session").header(name, value);
        async move { request.send().await.unwrap() }
    };
    for (name, value) in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let error = refused(sign_out(name, value.into()).await, StatusCode::FORBIDDEN).await;
        assert_eq!(error["code"], "cross_site");
    }
    assert_eq!(browser.get("/api/v1/session").await.status(), StatusCode::OK, "still signed in");
    let own = sign_out("origin", server.url.clone()).await;
    assert_eq!(own.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say() {
    let server = TestServer::start().await;
    let email = server.person(Role::Clerk).await;
    let reader = server.token_client(&email, &[Right::Read]).await;
    assert_eq!(reader.get("/api/v1/invoices").await.status(), StatusCode::OK);
    let error = refused(reader.upload(vec![("a.xml", ubl(1))]).await, StatusCode::FORBIDDEN).await;
    assert_eq!(error["code"], "missing_right");

    let uploader = server.token_client(&email, &[Right::Upload]).await;
    assert_eq!(uploader.upload(vec![("a.xml", ubl(1))]).await.status(), StatusCode::ACCEPTED);
    refused(uploader.get("/api/v1/invoices").await, StatusCode::FORBIDDEN).await;

    let beyond = server.services.token_create(&email, "test", &[Right::Approve]).await;
    assert!(matches!(beyond, Err(AppError::Forbidden { .. })), "{beyond:?}");
}

#[tokio::test]
async fn a_bad_token_is_no_sign_in() {
    let server = TestServer::start().await;
    for token in ["", "api_0", "\u{20}", "x.y.z"] {
        let api = Api { token: Some(token.to_owned()), ..server.browser() };
        refused(api.get("/api/v1/invoices").await, StatusCode::UNAUTHORIZED).await;
    }
}

#[tokio::test]
async fn what_is_taken_away_stops_at_once() {
    let server = TestServer::start().await;
    let email = server.person(Role::Reviewer).await;
    let revoked = server.token_client(&email, &[Right::Read]).await;
    let kept = server.token_client(&email, &[Right::Read]).await;
    let browser = server.signed_in(&email).await;
    assert_eq!(revoked.get("/api/v1/stats").await.status(), StatusCode::OK);

    server.services.token_revoke(revoked.token.as_deref().unwrap()).await.unwrap();
    refused(revoked.get("/api/v1/stats").await, StatusCode::UNAUTHORIZED).await;
    assert_eq!(kept.get("/api/v1/stats").await.status(), StatusCode::OK);
    assert_eq!(browser.get("/api/v1/stats").await.status(), StatusCode::OK);

    server.services.user_disable(&email).await.unwrap();
    refused(kept.get("/api/v1/stats").await, StatusCode::UNAUTHORIZED).await;
    refused(browser.get("/api/v1/stats").await, StatusCode::UNAUTHORIZED).await;
    refused(server.browser().sign_in(&email, PASSWORD).await, StatusCode::UNPROCESSABLE_ENTITY).await;
}

#[tokio::test]
async fn an_auditor_reads_and_changes_nothing() {
    let server = TestServer::with(|config| config.workers = 1).await;
    let id = server.client(Role::Clerk).await.read_invoice(7).await;
    let auditor = server.client(Role::Auditor).await;
    let path = format!("/api/v1/invoices/{id}");
    let before = body(auditor.get(&path).await).await;
    let edit = json!({ "mutation_id": "1", "fields": [{ "name": "invoice_number", "base_version": 1, "value": "X" }] });
    refused(auditor.patch(&path, &edit).await, StatusCode::FORBIDDEN).await;
    for step in ["submit", "approve", "reject", "cancel", "postpone"] {
        refused(
            auditor
                .post(
                    &format!("{path}/{step}"),
                    &json!({ "reason_code": "wrong_amount", "reason": "Not what was agreed" }),
                )
                .await,
            StatusCode::FORBIDDEN,
        )
        .await;
    }
    refused(auditor.upload(vec![("a.xml", ubl(8))]).await, StatusCode::FORBIDDEN).await;
    let delete = auditor.request(Method::DELETE, &path).send().await.unwrap();
    refused(delete, StatusCode::FORBIDDEN).await;
    let after = body(auditor.get(&path).await).await;
    assert_eq!(before["version"], after["version"]);
}

#[tokio::test]
async fn a_first_start_asks_for_the_admin_and_only_once() {
    let server = TestServer::start().await;
    let browser = server.browser();
    for page in ["/", "/invoices", "/sign-in"] {
        assert_eq!(location(&browser.get(page).await), "/setup", "{page}");
    }
    assert_eq!(browser.get("/setup").await.status(), StatusCode::OK);
    let set_up = |email: &'static str| {
        let form = [("email", email), ("name", "First admin"), ("password", PASSWORD)];
        server.browser().request(Method::POST, SetupAdmin::url()).form(&form).send()
    };
    let (one, other) = tokio::join!(set_up("one@example.com"), set_up("other@example.com"));
    let statuses = [one.unwrap().status(), other.unwrap().status()];
    assert!(statuses.contains(&StatusCode::FORBIDDEN), "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == StatusCode::FORBIDDEN).count(), 1, "{statuses:?}");
    assert_eq!(location(&browser.get("/setup").await), "/sign-in");
}

#[tokio::test]
async fn pages_lead_to_the_sign_in_and_back() {
    let server = TestServer::start().await;
    let email = server.person(Role::Clerk).await;
    let browser = server.browser();
    assert_eq!(location(&browser.get("/invoices?q=a").await), "/sign-in?next=/invoices%3Fq%3Da");
    let page = browser.get("/sign-in").await;
    assert_eq!(page.status(), StatusCode::OK);
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("'nonce-") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("script-src 'unsafe-inline'"), "{policy}");
    assert!(!page.text().await.unwrap().contains("demo-password"), "no demo, no demo users");

    // Without JavaScript: the form posts, and a redirect answers.
    for (next, to) in [("/invoices?q=a", "/invoices?q=a"), ("https://evil.example", "/"), ("//evil.example", "/")] {
        let form = [("email", email.as_str()), ("password", PASSWORD), ("next", next)];
        let request = server.browser().request(Method::POST, SignIn::url()).form(&form).header("accept", "text/html");
        let answer = request.send().await.unwrap();
        assert_eq!((answer.status(), location(&answer)), (StatusCode::FOUND, to));
    }
    let form = [("email", email.as_str()), ("password", "wrong password")];
    let request = browser.request(Method::POST, SignIn::url()).form(&form).header("accept", "text/html");
    let answer = request.header("referer", format!("{}/sign-in", server.url)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
    assert!(location(&answer).contains("/sign-in?"), "{}", location(&answer));

    let browser = server.signed_in(&email).await;
    assert_eq!(location(&browser.get("/sign-in").await), "/");
    assert_eq!(browser.get("/invoices").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_demo_shows_its_people_and_fills_itself() {
    let server = TestServer::with(|config| config.demo = true).await;
    let page = server.browser().get("/sign-in").await.text().await.unwrap();
    assert!(page.contains("clerk@example.com") && page.contains("demo-password"));
    let browser = server.browser();
    assert_eq!(browser.sign_in("reviewer@example.com", "demo-password").await.status(), StatusCode::OK);
    let total = body(browser.get("/api/v1/invoices").await).await["total"].as_i64().unwrap();
    assert!(total >= 12, "{total}");
}
