//! Every way a request can be refused, the same through every door: pages, REST, socket, mail.

use super::{ids::InvoiceId, invoice::FieldConflict, status::StepRefused};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// Nobody is signed in.
    #[error("Please sign in")]
    Unauthenticated,
    /// Signed in, but not allowed. The message says what is missing.
    #[error("{message}")]
    Forbidden { code: String, message: String },
    #[error("{what} not found")]
    NotFound { what: String },
    /// A value that can not be taken; `field` is where the message belongs.
    #[error("{message}")]
    Invalid { field: Option<String>, message: String },
    /// Somebody changed the same fields first.
    #[error("Somebody else changed this first")]
    Conflict { conflicts: Vec<FieldConflict> },
    /// The invoice changed since the person decided.
    #[error("The invoice changed since you opened it")]
    Stale { invoice_id: InvoiceId, version: i64 },
    /// The invoice's status does not allow it.
    #[error("{0}")]
    StepRefused(StepRefused),
    /// Approval waits for something: a check that blocks, a missing field.
    #[error("{message}")]
    Blocked { code: String, message: String },
    #[error("{message}")]
    TooLarge { message: String },
    #[error("{message}")]
    UnsupportedType { message: String },
    #[error("Too many tries. Wait {seconds} s and try again")]
    RateLimited { seconds: u64 },
    /// Our fault or the machine's. Details are in the log under the request id.
    #[error("Something went wrong on our side. Try again")]
    Internal,
    /// The same as a person is told it, with the id by which the log has the details.
    #[error("Something went wrong on our side. Try again; if it stays, tell your administrator {request_id}")]
    Reported { request_id: String },
    /// The server could not be reached, or answered with something else.
    #[error("The server could not be reached")]
    Unreachable,
}

impl AppError {
    pub fn invalid(field: Option<&str>, message: impl Into<String>) -> Self {
        AppError::Invalid { field: field.map(str::to_owned), message: message.into() }
    }

    pub fn forbidden(code: &str, message: impl Into<String>) -> Self {
        AppError::Forbidden { code: code.to_owned(), message: message.into() }
    }

    pub fn not_found(what: &str) -> Self {
        AppError::NotFound { what: what.to_owned() }
    }

    /// Whether the same question may get an answer later.
    pub fn is_passing(&self) -> bool {
        use AppError::{Internal, RateLimited, Reported, Unreachable};
        matches!(self, Unreachable | Internal | Reported { .. } | RateLimited { .. })
    }

    /// Stable code for programs.
    pub fn code(&self) -> &str {
        match self {
            AppError::Unauthenticated => "unauthenticated",
            AppError::Forbidden { code, .. } | AppError::Blocked { code, .. } => code,
            AppError::NotFound { .. } => "not_found",
            AppError::Invalid { .. } => "invalid",
            AppError::Conflict { .. } => "conflict",
            AppError::Stale { .. } => "stale",
            AppError::StepRefused(_) => "step_refused",
            AppError::TooLarge { .. } => "too_large",
            AppError::UnsupportedType { .. } => "unsupported_type",
            AppError::RateLimited { .. } => "rate_limited",
            AppError::Internal | AppError::Reported { .. } => "internal",
            AppError::Unreachable => "unreachable",
        }
    }

    /// HTTP status, RFC 9110.
    pub fn status(&self) -> u16 {
        match self {
            AppError::Unauthenticated => 401,
            AppError::Forbidden { .. } => 403,
            AppError::NotFound { .. } => 404,
            AppError::Invalid { .. } => 422,
            AppError::Conflict { .. }
            | AppError::Stale { .. }
            | AppError::StepRefused(_)
            | AppError::Blocked { .. } => 409,
            AppError::TooLarge { .. } => 413,
            AppError::UnsupportedType { .. } => 415,
            AppError::RateLimited { .. } => 429,
            AppError::Internal | AppError::Reported { .. } => 500,
            AppError::Unreachable => 503,
        }
    }
}

impl From<StepRefused> for AppError {
    fn from(refused: StepRefused) -> Self {
        AppError::StepRefused(refused)
    }
}
