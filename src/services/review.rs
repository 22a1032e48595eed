//! Correcting and deciding: edits with a version a field, and the steps between statuses.

use super::{Services, checking::Judged, require};
use crate::{
    db::{self, Conn, StoreError, fields::StoredField, history::NewEntry, invoices::InvoiceRow, now_ms},
    domain::{
        checks::{CheckResult, Severity},
        error::AppError,
        events::{Event, InvoiceChange, LoggedEvent, Room},
        field::Field,
        ids::InvoiceId,
        invoice::{
            EditResult, FieldChange, FieldConflict, FieldEdit, FieldValue, HistoryEntry, InvoiceSummary,
            REJECT_REASONS, StepRequest,
        },
        normalise::normalise,
        reading::Source,
        roles::{Actor, Right},
        status::{Status, Step, StepRefused},
    },
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

type Fields = BTreeMap<Field, StoredField>;

/// The most fields one edit may change.
const MAX_EDITS: usize = 100;
/// The most characters of a value, a note or a reason.
const MAX_TEXT: usize = 4_000;
/// The history's words for edits.
const CHANGED: &str = "field_changed";
const VERIFIED: &str = "verified";
/// How many changes are looked back through for the value a stale edit was based on.
const LOOK_BACK: i64 = 100;

/// What is kept of a mutation, for when it is sent again.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// SHA-256 of the edits, hex.
    edits: String,
    result: EditResult,
}

/// The right a step needs from a status: taking an approval back is the approver's.
pub(super) fn right_for(step: Step, from: Status) -> Right {
    match (step, from) {
        (Step::Reopen, Status::Approved | Status::Rejected | Status::AwaitingApproval) => Right::Approve,
        (Step::Submit | Step::Cancel | Step::Retry | Step::Postpone, _) => Right::Edit,
        _ => step.right(),
    }
}

impl Services {
    /// Changes fields on the versions the person saw. All or nothing: one conflict and nothing changes. The same
    /// mutation id again gives the same answer and changes nothing. A value given again as it stands is confirmed: that
    /// is no change, so it voids no submission and whoever did it may still approve.
    pub async fn edit_fields(
        &self,
        actor: &Actor,
        id: InvoiceId,
        mutation_id: &str,
        edits: &[FieldEdit],
    ) -> Result<EditResult, AppError> {
        require(actor, Right::Edit)?;
        let edits = normalised(mutation_id, edits)?;
        let digest = digest(&edits)?;
        let request_key = format!("edit:{id}:{mutation_id}");
        let mut tx = self.store.begin().await?;
        if let Some((_, body)) = db::requests::request_get(&mut tx, &actor.user_id.to_string(), &request_key).await? {
            return kept_result(&body, &digest);
        }
        let row = db::invoices::invoice_get(&mut tx, id).await?.ok_or_else(|| AppError::not_found("Invoice"))?;
        if !row.summary.status.editable() {
            return Err(AppError::Blocked {
                code: "not_editable".into(),
                message: format!("An invoice that is {} can not be changed", row.summary.status.label().to_lowercase()),
            });
        }
        let mut fields = db::fields::field_list(&mut tx, id).await?;
        let stale: Vec<&FieldEdit> = edits.iter().filter(|edit| is_stale(&fields, edit)).collect();
        if !stale.is_empty() {
            // What happened since is read without holding up other writers.
            tx.rollback().await.map_err(StoreError::from)?;
            let history = db::history::history_changes(&mut *self.store.read().await?, id, LOOK_BACK).await?;
            let conflicts = stale.into_iter().map(|edit| conflict(edit, &fields, &history)).collect();
            return Err(AppError::Conflict { conflicts });
        }
        let at = now_ms();
        let (confirmed, changes) = apply(&mut fields, &edits, actor, at);
        let action = if changes.is_empty() { VERIFIED } else { CHANGED };
        for field in touched(&edits) {
            if let Some(stored) = fields.get(&field) {
                db::fields::field_put(&mut tx, id, field, stored).await?;
            }
        }
        let voided =
            row.summary.status == Status::AwaitingApproval && changes.iter().any(|change| change.name.voids_approval());
        if voided {
            db::invoices::invoice_set_status(&mut tx, id, Status::NeedsReview, None, at).await?;
        }
        let judged = self.judge(&mut tx, &row, &fields, at).await?;
        let note = voided.then_some("Back to review: the change needs a new approval");
        for (done, fields) in [(VERIFIED, &confirmed), (CHANGED, &changes)] {
            if !fields.is_empty() {
                let note = note.filter(|_| done == CHANGED);
                self.write_history(&mut tx, id, actor, at, done, fields, note).await?;
            }
        }
        let summary = summary_now(&mut tx, id).await?;
        let changed: BTreeMap<Field, FieldValue> =
            touched(&edits).into_iter().filter_map(|field| Some((field, fields.get(&field)?.value.clone()))).collect();
        let result = EditResult {
            version: summary.version,
            status: summary.status,
            fields: changed.clone(),
            checks: judged.checks,
            review_reasons: judged.reasons,
        };
        let kept = Kept { edits: digest, result };
        let body = serde_json::to_string(&kept).map_err(|_| AppError::Internal)?;
        db::requests::request_put(&mut tx, &actor.user_id.to_string(), &request_key, 200, &body, at).await?;
        let change = InvoiceChange { action: action.into(), invoice: summary, fields: changed, deleted: false };
        let events = append_change(&mut tx, id, &actor.name, change).await?;
        self.commit(tx, events).await?;
        tracing::info!(invoice_id = %id, user_id = %actor.user_id, action, fields = edits.len(), "fields edited");
        Ok(kept.result)
    }

