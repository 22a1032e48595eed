//! What the worker asks for: a task to do, its progress, and how it ended. The worker is the program itself, so no
//! actor is asked; what it does stands in the history as "Reader".

use super::{
    Services,
    review::{Fields, append_change},
    tasks::{append_status, told},
};
use crate::{
    db::{
        self, Conn,
        fields::StoredField,
        history::NewEntry,
        invoices::Findings,
        now_ms,
        tasks::{ClaimedTask, TaskEnd},
    },
    domain::{
        error::AppError,
        events::{InvoiceChange, ProcessingStatus},
        field::Field,
        ids::InvoiceId,
        invoice::{FieldChange, FieldValue, TaskError},
        jobs::{Stage, TaskState},
        learning::LearnedFrom,
        reading::{ReadValue, Reading},
        rows,
        status::{Status, Step},
    },
};
use bytes::Bytes;
use std::collections::BTreeMap;

/// How the program signs in the history.
const READER: &str = "Reader";
/// How long a worker holds a task before another may take it; renewed while it works.
pub const LEASE_MS: i64 = 6_000;
/// Tries of one task before it fails for good.
pub const MAX_ATTEMPTS: i64 = 5;

/// The lease was lost: cancelled by a person, or taken by another worker. Nothing may be saved.
#[derive(Debug, thiserror::Error)]
#[error("the task is no longer this worker's")]
pub struct LeaseLost;

impl Services {
    /// Takes the next task for a worker, and moves its invoice to "being read".
    pub async fn task_claim(&self, owner: &str) -> Result<Option<ClaimedTask>, AppError> {
        let now = now_ms();
        let claimed = {
            let mut tx = self.store.begin_quiet().await?;
            let claimed = db::tasks::task_claim(&mut tx, self.store.backend(), owner, now, LEASE_MS).await?;
            tx.commit().await.map_err(db::StoreError::from)?;
            claimed
        };
        Ok(claimed)
    }

    /// Marks a stage begun: a milestone, so it goes through the log. False: the lease is lost.
    pub async fn stage_start(&self, task: &ClaimedTask, stage: Stage) -> Result<bool, AppError> {
        let now = now_ms();
        if stage != Stage::Fetch {
            let mut tx = self.store.begin_quiet().await?;
            let held = db::tasks::task_progress(&mut tx, task, stage, stage.percent(), stage.message()).await?;
            if held {
                // Before the commit, while the row is ours: whoever cancels the task waits for it, so that what they
                // tell comes later.
                let eta = self.estimates.left(now - task.started_at);
                self.publisher.progress(task.invoice_id, running(task, stage, eta, now));
            }
            tx.commit().await.map_err(db::StoreError::from)?;
            return Ok(held);
        }
        let mut tx = self.store.begin().await?;
        if !db::tasks::task_progress(&mut tx, task, stage, stage.percent(), stage.message()).await? {
            return Ok(false);
        }
        let mut events = Vec::new();
        let summary = super::review::summary_now(&mut tx, task.invoice_id).await?;
        if summary.status != Status::Processing {
            let next = summary.status.step(Step::Start)?;
            db::invoices::invoice_set_status(&mut tx, task.invoice_id, next, None, now).await?;
            events.extend(changed(&mut tx, task.invoice_id, "started", BTreeMap::new()).await?);
        }
        let view = db::tasks::task_get(&mut tx, task.id).await?.ok_or(AppError::Internal)?;
        events.extend(append_status(&mut tx, &view, Some(Status::Processing), now).await?);
        self.commit(tx, events).await?;
        Ok(true)
    }

    /// Says which page of a scan is read now. False: the lease is lost.
    pub async fn page_begun(&self, task: &ClaimedTask, page: u32, of: u32) -> Result<bool, AppError> {
        let now = now_ms();
        let (from, to) = (u32::from(Stage::Extraction.percent()), u32::from(Stage::Validation.percent()));
        let done = from + (to - from) * (page.saturating_sub(1)).min(of) / of.max(1);
        let percent = u8::try_from(done).unwrap_or(Stage::Validation.percent());
        let message = format!("Reading page {page} of {of}");
        let mut tx = self.store.begin_quiet().await?;
        let held = db::tasks::task_progress(&mut tx, task, Stage::Extraction, percent, &message).await?;
        if held {
            let eta = self.estimates.left(now - task.started_at);
            let status = running(task, Stage::Extraction, eta, now);
            self.publisher.progress(task.invoice_id, ProcessingStatus { progress: percent, message, ..status });
        }
        tx.commit().await.map_err(db::StoreError::from)?;
        Ok(held)
    }

