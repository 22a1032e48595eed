//! Server functions: each takes the request's context, calls one service and returns a DTO of `domain`.

pub mod auth;
pub mod comments;
pub mod connections;
pub mod encoding;
pub mod error;
pub mod invoices;
pub mod notifications;
pub mod settings;
pub mod tasks;

pub use error::ApiError;