    /// Takes a step, with every rule that stands before it.
    pub async fn take_step(
        &self,
        actor: &Actor,
        id: InvoiceId,
        step: Step,
        request: &StepRequest,
    ) -> Result<InvoiceSummary, AppError> {
        check_request(step, request)?;
        let mut tx = self.store.begin().await?;
        let mut row = db::invoices::invoice_get(&mut tx, id).await?.ok_or_else(|| AppError::not_found("Invoice"))?;
        let from = row.summary.status;
        require(actor, right_for(step, from))?;
        if matches!(step, Step::Queue | Step::Start | Step::Fail | Step::FinishReading) {
            return Err(StepRefused { from, step }.into());
        }
        let next = from.step(step)?;
        if let Some(version) = request.base_version.filter(|version| *version != row.summary.version) {
            tracing::debug!(invoice_id = %id, version, now = row.summary.version, "step on a stale version");
            return Err(AppError::Stale { invoice_id: id, version: row.summary.version });
        }
        let fields = db::fields::field_list(&mut tx, id).await?;
        let at = now_ms();
        let mut events = Vec::new();
        if matches!(step, Step::Submit | Step::Approve) {
            events = self.judge_again(&mut tx, &mut row, &fields, at).await?;
            if let Err(refused) = self.require_ready(&mut tx, actor, step, &row, &fields, request).await {
                // What was found stays, or the page would go on offering what is refused.
                if !events.is_empty() && refused != AppError::Internal {
                    self.commit(tx, events).await?;
                }
                return Err(refused);
            }
        }
        let duplicate_of = duplicate_target(&mut tx, step, &row, request).await?;
        db::invoices::invoice_set_status(&mut tx, id, next, duplicate_of, at).await?;
        self.write_history(&mut tx, id, actor, at, action(step), &[], note(step, request, &row.checks).as_deref())
            .await?;
        match step {
            Step::Retry => super::tasks::queue_task(&mut tx, id, actor, 0, at).await.map(|_| ())?,
            Step::Cancel => events.extend(super::tasks::cancel_running(&mut tx, id, at).await?),
            Step::NotDuplicate | Step::Reopen => {
                self.judge(&mut tx, &row, &fields, at).await?;
            }
            _ => {}
        }
        let summary = summary_now(&mut tx, id).await?;
        let change = InvoiceChange {
            action: action(step).into(),
            invoice: summary.clone(),
            fields: BTreeMap::new(),
            deleted: false,
        };
        events.extend(append_change(&mut tx, id, &actor.name, change).await?);
        self.commit(tx, events).await?;
        if step == Step::Retry {
            self.work.notify_one();
        }
        tracing::info!(invoice_id = %id, user_id = %actor.user_id, step = step.as_str(), from = %from, to = %next, "step taken");
        Ok(summary)
    }

