//! Looking at one: an invoice, its neighbours, document and pages.

use super::{Services, dashboard::checked_query, require};
use crate::{
    db::{self, Conn, fields::StoredField, invoices::InvoiceRow, list::Neighbours},
    domain::{
        error::AppError,
        events::Room,
        ids::InvoiceId,
        invoice::{FieldValue, InvoiceDetail, InvoiceQuery},
        reading::{DocumentKind, PageWord, ReadError, Reading},
        roles::{Actor, Right},
        status::{Status, Step},
    },
};
use bytes::Bytes;
use std::collections::BTreeMap;

/// A document as it was uploaded.
#[derive(Clone, Debug)]
pub struct Document {
    pub bytes: Bytes,
    pub content_type: String,
    pub filename: String,
    /// SHA-256, hex.
    pub hash: String,
}

/// The steps that have buttons, in their order.
const STEPS_SHOWN: [Step; 9] = [
    Step::Submit,
    Step::Approve,
    Step::Reject,
    Step::Reopen,
    Step::Postpone,
    Step::MarkDuplicate,
    Step::NotDuplicate,
    Step::Cancel,
    Step::Retry,
];

/// Widths of page images we render, in pixels; others are raised to the next of these.
const PAGE_WIDTHS: [u32; 4] = [200, 800, 1200, 1800];

impl Services {
    /// One invoice whole, with what this actor may do and the position to subscribe from.
    pub async fn invoice(&self, actor: &Actor, id: InvoiceId) -> Result<InvoiceDetail, AppError> {
        require(actor, Right::Read)?;
        let mut tx = self.store.snapshot().await?;
        let mut row = db::invoices::invoice_get(&mut tx, id).await?.ok_or_else(|| AppError::not_found("Invoice"))?;
        let fields = db::fields::field_list(&mut tx, id).await?;
        let bank_account = super::bank_accounts::look_again(&mut tx, actor, &mut row, &fields).await?;
        let file = db::files::file_get(&mut tx, &row.file_hash).await?.ok_or(AppError::Internal)?;
        let task = db::tasks::task_of_invoice(&mut tx, id).await?;
        let position = db::events::event_position(&mut tx, &Room::Invoice(id)).await?;
        let approve_refused = self.approve_refused(&mut tx, actor, &row, &fields).await?;
        let first_approver = super::approval::first_approver(&mut tx, &row, &fields).await?;
        let allowed = allowed_steps(&mut tx, actor, &row, approve_refused.is_some()).await?;
        let may_approve = allowed.contains(&Step::Approve);
        let approve_needs_reason = may_approve.then(|| super::steps::failing_checks(&row.checks)).flatten();
        let splitting = super::splitting::splitting_of(&mut tx, actor, &row, &file.content_type).await?;
        let reject_reasons = match allowed.contains(&Step::Reject) {
            true => super::reject_reasons::reasons_offered(&mut tx).await?,
            false => Vec::new(),
        };
        Ok(InvoiceDetail {
            reject_reasons,
            may_assign: actor.may(Right::Edit) && row.summary.status.is_undecided(),
            may_edit: actor.may(Right::Edit) && row.summary.status.editable(),
            kind: row.kind,
            content_type: file.content_type,
            size: file.size,
            fields: values(fields),
            pages: row.pages,
            allowances: row.allowances,
            notes: row.notes,
            checks: row.checks,
            review_reasons: row.review_reasons,
            error: task.as_ref().and_then(|task| task.error.clone()),
            task,
            allowed,
            approve_refused,
            first_approver,
            bank_account,
            approve_needs_reason,
            splitting,
            uploaded_by_id: row.uploaded_by,
            position,
            summary: row.summary,
        })
    }

    pub async fn invoice_neighbours(
        &self,
        actor: &Actor,
        id: InvoiceId,
        query: &InvoiceQuery,
    ) -> Result<Neighbours, AppError> {
        require(actor, Right::Read)?;
        let query = checked_query(actor, query)?;
        Ok(db::list::invoice_neighbours(&mut *self.store.snapshot().await?, id, &query).await?)
    }

    /// The document exactly as it was uploaded.
    pub async fn document(&self, actor: &Actor, id: InvoiceId) -> Result<Document, AppError> {
        require(actor, Right::Read)?;
        let mut conn = self.store.read().await?;
        let row = db::invoices::invoice_get(&mut conn, id).await?.ok_or_else(|| AppError::not_found("Invoice"))?;
        let file = db::files::file_get(&mut conn, &row.file_hash).await?.ok_or(AppError::Internal)?;
        drop(conn);
        let bytes = self.files.document(&row.file_hash).await.map_err(|error| file_failed(id, &error))?;
        Ok(Document { bytes, content_type: file.content_type, filename: row.summary.filename, hash: row.file_hash })
    }

