//! Files that hold several invoices: what they seem to hold is proposed, and a person takes them apart or says that they
//! are one. Each part becomes a document and an invoice of its own; the file itself stays as it came.

use super::{
    Services,
    invoices::{file_failed, read_refused},
    require,
    review::append_action,
    uploads::{StoredFile, UPLOADED},
};
use crate::{
    db::{self, Conn, files::FileInfo, invoices::InvoiceRow, now_ms},
    domain::{
        checks::{CheckResult, Severity},
        error::AppError,
        events::LoggedEvent,
        field::Field,
        ids::InvoiceId,
        invoice::InvoiceSummary,
        reading::DocumentKind,
        roles::{Actor, Right},
        splitting::{self, PageRange, SEVERAL_INVOICES, SplitPart, SplitRequest, Splitting},
        status::{Status, Step},
    },
};
use bytes::Bytes;
use uuid::Uuid;

/// The history's words for what was said.
const KEPT_WHOLE: &str = "kept_whole";
const SPLIT: &str = "split";

const PDF: &str = "application/pdf";
/// Of a file's name, before the pages are added to it.
const MAX_STEM: usize = 160;

/// A part whose file is stored, to become an invoice.
struct StoredPart {
    id: InvoiceId,
    pages: PageRange,
    filename: String,
    file: FileInfo,
}

impl Services {
    /// Takes a file apart into the invoices it holds, each of which is read by itself, and discards the invoice that the
    /// whole file was; with a single part of all pages, says that it is one invoice. Gives what it was taken apart into.
    pub async fn split(
        &self,
        actor: &Actor,
        id: InvoiceId,
        request: &SplitRequest,
    ) -> Result<Vec<SplitPart>, AppError> {
        require(actor, Right::Edit)?;
        let (row, file) = {
            let mut conn = self.store.read().await?;
            let row = db::invoices::invoice_get(&mut conn, id).await?.ok_or_else(|| AppError::not_found("Invoice"))?;
            let file = db::files::file_get(&mut conn, &row.file_hash).await?.ok_or(AppError::Internal)?;
            (row, file)
        };
        require_splittable(&row, &file.content_type, request)?;
        if request.parts.len() == 1 {
            return self.keep_whole(actor, id, request).await;
        }
        require(actor, Right::Upload)?;
        let document = self.files.document(&row.file_hash).await.map_err(|error| file_failed(id, &error))?;
        let mut parts = Vec::with_capacity(request.parts.len());
        for pages in &request.parts {
            parts.push(self.store_part(&row.summary, document.clone(), *pages).await?);
        }
        self.split_into(actor, id, request, &file.content_type, &parts).await
    }

    /// The bytes first, as with an upload: a crash before the commit leaves unused files.
    async fn store_part(
        &self,
        whole: &InvoiceSummary,
        document: Bytes,
        pages: PageRange,
    ) -> Result<StoredPart, AppError> {
        let bytes = self.reader.pages(document, pages).await.map_err(read_refused)?;
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let hash = self.files.put_document(bytes).await.map_err(|error| file_failed(whole.id, &error))?;
        let file = FileInfo { hash, size, content_type: PDF.to_owned() };
        Ok(StoredPart { id: InvoiceId(Uuid::now_v7()), pages, filename: part_name(&whole.filename, pages), file })
    }

    /// All invoices and the end of the whole, in one transaction.
    async fn split_into(
        &self,
        actor: &Actor,
        id: InvoiceId,
        request: &SplitRequest,
        content_type: &str,
        parts: &[StoredPart],
    ) -> Result<Vec<SplitPart>, AppError> {
        let at = now_ms();
        let mut tx = self.store.begin().await?;
        let row = db::invoices::invoice_get(&mut tx, id).await?.ok_or_else(|| AppError::not_found("Invoice"))?;
        require_splittable(&row, content_type, request)?;
        let cancelled = row.summary.status.step(Step::Cancel)?;
        let mut events = Vec::new();
        let mut done = Vec::with_capacity(parts.len());
        for part in parts {
            events.extend(self.accept_part(&mut tx, actor, &row, part, at).await?);
            let StoredPart { id, pages, filename, .. } = part;
            done.push(SplitPart { invoice_id: *id, pages: *pages, filename: filename.clone() });
        }
        db::invoices::invoice_set_status(&mut tx, id, cancelled, None, at).await?;
        let labels: Vec<String> = parts.iter().map(|part| part.pages.label()).collect();
        let note = ["into ", &parts.len().to_string(), " invoices: ", &labels.join(", ")].concat();
        self.write_history(&mut tx, id, actor, at, SPLIT, &[], Some(&note)).await?;
        events.extend(super::tasks::cancel_running(&mut tx, id, at).await?);
        events.extend(append_action(&mut tx, id, &actor.name, SPLIT).await?.1);
        self.commit(tx, events).await?;
        self.ring();
        tracing::info!(invoice_id = %id, user_id = %actor.user_id, parts = parts.len(), "file taken apart");
        Ok(done)
    }