    /// Deletes an invoice nobody decided on. Its history stays.
    pub async fn invoice_delete(&self, actor: &Actor, id: InvoiceId) -> Result<(), AppError> {
        require(actor, Right::Edit)?;
        let mut tx = self.store.begin().await?;
        let row = db::invoices::invoice_get(&mut tx, id).await?.ok_or_else(|| AppError::not_found("Invoice"))?;
        let status = row.summary.status;
        if !matches!(
            status,
            Status::Cancelled | Status::Failed | Status::NeedsReview | Status::Postponed | Status::Duplicate
        ) {
            return Err(AppError::Blocked {
                code: "not_deletable".into(),
                message: format!("An invoice that is {} can not be deleted", status.label().to_lowercase()),
            });
        }
        let at = now_ms();
        let mut events = super::tasks::cancel_running(&mut tx, id, at).await?;
        self.write_history(&mut tx, id, actor, at, "deleted", &[], None).await?;
        db::invoices::invoice_delete(&mut tx, id).await?;
        let change =
            InvoiceChange { action: "deleted".into(), invoice: row.summary, fields: BTreeMap::new(), deleted: true };
        events.extend(append_change(&mut tx, id, &actor.name, change).await?);
        self.commit(tx, events).await?;
        tracing::info!(invoice_id = %id, user_id = %actor.user_id, "invoice deleted");
        Ok(())
    }

    /// Why this actor may not approve now, in words; None when they may.
    pub(super) async fn approve_refused(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        row: &InvoiceRow,
        fields: &Fields,
    ) -> Result<Option<String>, AppError> {
        if row.summary.status.step(Step::Approve).is_err() || !actor.may(Right::Approve) {
            return Ok(None);
        }
        match self.require_approvable(conn, actor, row, fields).await {
            Ok(()) => Ok(None),
            Err(AppError::Internal) => Err(AppError::Internal),
            Err(refused) => Ok(Some(refused.to_string())),
        }
    }

    /// What has to hold before an invoice is submitted or approved.
    async fn require_ready(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        step: Step,
        row: &InvoiceRow,
        fields: &Fields,
        request: &StepRequest,
    ) -> Result<(), AppError> {
        if step == Step::Submit {
            return require_filled(fields);
        }
        self.require_approvable(conn, actor, row, fields).await?;
        require_reason(&row.checks, request)
    }

    async fn require_approvable(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        row: &InvoiceRow,
        fields: &Fields,
    ) -> Result<(), AppError> {
        require_filled(fields)?;
        if let Some(check) = row.checks.iter().find(|check| check.severity == Severity::Block) {
            return Err(AppError::Blocked {
                code: check.rule.clone(),
                message: format!("Resolve first: {}", check.message),
            });
        }
        if super::rules::self_approval(conn).await? {
            return Ok(());
        }
        for (done, words) in [("uploaded", "uploaded"), (CHANGED, "changed")] {
            if db::history::history_has(conn, row.summary.id, actor.user_id, done).await? {
                return Err(AppError::forbidden(
                    "four_eyes",
                    format!("You {words} this invoice, so somebody else has to approve it"),
                ));
            }
        }
        Ok(())
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) async fn write_history(
        &self,
        conn: &mut Conn,
        id: InvoiceId,
        actor: &Actor,
        at: i64,
        action: &str,
        changes: &[FieldChange],
        note: Option<&str>,
    ) -> Result<(), AppError> {
        let entry = NewEntry { at, actor_id: Some(actor.user_id), actor_name: &actor.name, action, changes, note };
        db::history::history_append(conn, id, entry).await?;
        Ok(())
    }

    /// Checks anew what is about to be decided: since it was last looked at, another invoice may have come that it
    /// repeats. Gives the events of what was found, if that is something else than before.
    async fn judge_again(
        &self,
        conn: &mut Conn,
        row: &mut InvoiceRow,
        fields: &Fields,
        at: i64,
    ) -> Result<Vec<LoggedEvent>, AppError> {
        let values = super::checking::list_values(&row.summary.filename, fields);
        let judged = super::checking::judge(conn, row, fields, &values).await?;
        if judged.checks == row.checks && judged.duplicate_of == row.summary.duplicate_of {
            return Ok(Vec::new());
        }
        let id = row.summary.id;
        self.judge(conn, row, fields, at).await?;
        row.checks = judged.checks;
        row.summary = summary_now(conn, id).await?;
        super::processing::note_history(conn, id, "checked", at, None).await?;
        super::processing::changed(conn, id, "checked", BTreeMap::new()).await
    }

