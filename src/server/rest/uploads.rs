//! Documents coming in: `POST /invoices` and `POST /analyze`.

use super::schemas;
use crate::{
    domain::{
        error::AppError,
        invoice::{UploadOptions, UploadOutcome},
    },
    server::{
        auth::SignedInActor,
        errors::{Failure, RequestId},
        state::UploadTurns,
    },
    services::{
        Services,
        uploads::{MAX_FILE_BYTES, MAX_FILES, UploadFile},
    },
};
use axum::{
    Extension, Json,
    extract::{FromRequest, Multipart, Request, State, multipart::Field},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

/// Longest value of an option.
const MAX_OPTION_BYTES: usize = 200;

#[derive(Serialize)]
struct Uploads {
    uploads: Vec<UploadOutcome>,
}

/// `POST /invoices`: each file by itself. 202 when at least one was taken.
#[utoipa::path(
    post,
    path = "/api/v1/invoices",
    tag = "Invoices",
    summary = "Upload documents",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer; nothing is done twice")),
    request_body(content = schemas::UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 202, description = "At least one file was taken", body = schemas::Uploads),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn upload(
    State(services): State<Services>,
    State(turns): State<UploadTurns>,
    SignedInActor(actor): SignedInActor,
    Extension(request_id): Extension<RequestId>,
    request: Request,
) -> Result<Response, Failure> {
    let form = multipart(request).await?;
    let _turn = turns.0.acquire().await.map_err(|_| AppError::Internal)?;
    let (files, options) = read_form(form).await?;
    let uploads = services.upload(&actor, files, &options).await?;
    if uploads.iter().all(|outcome| outcome.error.is_some()) {
        return Ok(all_refused(&uploads, &request_id));
    }
    Ok((StatusCode::ACCEPTED, Json(Uploads { uploads })).into_response())
}

async fn multipart(request: Request) -> Result<Multipart, AppError> {
    Multipart::from_request(request, &()).await.map_err(|_| AppError::UnsupportedType {
        message: "Send the files as multipart/form-data, each as a part named `file`".to_owned(),
    })
}

async fn read_form(mut form: Multipart) -> Result<(Vec<UploadFile>, UploadOptions), AppError> {
    let mut files = Vec::new();
    let mut options = UploadOptions::default();
    while let Some(mut field) = form.next_field().await.map_err(broken_form)? {
        match field.name().unwrap_or_default() {
            "file" => {
                if files.len() == MAX_FILES {
                    return Err(AppError::invalid(Some("file"), format!("Upload at most {MAX_FILES} files at once")));
                }
                let filename = field.file_name().unwrap_or_default().to_owned();
                // One byte more than is allowed tells the service that it is too large.
                files.push(UploadFile { filename, bytes: read_at_most(&mut field, MAX_FILE_BYTES + 1).await? });
            }
            name => {
                let name = name.to_owned();
                let value = read_at_most(&mut field, MAX_OPTION_BYTES).await?;
                set_option(&mut options, &name, String::from_utf8_lossy(&value).trim())?;
            }
        }
    }
    Ok((files, options))
}

/// The field's first `limit` bytes; the rest is read and thrown away, so that the files behind it are still seen.
async fn read_at_most(field: &mut Field<'_>, limit: usize) -> Result<Bytes, AppError> {
    let mut kept = BytesMut::new();
    while let Some(chunk) = field.chunk().await.map_err(broken_form)? {
        let room = limit.saturating_sub(kept.len()).min(chunk.len());
        kept.extend_from_slice(chunk.get(..room).unwrap_or_default());
    }
    Ok(kept.freeze())
}

fn broken_form(error: axum::extract::multipart::MultipartError) -> AppError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return AppError::TooLarge { message: "The upload is larger than 100 MB".to_owned() };
    }
    AppError::invalid(None, "The form can not be read: it is damaged or ends too early")
}

fn set_option(options: &mut UploadOptions, name: &str, value: &str) -> Result<(), AppError> {
    match name {
        "auto_save" => options.auto_save = parsed(name, value)?,
        "confidence_threshold" => options.confidence_threshold = parsed(name, value)?,
        "model_provider" => options.model_provider = (!value.is_empty()).then(|| value.to_owned()),
        "human_in_loop" => options.human_in_loop = Some(parsed(name, value)?),
        "priority" => options.priority = parsed(name, value)?,
        // A form may carry more than we know.
        _ => {}
    }
    Ok(())
}

fn parsed<T: DeserializeOwned>(name: &str, value: &str) -> Result<T, AppError> {
    serde_json::from_str(value).map_err(|_| AppError::invalid(Some(name), format!("{name} can not be {value:?}")))
}

/// Nothing was taken: an error, with what became of each file. Its status is that of the files when they agree.
fn all_refused(uploads: &[UploadOutcome], request_id: &RequestId) -> Response {
    let codes: Vec<&str> =
        uploads.iter().filter_map(|outcome| outcome.error.as_ref()).map(|error| error.code.as_str()).collect();
    let first = codes.first().copied().unwrap_or("invalid");
    let agreed = codes.iter().all(|code| *code == first);
    let status = match first {
        "too_large" if agreed => StatusCode::PAYLOAD_TOO_LARGE,
        "unsupported_type" if agreed => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "internal" if agreed => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let message = match uploads {
        [UploadOutcome { error: Some(error), .. }] => error.message.clone(),
        _ => "None of the files could be taken".to_owned(),
    };
    let code = if agreed { first } else { "invalid" };
    let error =
        json!({ "code": code, "message": message, "details": { "uploads": uploads }, "request_id": request_id.0 });
    (status, Json(json!({ "error": error }))).into_response()
}

/// `POST /analyze`: reads one document and keeps nothing. A form with one `file`, or the document itself as the body.
#[utoipa::path(
    post,
    path = "/api/v1/analyze",
    tag = "Invoices",
    summary = "Read a document and keep nothing",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer; nothing is done twice")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "What was read", body = Object),
        (status = "4XX", description = "Refused", body = schemas::ErrorAnswer)
    )
)]
pub async fn analyze(
    State(services): State<Services>,
    State(turns): State<UploadTurns>,
    SignedInActor(actor): SignedInActor,
    request: Request,
) -> Result<Response, Failure> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_form = kind.starts_with("multipart/form-data");
    let _turn = turns.0.acquire().await.map_err(|_| AppError::Internal)?;
    let document = if is_form {
        let (mut files, _) = read_form(multipart(request).await?).await?;
        match (files.pop(), files.is_empty()) {
            (Some(file), true) => file.bytes,
            _ => return Err(AppError::invalid(Some("file"), "Send one file").into()),
        }
    } else {
        Bytes::from_request(request, &()).await.map_err(|_| too_large())?
    };
    if document.len() > MAX_FILE_BYTES {
        return Err(too_large().into());
    }
    Ok(Json(services.analyze(&actor, document).await?).into_response())
}

fn too_large() -> AppError {
    AppError::TooLarge { message: "This file is larger than 10 MB".to_owned() }
}
