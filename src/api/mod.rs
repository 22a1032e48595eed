//! Server functions: each takes the request's context, calls one service and returns a DTO of `domain`.

pub mod auth;
pub mod comments;
pub mod connections;
pub mod encoding;
pub mod error;
pub mod invoices;
pub mod notifications;
#[cfg(feature = "ssr")]
pub mod page_reads;
pub mod settings;
pub mod tasks;

#[cfg(feature = "ssr")]
pub use error::AnsweredRequest;
pub use error::ApiError;

/// Gives the page that is being rendered the status 404. In the browser nothing.
pub fn answer_not_found() {
    #[cfg(feature = "ssr")]
    if let Some(response) = leptos::prelude::use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
}