    /// Checks the values anew and writes what lists show of them.
    pub(super) async fn judge(
        &self,
        conn: &mut Conn,
        row: &InvoiceRow,
        fields: &Fields,
        at: i64,
    ) -> Result<Judged, AppError> {
        let values = super::checking::list_values(&row.summary.filename, fields);
        db::invoices::invoice_set_list_values(conn, row.summary.id, &values, at).await?;
        let judged = super::checking::judge(conn, row, fields, &values).await?;
        db::invoices::invoice_set_checks(conn, row.summary.id, &judged.checks, &judged.reasons, judged.duplicate_of)
            .await?;
        Ok(judged)
    }
}

/// Appends one change to the invoice's room and to `all`.
pub(super) async fn append_change(
    conn: &mut Conn,
    id: InvoiceId,
    actor: &str,
    data: InvoiceChange,
) -> Result<Vec<LoggedEvent>, AppError> {
    let event = Event::InvoiceUpdated { invoice_id: id, actor: actor.to_owned(), data: Box::new(data) };
    Ok(db::events::event_append(conn, &[Room::Invoice(id), Room::All], &event).await?)
}

pub(super) async fn summary_now(conn: &mut Conn, id: InvoiceId) -> Result<InvoiceSummary, AppError> {
    db::invoices::invoice_summary(conn, id).await?.ok_or(AppError::Internal)
}

/// The edits with their values in the form we keep, or what is wrong with one, by field.
fn normalised(mutation_id: &str, edits: &[FieldEdit]) -> Result<Vec<FieldEdit>, AppError> {
    if mutation_id.is_empty() || mutation_id.len() > 100 {
        return Err(AppError::invalid(Some("mutation_id"), "A mutation id has 1 to 100 characters"));
    }
    if edits.is_empty() || edits.len() > MAX_EDITS {
        return Err(AppError::invalid(Some("fields"), format!("Change 1 to {MAX_EDITS} fields at once")));
    }
    let mut seen = Vec::new();
    edits
        .iter()
        .map(|edit| {
            if seen.contains(&edit.name) {
                return Err(AppError::invalid(Some(edit.name.as_str()), "This field is there twice"));
            }
            seen.push(edit.name);
            if edit.value.chars().count() > MAX_TEXT {
                return Err(AppError::invalid(Some(edit.name.as_str()), format!("At most {MAX_TEXT} characters")));
            }
            let value = normalise(edit.name, &edit.value)
                .map_err(|message| AppError::invalid(Some(edit.name.as_str()), message))?;
            Ok(FieldEdit { value, ..edit.clone() })
        })
        .collect()
}

/// The version an edit of `field` must be based on: the highest of those that share it.
fn version_now(fields: &Fields, field: Field) -> i64 {
    fields
        .iter()
        .filter(|(other, _)| other.version_group() == field.version_group())
        .map(|(_, stored)| stored.value.version)
        .max()
        .unwrap_or(0)
}

/// Whether an edit is based on a version that is no longer the newest, and does not say what stands there already.
fn is_stale(fields: &Fields, edit: &FieldEdit) -> bool {
    let stored = fields.get(&edit.name);
    let never_filled = stored.is_none() && edit.base_version == 0;
    let same_value = stored.is_some_and(|stored| stored.value.value == edit.value);
    edit.base_version != version_now(fields, edit.name) && !never_filled && !same_value
}