    /// Keeps the lease. False: it is lost.
    pub async fn task_renew(&self, task: &ClaimedTask) -> Result<bool, AppError> {
        let mut tx = self.store.begin_quiet().await?;
        let held = db::tasks::task_renew(&mut tx, task, now_ms() + LEASE_MS).await?;
        tx.commit().await.map_err(db::StoreError::from)?;
        Ok(held)
    }

    /// The bytes of the task's document, and the language model that is to help with it, where the upload said.
    pub async fn task_document(&self, task: &ClaimedTask) -> Result<(Bytes, Option<String>), AppError> {
        let row = db::invoices::invoice_get(&mut *self.store.read().await?, task.invoice_id)
            .await?
            .ok_or_else(|| AppError::not_found("Invoice"))?;
        let document = self.files.document(&row.file_hash).await;
        let document = document.map_err(|error| super::invoices::file_failed(task.invoice_id, &error))?;
        Ok((document, row.options.model_provider))
    }

    /// Saves what was read: values, lines, checks, history and event in one transaction, only under the lease.
    pub async fn reading_save(&self, task: &ClaimedTask, reading: &Reading) -> Result<Result<(), LeaseLost>, AppError> {
        let now = now_ms();
        let id = task.invoice_id;
        self.keep_words(id, reading).await?;
        let mut tx = self.store.begin().await?;
        if !db::tasks::task_end(&mut tx, task, TaskEnd::Completed, now).await? {
            return Ok(Err(LeaseLost));
        }
        let summary = super::review::summary_now(&mut tx, id).await?;
        let next = summary.status.step(Step::FinishReading)?;
        let findings = Findings {
            kind: reading.kind.as_str(),
            syntax: reading.syntax,
            pages: &reading.pages,
            notes: &reading.notes,
            broken_rules: &reading.broken_rules,
            parts: &reading.parts,
            allowances: &reading.allowances,
        };
        db::invoices::invoice_set_findings(&mut tx, id, &findings).await?;
        let (fields, changes) = save_values(&mut tx, id, reading, now).await?;
        db::invoices::invoice_set_status(&mut tx, id, next, None, now).await?;
        let row = db::invoices::invoice_get(&mut tx, id).await?.ok_or(AppError::Internal)?;
        let judged = self.judge(&mut tx, &row, &fields, now).await?;
        super::learning::used(&mut tx, id, &fields, now).await?;
        let note = super::learning::told(reading);
        let note = note.as_deref();
        let entry = NewEntry { at: now, actor_id: None, actor_name: READER, action: "read", changes: &changes, note };
        db::history::history_append(&mut tx, id, entry).await?;
        let mut further = self.approve_touchless(&mut tx, &row, &fields, &judged, now).await?;
        if further.is_none() {
            further = self.submit_by_itself(&mut tx, &row, &fields, &judged, now).await?;
        }
        // Lines are many: whoever shows them asks for the invoice when it has been read.
        let single = super::invoices::values(fields).into_iter().filter(|(field, _)| field.row().is_none());
        let mut events = changed(&mut tx, id, "read", single.collect()).await?;
        let next = further.as_ref().map_or(next, |(reached, _)| *reached);
        events.extend(further.into_iter().flat_map(|(_, told)| told));
        let view = db::tasks::task_get(&mut tx, task.id).await?.ok_or(AppError::Internal)?;
        events.extend(append_status(&mut tx, &view, Some(next), now).await?);
        self.commit(tx, events).await?;
        self.estimates.took(now - task.started_at);
        Ok(Ok(()))
    }

    /// Ends a try that failed: again after a while when that may help and tries are left, else for good.
    pub async fn task_fail(&self, task: &ClaimedTask, error: &TaskError, temporary: bool) -> Result<(), AppError> {
        let now = now_ms();
        let mut tx = self.store.begin().await?;
        if temporary && task.attempts < MAX_ATTEMPTS {
            let run_after = now + backoff_ms(task.attempts);
            if !db::tasks::task_end(&mut tx, task, TaskEnd::Again { error, run_after }, now).await? {
                return Ok(());
            }
            let events = told(&mut tx, task.id, now).await?;
            self.commit(tx, events).await?;
            tracing::warn!(task_id = %task.id, attempts = task.attempts, code = error.code, "task will be tried again");
            return Ok(());
        }
        if !db::tasks::task_end(&mut tx, task, TaskEnd::Failed(error), now).await? {
            return Ok(());
        }
        let id = task.invoice_id;
        let summary = super::review::summary_now(&mut tx, id).await?;
        let next = summary.status.step(Step::Fail)?;
        db::invoices::invoice_set_status(&mut tx, id, next, None, now).await?;
        note_history(&mut tx, id, "failed", now, Some(&error.message)).await?;
        let mut events = changed(&mut tx, id, "failed", BTreeMap::new()).await?;
        let view = db::tasks::task_get(&mut tx, task.id).await?.ok_or(AppError::Internal)?;
        events.extend(append_status(&mut tx, &view, Some(next), now).await?);
        self.commit(tx, events).await?;
        tracing::warn!(task_id = %task.id, invoice_id = %id, code = error.code, "task failed");
        Ok(())
    }