    /// A page (from 1) as PNG; `width` is raised to the next width we keep.
    pub async fn page_image(&self, actor: &Actor, id: InvoiceId, page: u32, width: u32) -> Result<Bytes, AppError> {
        require(actor, Right::Read)?;
        let width = PAGE_WIDTHS.into_iter().find(|kept| *kept >= width).unwrap_or(PAGE_WIDTHS[PAGE_WIDTHS.len() - 1]);
        let row = db::invoices::invoice_get(&mut *self.store.read().await?, id)
            .await?
            .ok_or_else(|| AppError::not_found("Invoice"))?;
        if page == 0 || usize::try_from(page).map_or(true, |page| page > row.pages.len()) {
            return Err(AppError::not_found("Page"));
        }
        let kept = self.files.page_image(&row.file_hash, page, width).await.map_err(|error| file_failed(id, &error))?;
        if let Some(png) = kept {
            return Ok(png);
        }
        let document = self.files.document(&row.file_hash).await.map_err(|error| file_failed(id, &error))?;
        let png = self.reader.page_png(document, page, width).await.map_err(read_refused)?;
        self.files
            .put_page_image(&row.file_hash, page, width, png.clone())
            .await
            .map_err(|error| file_failed(id, &error))?;
        Ok(png)
    }

    /// The words of a page, for people who point at them. Those of a scan were kept when it was read.
    pub async fn page_words(&self, actor: &Actor, id: InvoiceId, page: u32) -> Result<Vec<PageWord>, AppError> {
        require(actor, Right::Read)?;
        let row = db::invoices::invoice_get(&mut *self.store.read().await?, id)
            .await?
            .ok_or_else(|| AppError::not_found("Invoice"))?;
        if page == 0 || usize::try_from(page).map_or(true, |page| page > row.pages.len()) {
            return Err(AppError::not_found("Page"));
        }
        let kept = self.files.page_words(&row.file_hash, page).await.map_err(|error| file_failed(id, &error))?;
        if let Some(words) = kept.and_then(|words| serde_json::from_slice(&words).ok()) {
            return Ok(words);
        }
        let document = self.files.document(&row.file_hash).await.map_err(|error| file_failed(id, &error))?;
        let words = self.reader.page_words(document, page).await.map_err(read_refused)?;
        if row.kind.as_deref() == Some(DocumentKind::ScanImage.as_str()) && !words.is_empty() {
            self.keep_page_words(id, &row.file_hash, page, &words).await?;
        }
        Ok(words)
    }

    /// Keeps the words of a scan beside it, page by page: to find them again takes a second each time.
    pub(super) async fn keep_words(&self, id: InvoiceId, reading: &Reading) -> Result<(), AppError> {
        if reading.words.is_empty() {
            return Ok(());
        }
        let row = db::invoices::invoice_get(&mut *self.store.read().await?, id)
            .await?
            .ok_or_else(|| AppError::not_found("Invoice"))?;
        for words in reading.words.chunk_by(|a, b| a.place.page == b.place.page) {
            if let Some(first) = words.first() {
                self.keep_page_words(id, &row.file_hash, first.place.page, words).await?;
            }
        }
        Ok(())
    }

    async fn keep_page_words(&self, id: InvoiceId, hash: &str, page: u32, words: &[PageWord]) -> Result<(), AppError> {
        let words = serde_json::to_vec(words).map_err(|_| AppError::Internal)?;
        self.files.put_page_words(hash, page, words.into()).await.map_err(|error| file_failed(id, &error))
    }

    /// Reads a document and keeps nothing.
    pub async fn analyze(&self, actor: &Actor, document: Bytes) -> Result<Reading, AppError> {
        require(actor, Right::Upload)?;
        self.reader.content_type(&document).map_err(read_refused)?;
        let mut reading = self.reader.read(document.clone()).await.map_err(read_refused)?;
        self.learned_apply(&document, &mut reading).await;
        Ok(Reading { words: Vec::new(), ..reading })
    }
}

/// A document that can not be read, in the words of the API.
pub(super) fn read_refused(error: ReadError) -> AppError {
    use crate::domain::reading::ReadErrorCode;
    match error.code {
        ReadErrorCode::UnsupportedType => AppError::UnsupportedType { message: error.message },
        ReadErrorCode::TooLarge => AppError::TooLarge { message: error.message },
        ReadErrorCode::ReaderFailed => AppError::Internal,
        _ => AppError::invalid(Some("file"), error.message),
    }
}

pub(super) fn file_failed(id: InvoiceId, error: &crate::adapters::files::FileError) -> AppError {
    tracing::error!(invoice_id = %id, %error, "file store failed");
    AppError::Internal
}

pub(super) fn values(
    fields: BTreeMap<crate::domain::field::Field, StoredField>,
) -> BTreeMap<crate::domain::field::Field, FieldValue> {
    fields.into_iter().map(|(field, stored)| (field, stored.value)).collect()
}

/// The steps whose buttons this actor sees.
async fn allowed_steps(
    conn: &mut Conn,
    actor: &Actor,
    row: &InvoiceRow,
    approve_refused: bool,
) -> Result<Vec<Step>, AppError> {
    let status = row.summary.status;
    let twin_known = row.summary.duplicate_of.is_some() || status == Status::Duplicate;
    let mut allowed = Vec::new();
    for step in STEPS_SHOWN {
        let is_refused = match step {
            Step::Approve => approve_refused,
            Step::MarkDuplicate | Step::NotDuplicate => !twin_known,
            _ => false,
        };
        if status.step(step).is_ok() && !is_refused && super::steps::may_take(conn, actor, step, &row.summary).await? {
            allowed.push(step);
        }
    }
    Ok(allowed)
}
