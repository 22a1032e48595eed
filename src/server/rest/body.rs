//! What requests carry, with refusals in our words.

use crate::{domain::error::AppError, server::errors::Failure};
use axum::{
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{StatusCode, request::Parts},
};
use serde::de::DeserializeOwned;

/// A JSON body.
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(JsonBody(value)),
            Err(refused) => Err(Failure(match refused.status() {
                StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                    AppError::UnsupportedType { message: "Send JSON, with Content-Type: application/json".to_owned() }
                }
                StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge { message: "The request is too large".to_owned() },
                _ => AppError::invalid(None, refused.body_text()),
            })),
        }
    }
}

/// The query string.
pub struct QueryOf<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for QueryOf<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        let Query(value) = query.map_err(|refused| Failure(AppError::invalid(None, refused.body_text())))?;
        Ok(QueryOf(value))
    }
}

/// The path's variables. What does not parse is no thing of ours: 404.
pub struct PathOf<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathOf<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        let Path(value) = path.map_err(|_| Failure(AppError::not_found("Page")))?;
        Ok(PathOf(value))
    }
}
