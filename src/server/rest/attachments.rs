//! Files that came inside a document. Whoever sent them chose what is in them: they are handed out to be kept, never to
//! be shown.

use super::{body::PathOf, schemas};
use crate::{
    domain::{attachment::Attachment, ids::InvoiceId},
    server::{auth::SignedInActor, errors::Failure},
    services::Services,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

/// Nothing of it runs or loads anything, even where a browser should show it.
const POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// `GET /invoices/ID/attachments`
#[utoipa::path(
    get,
    path = "/api/v1/invoices/{id}/attachments",
    tag = "Invoices",
    summary = "Files inside the document, and documents elsewhere that it refers to",
    params(("id" = Uuid, Path, description = "Invoice")),
    responses(
        (status = 200, description = "The attachments", body = Vec<schemas::Attachment>),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn list(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<InvoiceId>,
) -> Result<Json<Vec<Attachment>>, Failure> {
    Ok(Json(services.attachments(&actor, id).await?))
}

/// `GET /invoices/ID/attachments/N`
#[utoipa::path(
    get,
    path = "/api/v1/invoices/{id}/attachments/{number}",
    tag = "Invoices",
    summary = "One file inside the document, to be kept",
    params(("id" = Uuid, Path, description = "Invoice"), ("number" = u32, Path, description = "As in the list, from 1")),
    responses(
        (status = 200, description = "The file", content_type = "application/octet-stream"),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn download(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf((id, number)): PathOf<(InvoiceId, u32)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let file = services.attachment(&actor, id, number).await?;
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == file.etag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, file.etag)]).into_response());
    }
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, super::invoices::disposition("attachment", &file.name)),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::CACHE_CONTROL, super::invoices::PRIVATE_FOR_A_DAY.to_owned()),
        (header::ETAG, file.etag),
    ];
    Ok((headers, file.bytes).into_response())
}
