//! Taking documents in: each file by itself, so that one failure never touches another.

use super::{
    Services,
    invoices::{file_failed, read_refused},
    require,
    review::append_action,
};
use crate::{
    db::{self, Conn, files::FileInfo, invoices::NewInvoice, now_ms},
    domain::{
        attachment::NO_DOCUMENT,
        error::AppError,
        events::Room,
        filename::clean_filename,
        ids::{InvoiceId, TaskId},
        invoice::{UploadError, UploadOptions, UploadOutcome, UploadSocket},
        jobs::TaskState,
        reading::ModelChoice,
        roles::{Actor, Right},
        status::Status,
    },
};
use bytes::Bytes;
use uuid::Uuid;

/// The history's word for bringing an invoice, whole or as a part of a file.
pub(super) const UPLOADED: &str = "uploaded";

/// The most files one upload may hold.
pub const MAX_FILES: usize = 10;
/// The most bytes of one file.
pub const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;

/// The reader's word for e-mails, which are taken apart.
const MESSAGE: &str = "message/rfc822";

/// One file as it came in.
#[derive(Clone, Debug)]
pub struct UploadFile {
    /// As the sender named it; never used as a path.
    pub filename: String,
    pub bytes: Bytes,
}

/// One file to take in.
struct Incoming {
    filename: String,
    /// Where it came from, for its history.
    note: String,
    /// Or why they can not be had.
    bytes: Result<Bytes, AppError>,
}

/// A file that is stored, to become an invoice.
pub(super) struct StoredFile<'a> {
    pub id: InvoiceId,
    pub filename: &'a str,
    pub file: &'a FileInfo,
    pub options: &'a UploadOptions,
}

impl Services {
    /// The language models that an upload can ask for.
    pub fn models(&self, actor: &Actor) -> Result<Vec<ModelChoice>, AppError> {
        require(actor, Right::Upload)?;
        Ok(self.reader.models())
    }

    /// Stores each file and queues its reading. The order of the outcomes is that of the files; one that is an e-mail has
    /// an outcome for each file with it. Fails as a whole only when the actor may not upload, or sends none or too many.
    pub async fn upload(
        &self,
        actor: &Actor,
        files: Vec<UploadFile>,
        options: &UploadOptions,
    ) -> Result<Vec<UploadOutcome>, AppError> {
        require(actor, Right::Upload)?;
        check_options(options, &self.reader.models())?;
        if files.is_empty() {
            return Err(AppError::invalid(Some("file"), "Choose at least one file"));
        }
        if files.len() > MAX_FILES {
            return Err(AppError::invalid(Some("file"), format!("Upload at most {MAX_FILES} files at once")));
        }
        let mut outcomes = Vec::with_capacity(files.len());
        for file in files {
            for incoming in self.taken_apart(file).await {
                let outcome = self.upload_one(actor, &incoming, options).await;
                outcomes.push(outcome.unwrap_or_else(|error| refused(incoming.filename, &error)));
            }
        }
        Ok(outcomes)
    }

    /// The file, or, of an e-mail, the files with it.
    async fn taken_apart(&self, file: UploadFile) -> Vec<Incoming> {
        let filename = clean_filename(&file.filename);
        let is_message = file.bytes.len() <= MAX_FILE_BYTES && self.reader.content_type(&file.bytes) == Ok(MESSAGE);
        if !is_message {
            return vec![Incoming { note: filename.clone(), filename, bytes: Ok(file.bytes) }];
        }
        let all_refused =
            |error| vec![Incoming { note: filename.clone(), filename: filename.clone(), bytes: Err(error) }];
        let found = match self.reader.attachments(file.bytes.clone()).await {
            Ok(found) if found.is_empty() => {
                return all_refused(AppError::UnsupportedType { message: NO_DOCUMENT.into() });
            }
            Ok(found) => found,
            Err(error) => return all_refused(read_refused(error)),
        };
        let mut incoming = Vec::with_capacity(found.len());
        for attachment in found {
            let bytes = self.reader.attachment(file.bytes.clone(), attachment.number).await;
            incoming.push(Incoming {
                filename: clean_filename(&attachment.name),
                note: format!("{}, with the e-mail {filename}", attachment.name),
                bytes: bytes.map(|(_, bytes)| bytes).map_err(read_refused),
            });
        }
        incoming
    }

