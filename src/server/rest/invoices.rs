//! `/invoices`: lists, one invoice, its document, edits and steps.

use super::{
    body::{JsonBody, PathOf, QueryOf},
    detail::InvoiceAnswer,
    schemas,
};
use crate::{
    domain::{
        bank_account::AccountVerification,
        decision::Assigned,
        error::AppError,
        ids::InvoiceId,
        invoice::{EditResult, FieldEdit, InvoicePage, InvoiceQuery, InvoiceSummary, Stats, StepRequest},
        splitting::{SplitPart, SplitRequest},
        status::Step,
    },
    server::{auth::SignedInActor, errors::Failure},
    services::Services,
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};

type Answer<T> = Result<Json<T>, Failure>;

/// `GET /invoices`
#[utoipa::path(
    get,
    path = "/api/v1/invoices",
    tag = "Invoices",
    summary = "Invoices, a page at a time",
    params(
        ("status" = Option<String>, Query, description = "One status"),
        ("q" = Option<String>, Query, description = "Words in number, supplier or file name"),
        ("supplier" = Option<String>, Query, description = "The supplier's name"),
        ("from" = Option<String>, Query, description = "Issued on or after, ISO date"),
        ("to" = Option<String>, Query, description = "Issued on or before, ISO date"),
        ("min" = Option<String>, Query, description = "Gross total from"),
        ("max" = Option<String>, Query, description = "Gross total to"),
        ("assigned" = Option<String>, Query, description = "Whose work: me, nobody or a person's id"),
        ("sort" = Option<String>, Query, description = "created, supplier, number, date, due, gross or status; with - before it downwards"),
        ("limit" = Option<u32>, Query, description = "1 to 200, default 25"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before")
    ),
    responses(
        (status = 200, description = "One page", body = schemas::InvoicePage),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn list(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    QueryOf(query): QueryOf<InvoiceQuery>,
) -> Answer<InvoicePage> {
    Ok(Json(services.invoice_list(&actor, &query).await?))
}

/// `GET /invoices/ID`
#[utoipa::path(
    get,
    path = "/api/v1/invoices/{id}",
    tag = "Invoices",
    summary = "One invoice with all its values",
    params(("id" = Uuid, Path, description = "Invoice")),
    responses(
        (status = 200, description = "The invoice", body = schemas::Invoice),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn show(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<InvoiceId>,
) -> Answer<InvoiceAnswer> {
    Ok(Json(services.invoice(&actor, id).await?.into()))
}

/// `GET /stats`
#[utoipa::path(
    get,
    path = "/api/v1/stats",
    tag = "Figures",
    summary = "Counts and times",
    responses(
        (status = 200, description = "The figures", body = schemas::Stats),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn stats(State(services): State<Services>, SignedInActor(actor): SignedInActor) -> Answer<Stats> {
    Ok(Json(services.stats(&actor).await?))
}

/// `GET /invoices/ID/history`
#[utoipa::path(
    get,
    path = "/api/v1/invoices/{id}/history",
    tag = "Invoices",
    summary = "Who did what, newest first; as `csv`, a table with the hash of each entry, oldest first",
    params(
        ("id" = Uuid, Path, description = "Invoice"),
        ("format" = Option<String>, Query, description = "`json`, which it is by itself, or `csv`")
    ),
    responses(
        (
            status = 200,
            description = "The history",
            content((Vec<schemas::HistoryEntry> = "application/json"), (String = "text/csv"))
        ),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn history(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<InvoiceId>,
    QueryOf(query): QueryOf<HistoryQuery>,
) -> Result<Response, Failure> {
    if query.format == HistoryFormat::Json {
        return Ok(Json(services.invoice_history(&actor, id).await?).into_response());
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"history-{id}.csv\"")),
    ];
    Ok((headers, services.history_csv(&actor, id).await?).into_response())
}

#[derive(Deserialize)]
pub struct HistoryQuery {
    #[serde(default)]
    format: HistoryFormat,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum HistoryFormat {
    #[default]
    Json,
    Csv,
}

/// Edits of one person, taken all or not at all.
#[derive(Deserialize)]
pub struct Edits {
    mutation_id: String,
    fields: Vec<FieldEdit>,
}

/// `PATCH /invoices/ID`
#[utoipa::path(
    patch,
    path = "/api/v1/invoices/{id}",
    tag = "Invoices",
    summary = "Correct fields, all or none",
    params(("id" = Uuid, Path, description = "Invoice")),
    request_body = schemas::Edits,
    responses(
        (status = 200, description = "Changed", body = schemas::EditResult),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn edit(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<InvoiceId>,
    JsonBody(edits): JsonBody<Edits>,
) -> Answer<EditResult> {
    Ok(Json(services.edit_fields(&actor, id, &edits.mutation_id, &edits.fields).await?))
}

/// `POST /invoices/ID/STEP`
#[utoipa::path(
    post,
    path = "/api/v1/invoices/{id}/{step}",
    tag = "Invoices",
    summary = "Submit, approve, reject, reopen, postpone, duplicate, cancel or retry",
    params(("id" = Uuid, Path, description = "Invoice"), ("step" = String, Path, description = "submit, approve, reject, reopen, postpone, duplicate, cancel or retry"), ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer; nothing is done twice")),
    request_body = schemas::StepRequest,
    responses(
        (status = 200, description = "The invoice as it is now", body = schemas::InvoiceSummary),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn step(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf((id, step)): PathOf<(InvoiceId, String)>,
    JsonBody(request): JsonBody<StepRequest>,
) -> Answer<InvoiceSummary> {
    let step = step_named(&step).ok_or_else(|| AppError::not_found("Page"))?;
    Ok(Json(services.take_step(&actor, id, step, &request).await?))
}

/// `POST /invoices/ID/assign`
#[utoipa::path(
    post,
    path = "/api/v1/invoices/{id}/assign",
    tag = "Invoices",
    summary = "Make it somebody's work, or nobody's",
    params(("id" = Uuid, Path, description = "Invoice"), ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer; nothing is done twice")),
    request_body = schemas::Assignment,
    responses(
        (status = 200, description = "The invoice as it is now", body = schemas::InvoiceSummary),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn assign(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<InvoiceId>,
    JsonBody(asked): JsonBody<Assignment>,
) -> Answer<InvoiceSummary> {
    let to = match asked.to {
        Some(Assigned::Me) => Some(actor.user_id),
        Some(Assigned::To(person)) => Some(person),
        Some(Assigned::Nobody) | None => None,
    };
    Ok(Json(services.assign(&actor, id, to).await?))
}

#[derive(Deserialize)]
pub struct Assignment {
    /// Null: nobody.
    to: Option<Assigned>,
}

/// `POST /invoices/ID/verify-account`
#[utoipa::path(
    post,
    path = "/api/v1/invoices/{id}/verify-account",
    tag = "Invoices",
    summary = "Say that its bank account was verified, and how",
    params(("id" = Uuid, Path, description = "Invoice"), ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer; nothing is done twice")),
    request_body = schemas::AccountVerification,
    responses(
        (status = 200, description = "The invoice as it is now", body = schemas::InvoiceSummary),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn verify_account(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<InvoiceId>,
    JsonBody(said): JsonBody<AccountVerification>,
) -> Answer<InvoiceSummary> {
    Ok(Json(services.verify_account(&actor, id, &said).await?))
}

/// `POST /invoices/ID/split`
#[utoipa::path(
    post,
    path = "/api/v1/invoices/{id}/split",
    tag = "Invoices",
    summary = "Split a file into the invoices it holds, or say that it is one",
    params(("id" = Uuid, Path, description = "Invoice"), ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer; nothing is done twice")),
    request_body = schemas::SplitRequest,
    responses(
        (status = 200, description = "The invoices made of it", body = schemas::SplitAnswer),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn split(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<InvoiceId>,
    JsonBody(request): JsonBody<SplitRequest>,
) -> Answer<SplitAnswer> {
    Ok(Json(SplitAnswer { invoices: services.split(&actor, id, &request).await? }))
}

#[derive(Serialize)]
pub struct SplitAnswer {
    invoices: Vec<SplitPart>,
}

/// The steps people may ask for. The others are the worker's.
fn step_named(name: &str) -> Option<Step> {
    const STEPS: [Step; 8] = [
        Step::Submit,
        Step::Approve,
        Step::Reject,
        Step::Reopen,
        Step::Postpone,
        Step::MarkDuplicate,
        Step::Cancel,
        Step::Retry,
    ];
    STEPS.into_iter().find(|step| step.as_str() == name)
}

/// `DELETE /invoices/ID`
#[utoipa::path(
    delete,
    path = "/api/v1/invoices/{id}",
    tag = "Invoices",
    summary = "Delete an undecided invoice",
    params(("id" = Uuid, Path, description = "Invoice")),
    responses(
        (status = 204, description = "Deleted"),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn delete(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<InvoiceId>,
) -> Result<StatusCode, Failure> {
    services.invoice_delete(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a browser may do with a document that strangers sent: show it, and nothing else.
const DOCUMENT_POLICY: &str =
    "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'";

/// The document itself never changes; who may see it does.
pub(super) const PRIVATE_FOR_A_DAY: &str = "private, max-age=86400, immutable";

/// `GET /invoices/ID/document`
#[utoipa::path(
    get,
    path = "/api/v1/invoices/{id}/document",
    tag = "Invoices",
    summary = "The document as it was uploaded",
    params(("id" = Uuid, Path, description = "Invoice")),
    responses(
        (status = 200, description = "The document", content_type = "application/octet-stream"),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn document(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf(id): PathOf<InvoiceId>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let document = services.document(&actor, id).await?;
    let etag = format!("\"{}\"", document.hash);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let headers = [
        (header::CONTENT_TYPE, document.content_type),
        (header::CONTENT_DISPOSITION, disposition("inline", &document.filename)),
        (header::CONTENT_SECURITY_POLICY, DOCUMENT_POLICY.to_owned()),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN".to_owned()),
        (header::CACHE_CONTROL, PRIVATE_FOR_A_DAY.to_owned()),
        (header::ETAG, etag),
    ];
    Ok((headers, document.bytes).into_response())
}

/// How it is to be taken (`inline`, `attachment`), with the name twice: plain for old clients, RFC 8187 for the rest.
pub(super) fn disposition(how: &str, filename: &str) -> String {
    let plain: String = filename
        .chars()
        .map(|sign| if sign.is_ascii_graphic() && !matches!(sign, '"' | '\\' | '%') { sign } else { '_' })
        .collect();
    let mut encoded = String::new();
    for byte in filename.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[derive(Deserialize)]
pub struct PageQuery {
    /// Pixels.
    width: Option<u32>,
}

/// `GET /invoices/ID/pages/N.png?width=`
#[utoipa::path(
    get,
    path = "/api/v1/invoices/{id}/pages/{file}",
    tag = "Invoices",
    summary = "A picture of one page",
    params(("id" = Uuid, Path, description = "Invoice"), ("file" = String, Path, description = "1.png, 2.png …"), ("width" = Option<u32>, Query, description = "Pixels")),
    responses(
        (status = 200, description = "The picture", content_type = "image/png"),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn page(
    State(services): State<Services>,
    SignedInActor(actor): SignedInActor,
    PathOf((id, file)): PathOf<(InvoiceId, String)>,
    QueryOf(query): QueryOf<PageQuery>,
) -> Result<Response, Failure> {
    let page = file.strip_suffix(".png").and_then(|number| number.parse().ok());
    let page: u32 = page.ok_or_else(|| AppError::not_found("Page"))?;
    let image = services.page_image(&actor, id, page, query.width.unwrap_or(1200)).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CACHE_CONTROL, HeaderValue::from_static(PRIVATE_FOR_A_DAY)),
    ];
    Ok((headers, image).into_response())
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn names_can_not_leave_their_header() {
        assert_eq!(disposition("inline", "a b.pdf"), "inline; filename=\"a_b.pdf\"; filename*=UTF-8''a%20b.pdf");
        assert_eq!(
            disposition("inline", "x\"; evil=\"ü.pdf"),
            "inline; filename=\"x_;_evil=__.pdf\"; filename*=UTF-8''x%22%3B%20evil%3D%22%C3%BC.pdf"
        );
        assert!(disposition("attachment", "a\r\nSet-Cookie: b").is_ascii());
        assert!(!disposition("attachment", "a\r\nSet-Cookie: b").contains(['\r', '\n']));
    }
}
