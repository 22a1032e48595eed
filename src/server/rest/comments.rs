//! `/invoices/ID/comments` and `/people`: writing to each other about an invoice.

use super::{
    body::{JsonBody, PathOf},
    schemas,
};
use crate::{
    domain::{
        comment::{Comment, Comments, NewComment, Person},
        ids::InvoiceId,
    },
    server::{auth::SignedInActor, errors::Failure},
    services::Services,
};
use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;

/// `GET /invoices/ID/comments`
#[utoipa::path(
    get,
    path = "/api/v1/invoices/{id}/comments",
    tag = "Comments",
    summary = "The newest 200 comments, oldest first",
    params(("id" = Uuid, Path, description = "Invoice")),
    responses(
        (status = 200, description = "The comments", body = schemas::Comments),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn list(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<InvoiceId>,
) -> Result<Json<Comments>, Failure> {
    Ok(Json(services.comments(&actor, id).await?))
}

/// `POST /invoices/ID/comments`
#[utoipa::path(
    post,
    path = "/api/v1/invoices/{id}/comments",
    tag = "Comments",
    summary = "Write a comment and tell whom it mentions",
    params(("id" = Uuid, Path, description = "Invoice"), ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer; nothing is done twice")),
    request_body = schemas::NewComment,
    responses(
        (status = 201, description = "Written", body = schemas::Comment),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn add(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<InvoiceId>,
    JsonBody(comment): JsonBody<NewComment>,
) -> Result<(StatusCode, Json<Comment>), Failure> {
    Ok((StatusCode::CREATED, Json(services.comment_add(&actor, id, &comment).await?)))
}

#[derive(Serialize)]
pub struct People {
    people: Vec<Person>,
}

/// `GET /people`
#[utoipa::path(
    get,
    path = "/api/v1/people",
    tag = "Comments",
    summary = "Who can be mentioned, by name",
    responses(
        (status = 200, description = "The people", body = schemas::People),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn people(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
) -> Result<Json<People>, Failure> {
    Ok(Json(People { people: services.people(&actor).await? }))
}