    /// The invoice of some pages: as if it had been uploaded by itself, by who took the file apart.
    async fn accept_part(
        &self,
        tx: &mut Conn,
        actor: &Actor,
        whole: &InvoiceRow,
        part: &StoredPart,
        at: i64,
    ) -> Result<Vec<LoggedEvent>, AppError> {
        let StoredPart { id, pages, filename, file } = part;
        let new = StoredFile { id: *id, filename, file, options: &whole.options };
        let note = [&pages.label(), " of ", &whole.summary.filename].concat();
        self.accept_in(tx, actor, &new, &note, at).await?;
        db::splitting::split_put(tx, *id, whole.summary.id, *pages).await?;
        if let Some(person) = &whole.summary.assigned_to {
            db::invoices::invoice_set_assignee(tx, *id, Some(person)).await?;
        }
        Ok(append_action(tx, *id, &actor.name, UPLOADED).await?.1)
    }

    /// Keeps that the file is one invoice: what it seemed to hold is not proposed again.
    async fn keep_whole(
        &self,
        actor: &Actor,
        id: InvoiceId,
        request: &SplitRequest,
    ) -> Result<Vec<SplitPart>, AppError> {
        let at = now_ms();
        let mut tx = self.store.begin().await?;
        let row = db::invoices::invoice_get(&mut tx, id).await?.ok_or_else(|| AppError::not_found("Invoice"))?;
        require_open(&row.summary, request)?;
        self.write_history(&mut tx, id, actor, at, KEPT_WHOLE, &[], None).await?;
        let fields = db::fields::field_list(&mut tx, id).await?;
        self.judge(&mut tx, &row, &fields, at).await?;
        let (_, events) = append_action(&mut tx, id, &actor.name, KEPT_WHOLE).await?;
        self.commit(tx, events).await?;
        Ok(Vec::new())
    }
}

/// What whoever asks is to know of the pages: what is proposed, where they came from, where they went.
pub(super) async fn splitting_of(
    conn: &mut Conn,
    actor: &Actor,
    row: &InvoiceRow,
    content_type: &str,
) -> Result<Splitting, AppError> {
    let id = row.summary.id;
    let is_open = row.checks.iter().any(|check| check.rule == SEVERAL_INVOICES);
    let is_whole = row.summary.status != Status::Cancelled;
    Ok(Splitting {
        proposed: if is_open { row.parts.clone() } else { Vec::new() },
        from: db::splitting::split_origin(conn, id).await?,
        into: if is_whole { Vec::new() } else { db::splitting::split_into(conn, id).await? },
        allowed: actor.may(Right::Edit)
            && actor.may(Right::Upload)
            && is_at_work(row.summary.status)
            && has_parts(row, content_type),
    })
}

/// Blocks approval while nobody has said how many invoices the file holds.
pub(super) async fn check(conn: &mut Conn, row: &InvoiceRow) -> Result<Option<CheckResult>, AppError> {
    if row.parts.len() < 2 || db::history::history_has_action(conn, row.summary.id, KEPT_WHOLE).await? {
        return Ok(None);
    }
    let count = row.parts.len();
    Ok(Some(CheckResult {
        rule: SEVERAL_INVOICES.to_owned(),
        severity: Severity::Block,
        message: format!("This file seems to hold {count} invoices: split it, or say that it is one"),
        fields: vec![Field::InvoiceNumber],
        expected: None,
        found: None,
    }))
}

fn is_at_work(status: Status) -> bool {
    matches!(status, Status::NeedsReview | Status::Postponed)
}

/// Whether its pages could be invoices of their own: not where XML says what the invoice is.
fn has_parts(row: &InvoiceRow, content_type: &str) -> bool {
    let kinds = [DocumentKind::TextPdf, DocumentKind::ScanImage];
    content_type == PDF && row.pages.len() > 1 && kinds.iter().any(|kind| Some(kind.as_str()) == row.kind.as_deref())
}

fn require_splittable(row: &InvoiceRow, content_type: &str, request: &SplitRequest) -> Result<(), AppError> {
    require_open(&row.summary, request)?;
    if !has_parts(row, content_type) {
        return Err(AppError::Blocked {
            code: "not_splittable".into(),
            message: "Only a PDF of several pages, without an invoice's XML in it, can be split".into(),
        });
    }
    let pages = u32::try_from(row.pages.len()).unwrap_or(u32::MAX);
    splitting::check(&request.parts, pages).map_err(|words| AppError::invalid(Some("parts"), words))
}

fn require_open(summary: &InvoiceSummary, request: &SplitRequest) -> Result<(), AppError> {
    if !is_at_work(summary.status) {
        let status = summary.status.label().to_lowercase();
        return Err(AppError::Blocked {
            code: "not_splittable".into(),
            message: format!("An invoice that is {status} can not be split"),
        });
    }
    if summary.version != request.base_version {
        return Err(AppError::Stale { invoice_id: summary.id, version: summary.version });
    }
    Ok(())
}

/// "batch.pdf" → "batch (pages 2–3).pdf".
fn part_name(whole: &str, pages: PageRange) -> String {
    let stem = whole.rsplit_once('.').map_or(whole, |(stem, _)| stem);
    let stem: String = stem.chars().take(MAX_STEM).collect();
    [stem.trim_end(), " (", &pages.label().to_lowercase(), ").pdf"].concat()
}

#[cfg(test)]
mod tests {
    use super::part_name;
    use crate::domain::splitting::PageRange;

    #[test]
    fn parts_are_named_after_the_whole() {
        assert_eq!(part_name("batch.pdf", PageRange { first: 2, last: 3 }), "batch (pages 2–3).pdf");
        assert_eq!(part_name("scan", PageRange { first: 4, last: 4 }), "scan (page 4).pdf");
        assert!(part_name(&"x".repeat(300), PageRange { first: 1, last: 1 }).chars().count() <= 200);
    }
}
