//! The one error of every server function.

use super::encoding::TextEncoding;
use crate::domain::error::AppError;
use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// [`AppError`] as it travels between server functions and pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(transparent)]
#[error(transparent)]
pub struct ApiError(pub AppError);

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        #[cfg(feature = "ssr")]
        let error = reported(error);
        ApiError(error)
    }
}

/// The id of the request that is being answered, from context.
#[cfg(feature = "ssr")]
#[derive(Clone)]
pub struct AnsweredRequest(pub String);

/// What went wrong on our side gets the id under which the log tells more.
#[cfg(feature = "ssr")]
fn reported(error: AppError) -> AppError {
    let request = leptos::prelude::use_context::<AnsweredRequest>();
    match (error, request) {
        (AppError::Internal, Some(AnsweredRequest(request_id))) => AppError::Reported { request_id },
        (error, _) => error,
    }
}

impl FromServerFnError for ApiError {
    type Encoder = TextEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        tracing::warn!(%error, "server function transport failed");
        match error {
            ServerFnErrorErr::Args(message) | ServerFnErrorErr::MissingArg(message) => {
                ApiError(AppError::Invalid { field: None, message })
            }
            _ => ApiError(AppError::Unreachable),
        }
    }
}