/// Both sides of a stale edit, from the newest changes of the invoice.
fn conflict(edit: &FieldEdit, fields: &Fields, history: &[HistoryEntry]) -> FieldConflict {
    let version = version_now(fields, edit.name);
    let theirs = fields.get(&edit.name).map(|stored| stored.value.value.clone());
    let group = edit.name.version_group();
    // What came after `fields` was read is not theirs.
    let mut since: Vec<(&HistoryEntry, &FieldChange)> = history
        .iter()
        .flat_map(|entry| entry.changes.iter().map(move |change| (entry, change)))
        .filter(|(_, change)| change.name.version_group() == group && change.version <= version)
        .collect();
    since.sort_by_key(|(_, change)| std::cmp::Reverse(change.version));
    let told_whole = history.len() < LOOK_BACK as usize
        || since.last().is_some_and(|(_, change)| change.version <= edit.base_version);
    since.retain(|(_, change)| change.version > edit.base_version);
    let first_of_it = since.iter().rev().find(|(_, change)| change.name == edit.name);
    let base = first_of_it.map_or_else(|| theirs.clone(), |(_, change)| change.before.clone());
    let newest = since.first().map(|(entry, _)| entry);
    FieldConflict {
        name: edit.name,
        base: base.filter(|_| told_whole),
        mine: edit.value.clone(),
        theirs,
        version,
        actor: newest.map_or_else(|| "the reader".to_owned(), |entry| entry.actor.clone()),
        at: newest.map_or(0, |entry| entry.at),
    }
}

fn digest(edits: &[FieldEdit]) -> Result<String, AppError> {
    let text = serde_json::to_vec(edits).map_err(|_| AppError::Internal)?;
    Ok(hex::encode(Sha256::digest(text)))
}

/// The answer to a mutation sent again; an id that comes with other edits is a mistake of the sender.
fn kept_result(body: &str, digest: &str) -> Result<EditResult, AppError> {
    let kept: Kept = serde_json::from_str(body).map_err(|_| AppError::Internal)?;
    if kept.edits != digest {
        return Err(AppError::invalid(Some("mutation_id"), "This mutation id was used for another edit"));
    }
    Ok(kept.result)
}

/// Every field whose version an edit raises.
fn touched(edits: &[FieldEdit]) -> Vec<Field> {
    let groups: Vec<Field> = edits.iter().map(|edit| edit.name.version_group()).collect();
    Field::ALL.iter().copied().filter(|field| groups.contains(&field.version_group())).collect()
}

/// Writes the edits into `fields`, raises the versions and says what was confirmed and what changed.
fn apply(fields: &mut Fields, edits: &[FieldEdit], actor: &Actor, at: i64) -> (Vec<FieldChange>, Vec<FieldChange>) {
    let (mut confirmed, mut changes) = (Vec::new(), Vec::new());
    for edit in edits {
        let version = version_now(fields, edit.name) + 1;
        let before = fields.get(&edit.name).map(|stored| stored.value.value.clone());
        let changed_by = actor.name.clone();
        let stored = fields.entry(edit.name).or_insert_with(|| StoredField {
            value: FieldValue {
                value: String::new(),
                raw: None,
                confidence: 1.0,
                page: None,
                place: None,
                source: Source::User,
                version: 0,
                verified_by: None,
            },
            changed_by: changed_by.clone(),
            changed_at: at,
        });
        let is_change = stored.value.value != edit.value;
        if is_change {
            stored.value.source = Source::User;
            stored.value.value = edit.value.clone();
            stored.changed_by = changed_by;
            stored.changed_at = at;
        }
        stored.value.confidence = 1.0;
        stored.value.verified_by = Some(actor.name.clone());
        for (other, sibling) in fields.iter_mut() {
            if other.version_group() == edit.name.version_group() {
                sibling.value.version = version;
            }
        }
        let done = if is_change { &mut changes } else { &mut confirmed };
        done.push(FieldChange { name: edit.name, before, after: Some(edit.value.clone()), version });
    }
    (confirmed, changes)
}

/// Every required field has a value.
fn require_filled(fields: &Fields) -> Result<(), AppError> {
    let missing =
        Field::REQUIRED.into_iter().find(|field| fields.get(field).is_none_or(|stored| stored.value.value.is_empty()));
    match missing {
        None => Ok(()),
        Some(field) => Err(AppError::Invalid {
            field: Some(field.as_str().to_owned()),
            message: format!("{} is missing", full_label(field)),
        }),
    }
}