    /// Gives a task back for a shutdown.
    pub async fn task_release(&self, task: &ClaimedTask) -> Result<(), AppError> {
        let mut tx = self.store.begin().await?;
        if !db::tasks::task_release(&mut tx, task).await? {
            return Ok(());
        }
        let events = told(&mut tx, task.id, now_ms()).await?;
        self.commit(tx, events).await
    }
}

/// 0.5 s, 1 s, 2 s … at most 30 s.
fn backoff_ms(attempts: i64) -> i64 {
    let doubled = 500_i64 << attempts.clamp(1, 7).saturating_sub(1);
    doubled.min(30_000)
}

fn running(task: &ClaimedTask, stage: Stage, eta_seconds: Option<u32>, at: i64) -> ProcessingStatus {
    ProcessingStatus {
        task_id: task.id,
        status: TaskState::Processing,
        progress: stage.percent(),
        stage: Some(stage),
        message: stage.message().to_owned(),
        timestamp: at,
        eta_seconds,
        invoice_status: Some(Status::Processing),
        error: None,
    }
}

pub(super) async fn note_history(
    conn: &mut Conn,
    id: InvoiceId,
    action: &str,
    at: i64,
    note: Option<&str>,
) -> Result<(), AppError> {
    let entry = NewEntry { at, actor_id: None, actor_name: READER, action, changes: &[], note };
    db::history::history_append(conn, id, entry).await?;
    Ok(())
}

pub(super) async fn changed(
    conn: &mut Conn,
    id: InvoiceId,
    action: &str,
    fields: BTreeMap<Field, FieldValue>,
) -> Result<Vec<crate::domain::events::LoggedEvent>, AppError> {
    let invoice = super::review::summary_now(conn, id).await?;
    append_change(
        conn,
        id,
        READER,
        InvoiceChange { action: action.to_owned(), invoice, fields, deleted: false, comment: None },
    )
    .await
}

/// Writes the values read, and says which took the place of others. What a person entered or confirmed before (the
/// document was read again) stays; rows that are not there any more go.
async fn save_values(
    conn: &mut Conn,
    id: InvoiceId,
    reading: &Reading,
    at: i64,
) -> Result<(Fields, Vec<FieldChange>), AppError> {
    let mut fields = db::fields::field_list(conn, id).await?;
    let version = fields.values().map(|stored| stored.value.version).max().unwrap_or(0) + 1;
    let mut read = rows::of_reading(reading);
    read.extend(reading.fields.iter().map(|(field, value)| (*field, value.clone())));
    for field in fields.keys().filter(|field| field.row().is_some()) {
        read.entry(*field).or_insert_with(|| rows::removed(reading));
    }
    read.retain(|field, _| fields.get(field).is_none_or(|stored| stored.value.verified_by.is_none()));

    let mut changes = Vec::new();
    let mut written = Vec::new();
    for (field, read) in read {
        let after = Some(read.value.clone());
        let learned = reading.learned.get(&field).cloned();
        let before = fields.insert(field, stored(read, learned, version, at)).map(|before| before.value.value);
        written.push(field);
        if before.is_some() && before != after {
            changes.push(FieldChange { name: field, before, after, version, place: None });
        }
    }
    db::fields::field_put_all(conn, id, written.iter().filter_map(|field| Some((*field, fields.get(field)?)))).await?;
    Ok((fields, changes))
}

fn stored(read: ReadValue, learned: Option<LearnedFrom>, version: i64, at: i64) -> StoredField {
    StoredField {
        value: FieldValue {
            value: read.value,
            raw: read.raw,
            confidence: read.confidence,
            page: read.place.map(|place| place.page),
            place: read.place,
            source: read.source,
            version,
            verified_by: None,
            learned,
        },
        changed_by: READER.to_owned(),
        changed_at: at,
    }
}