    async fn upload_one(
        &self,
        actor: &Actor,
        incoming: &Incoming,
        options: &UploadOptions,
    ) -> Result<UploadOutcome, AppError> {
        let bytes = incoming.bytes.clone()?;
        if bytes.len() > MAX_FILE_BYTES {
            return Err(AppError::TooLarge { message: "This file is larger than 10 MB".to_owned() });
        }
        let content_type = self.reader.content_type(&bytes).map_err(read_refused)?;
        if content_type == MESSAGE {
            return Err(AppError::UnsupportedType { message: "Too many e-mails inside each other".to_owned() });
        }
        let id = InvoiceId(Uuid::now_v7());
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        // The bytes first: a crash before the commit leaves an unused file, never an invoice without one.
        let hash = self.files.put_document(bytes).await.map_err(|error| file_failed(id, &error))?;
        let file = FileInfo { hash: hash.clone(), size, content_type: content_type.to_owned() };
        self.accept(actor, id, incoming, &file, options).await
    }

    /// Invoice, history, task and event in one transaction.
    async fn accept(
        &self,
        actor: &Actor,
        id: InvoiceId,
        incoming: &Incoming,
        file: &FileInfo,
        options: &UploadOptions,
    ) -> Result<UploadOutcome, AppError> {
        let at = now_ms();
        let filename = incoming.filename.as_str();
        let mut tx = self.store.begin().await?;
        let new = StoredFile { id, filename, file, options };
        let (task_id, duplicate_of) = self.accept_in(&mut tx, actor, &new, &incoming.note, at).await?;
        let (_, events) = append_action(&mut tx, id, &actor.name, UPLOADED).await?;
        self.commit(tx, events).await?;
        self.ring();
        tracing::info!(invoice_id = %id, %task_id, user_id = %actor.user_id, bytes = file.size, "file accepted");
        Ok(accepted(filename.to_owned(), id, task_id, duplicate_of))
    }

    /// Row, history and task of a new invoice, in the caller's transaction, which tells of it. Gives the task and the
    /// invoice with the same file.
    pub(super) async fn accept_in(
        &self,
        tx: &mut Conn,
        actor: &Actor,
        new: &StoredFile<'_>,
        note: &str,
        at: i64,
    ) -> Result<(TaskId, Option<InvoiceId>), AppError> {
        let StoredFile { id, file, options, .. } = *new;
        db::files::file_put(tx, file, at).await?;
        let duplicate_of = db::twins::twin_with_file(tx, &file.hash, id).await?;
        let row = NewInvoice {
            id,
            status: Status::Queued,
            file_hash: file.hash.clone(),
            filename: new.filename.to_owned(),
            options: options.clone(),
            uploaded_by: actor.user_id,
            uploader_name: actor.name.clone(),
            duplicate_of,
        };
        db::invoices::invoice_insert(tx, &row, at).await?;
        self.write_history(tx, id, actor, at, UPLOADED, &[], Some(note)).await?;
        let task_id = super::tasks::queue_task(tx, id, actor, options.priority, at).await?;
        Ok((task_id, duplicate_of))
    }
}

fn accepted(filename: String, id: InvoiceId, task_id: TaskId, duplicate_of: Option<InvoiceId>) -> UploadOutcome {
    UploadOutcome {
        filename,
        invoice_id: Some(id),
        task_id: Some(task_id),
        status: Some(TaskState::Queued.as_str().to_owned()),
        duplicate_of,
        websocket: Some(UploadSocket {
            room: Room::Task(task_id).to_string(),
            events: ["processing_status", "task_update", "invoice_updated"].map(str::to_owned).to_vec(),
        }),
        error: None,
    }
}

fn refused(filename: String, error: &AppError) -> UploadOutcome {
    tracing::info!(code = error.code(), "file refused");
    UploadOutcome {
        filename,
        invoice_id: None,
        task_id: None,
        status: None,
        duplicate_of: None,
        websocket: None,
        error: Some(UploadError { code: error.code().to_owned(), message: error.to_string() }),
    }
}

fn check_options(options: &UploadOptions, models: &[ModelChoice]) -> Result<(), AppError> {
    if !(0.0..=1.0).contains(&options.confidence_threshold) {
        return Err(AppError::invalid(Some("confidence_threshold"), "The threshold lies between 0 and 1"));
    }
    if !(-10..=10).contains(&options.priority) {
        return Err(AppError::invalid(Some("priority"), "The priority lies between -10 and 10"));
    }
    match options.model_provider.as_deref() {
        None | Some("local") => Ok(()),
        Some(asked) if models.iter().any(|model| model.provider == asked) => Ok(()),
        Some(_) => Err(AppError::invalid(Some("model_provider"), "This provider is not set up here")),
    }
}