/// The checks that failed with an error, in words; None when there is none.
pub(super) fn failing_checks(checks: &[CheckResult]) -> Option<String> {
    let failing: Vec<&str> = errors(checks).map(|check| check.message.as_str()).collect();
    (!failing.is_empty()).then(|| failing.join("; "))
}

fn errors(checks: &[CheckResult]) -> impl Iterator<Item = &CheckResult> {
    checks.iter().filter(|check| check.severity == Severity::Error)
}

/// Nobody approves past a failing check without saying why.
fn require_reason(checks: &[CheckResult], request: &StepRequest) -> Result<(), AppError> {
    let is_given = request.reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
    match failing_checks(checks) {
        Some(words) if !is_given => Err(AppError::Blocked {
            code: "checks_failed".into(),
            message: format!("Say why to approve in spite of this: {words}"),
        }),
        _ => Ok(()),
    }
}

/// A label that can stand alone: "Supplier name", not "Name".
pub(super) fn full_label(field: Field) -> String {
    match field {
        Field::SupplierName => "Supplier name".to_owned(),
        Field::BuyerName => "Buyer name".to_owned(),
        Field::InvoiceNumber => "Invoice number".to_owned(),
        other => other.label().to_owned(),
    }
}

fn check_request(step: Step, request: &StepRequest) -> Result<(), AppError> {
    let texts = [&request.notes, &request.reason, &request.reason_code];
    if texts.into_iter().flatten().any(|text| text.chars().count() > MAX_TEXT) {
        return Err(AppError::invalid(Some("reason"), format!("At most {MAX_TEXT} characters")));
    }
    if step != Step::Reject {
        return Ok(());
    }
    let code = request.reason_code.as_deref().unwrap_or_default();
    if !REJECT_REASONS.iter().any(|(known, _)| *known == code) {
        return Err(AppError::invalid(Some("reason_code"), "Choose a reason for the rejection"));
    }
    let said = [&request.reason, &request.notes].into_iter().flatten().any(|text| !text.trim().is_empty());
    if !said {
        return Err(AppError::invalid(Some("reason"), "Say in a few words why it is rejected"));
    }
    Ok(())
}

/// What the history keeps of a request's words.
fn note(step: Step, request: &StepRequest, checks: &[CheckResult]) -> Option<String> {
    let reason = request
        .reason_code
        .as_deref()
        .and_then(|code| REJECT_REASONS.iter().find(|(known, _)| *known == code))
        .map(|(_, words)| (*words).to_owned());
    let failing: Vec<&str> = errors(checks).map(|check| check.rule.as_str()).collect();
    let in_spite =
        (step == Step::Approve && !failing.is_empty()).then(|| format!("In spite of {}", failing.join(", ")));
    let parts: Vec<String> = [reason, in_spite, request.reason.clone(), request.notes.clone()]
        .into_iter()
        .flatten()
        .filter(|text| !text.trim().is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join(": "))
}

/// The history's word for a step.
fn action(step: Step) -> &'static str {
    match step {
        Step::Queue => "queued",
        Step::Start => "started",
        Step::Fail => "failed",
        Step::FinishReading => "read",
        Step::Submit => "submitted",
        Step::Approve => "approved",
        Step::Reject => "rejected",
        Step::Reopen => "reopened",
        Step::Postpone => "postponed",
        Step::MarkDuplicate => "marked_duplicate",
        Step::NotDuplicate => "not_duplicate",
        Step::Cancel => "cancelled",
        Step::Retry => "retried",
    }
}

/// The original a duplicate points to: named in the request, or the one the checks found.
async fn duplicate_target(
    conn: &mut Conn,
    step: Step,
    row: &InvoiceRow,
    request: &StepRequest,
) -> Result<Option<InvoiceId>, AppError> {
    if step != Step::MarkDuplicate {
        return Ok(None);
    }
    let target = request
        .duplicate_of
        .or(row.summary.duplicate_of)
        .ok_or_else(|| AppError::invalid(Some("duplicate_of"), "Say which invoice it repeats"))?;
    if target == row.summary.id || db::invoices::invoice_summary(conn, target).await?.is_none() {
        return Err(AppError::invalid(Some("duplicate_of"), "That is no other invoice"));
    }
    Ok(Some(target))
}
