//! The description of the REST interface, for programs and for people.

use super::{rest, state::AppState};
use axum::{Json, Router, http::header, response::Html, routing::get};
use leptos::prelude::*;
use std::sync::OnceLock;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Description, PathItem,
        path::Operation,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

/// `/api/v1/openapi.json` and `/api/docs`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/api/v1/openapi.json", get(json)).route("/api/docs", get(docs))
}

#[derive(OpenApi)]
#[openapi(
    info(title = "AP Intake", description = "Upload supplier invoices, follow their reading, correct, approve and reject them."),
    modifiers(&SignIn),
    security(("token" = []), ("session" = [])),
    paths(
        rest::uploads::upload,
        rest::invoices::list,
        rest::invoices::show,
        rest::invoices::edit,
        rest::invoices::delete,
        rest::invoices::step,
        rest::invoices::assign,
        rest::invoices::verify_account,
        rest::invoices::split,
        rest::invoices::document,
        rest::invoices::page,
        rest::invoices::history,
        rest::attachments::list,
        rest::attachments::download,
        rest::uploads::analyze,
        rest::tasks::show,
        rest::tasks::cancel,
        rest::tasks::pause,
        rest::tasks::resume,
        rest::tasks::retry,
        rest::invoices::stats,
        rest::comments::list,
        rest::comments::add,
        rest::comments::people,
        rest::notifications::list,
        rest::notifications::read,
        rest::learned::list,
        rest::learned::forget,
        rest::work_items::list,
        rest::work_items::make_one,
        rest::errors::report,
        rest::sessions::sign_in,
        rest::sessions::show,
        rest::sessions::sign_out,
    )
)]
struct Api;

/// The two ways to say who asks.
struct SignIn;

impl Modify for SignIn {
    fn modify(&self, description: &mut Description) {
        let components = description.components.get_or_insert_with(Default::default);
        let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("token", SecurityScheme::Http(token));
        let cookie = ApiKey::Cookie(ApiKeyValue::new(super::auth::SESSION_COOKIE));
        components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    }
}

fn description() -> &'static Description {
    static DESCRIPTION: OnceLock<Description> = OnceLock::new();
    DESCRIPTION.get_or_init(Api::openapi)
}

async fn json() -> Json<&'static Description> {
    Json(description())
}

/// A readable page made of the description; no scripts.
async fn docs() -> impl axum::response::IntoResponse {
    static PAGE: OnceLock<String> = OnceLock::new();
    let page = PAGE.get_or_init(|| format!("<!DOCTYPE html>{}", page(description()).to_html()));
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(page.as_str()))
}

/// The page has a style of its own and nothing that runs.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}\
code{font-family:ui-monospace,monospace}h2{margin-top:2rem}table{border-collapse:collapse;width:100%}\
td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)}";

fn page(description: &Description) -> impl IntoView + use<> {
    let operations: Vec<_> = description
        .paths
        .paths
        .iter()
        .flat_map(|(path, item)| operations(item).into_iter().map(move |(method, operation)| (method, path, operation)))
        .map(|(method, path, operation)| operation_view(method, path, operation))
        .collect();
    view! {
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <title>"AP Intake: REST interface"</title>
                <style>{STYLE}</style>
            </head>
            <body>
                <h1>"AP Intake: REST interface"</h1>
                <p>
                    "Send " <code>"Authorization: Bearer TOKEN"</code> " with a token made by "
                    <code>"ap-intake token create"</code> ". Every error is "
                    <code>"{\"error\": {\"code\", \"message\", \"details\"?, \"request_id\"}}"</code>
                    ". For programs: " <a href="/api/v1/openapi.json">"openapi.json"</a> "."
                </p>
                {operations}
            </body>
        </html>
    }
}

fn operations(item: &PathItem) -> Vec<(&'static str, &Operation)> {
    [("GET", &item.get), ("POST", &item.post), ("PATCH", &item.patch), ("DELETE", &item.delete)]
        .into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
        .collect()
}

fn operation_view(method: &str, path: &str, operation: &Operation) -> impl IntoView + use<> {
    let parameters: Vec<_> = operation
        .parameters
        .iter()
        .flatten()
        .map(|parameter| {
            let description = parameter.description.clone().unwrap_or_default();
            view! { <tr><td><code>{parameter.name.clone()}</code></td><td>{description}</td></tr> }
        })
        .collect();
    let heading = format!("{method} {path}");
    view! {
        <section>
            <h2><code>{heading}</code></h2>
            <p>{operation.summary.clone()}</p>
            {(!parameters.is_empty()).then(|| view! { <table><tbody>{parameters}</tbody></table> })}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_call_has_a_summary_and_the_page_lists_it() {
        let page = page(description()).to_html().to_string();
        let mut calls = 0;
        for (path, item) in &description().paths.paths {
            for (method, operation) in operations(item) {
                calls += 1;
                assert!(operation.summary.as_deref().is_some_and(|text| !text.is_empty()), "{method} {path}");
                assert!(page.contains(&format!("{method} {path}")), "{method} {path}");
            }
        }
        assert_eq!(calls, 34);
        assert!(!page.contains("<script"));
    }
}
