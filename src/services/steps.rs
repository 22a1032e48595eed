//! Deciding: the steps between statuses, and what stands before each.

use super::{
    Services,
    approval::{Approval, approval},
    reject_reasons::reason_words,
    require,
    review::{CHANGED, Fields, MAX_TEXT, append_action, append_change, full_label, summary_now},
    uploads::UPLOADED,
};
use crate::{
    db::{self, Conn, invoices::InvoiceRow, now_ms},
    domain::{
        checks::{CheckResult, Severity},
        error::AppError,
        events::{InvoiceChange, LoggedEvent},
        field::Field,
        ids::InvoiceId,
        invoice::{InvoiceSummary, StepRequest},
        roles::{Actor, Right},
        status::{Status, Step, StepRefused},
    },
};
use std::collections::BTreeMap;

/// The history's word for the first of two approvals.
const APPROVED_FIRST: &str = "approved_first";
/// The history's word for what now waits for an approval.
const SUBMITTED: &str = "submitted";

/// What a decision came to, and the events that tell of it, or of what was found on the way to a refusal.
pub(super) struct Decided {
    pub answer: Result<InvoiceSummary, AppError>,
    pub events: Vec<LoggedEvent>,
}

/// The right a step needs from a status: taking an approval back is the approver's. Whoever submitted needs less to take
/// that back ([`may_withdraw`]).
fn right_for(step: Step, from: Status) -> Right {
    match (step, from) {
        (Step::Reopen, Status::Approved | Status::Rejected | Status::AwaitingApproval) => Right::Approve,
        (Step::Submit | Step::Cancel | Step::Retry | Step::Postpone, _) => Right::Edit,
        _ => step.right(),
    }
}

/// Whether this actor may take the step now, as far as it is a question of who asks.
pub(super) async fn may_take(
    conn: &mut Conn,
    actor: &Actor,
    step: Step,
    now: &InvoiceSummary,
) -> Result<bool, AppError> {
    Ok(actor.may(right_for(step, now.status)) || (step == Step::Reopen && may_withdraw(conn, actor, now).await?))
}

/// Whether the invoice waits for an approval because this actor submitted it, and nobody has approved since.
async fn may_withdraw(conn: &mut Conn, actor: &Actor, now: &InvoiceSummary) -> Result<bool, AppError> {
    if now.status != Status::AwaitingApproval || !actor.may(Right::Edit) {
        return Ok(false);
    }
    let last = db::history::history_last_of(conn, now.id, [SUBMITTED, APPROVED_FIRST]).await?;
    Ok(last.is_some_and(|(action, by)| action == SUBMITTED && by == Some(actor.user_id)))
}

impl Services {
    /// Takes a step, with every rule that stands before it.
    pub async fn take_step(
        &self,
        actor: &Actor,
        id: InvoiceId,
        step: Step,
        request: &StepRequest,
    ) -> Result<InvoiceSummary, AppError> {
        let mut tx = self.store.begin().await?;
        let Decided { answer, events } = self.step_in(&mut tx, actor, id, step, request).await?;
        // What was found on the way to a refusal stays, or the page would go on offering what is refused.
        if answer.is_ok() || !events.is_empty() {
            self.commit(tx, events).await?;
        }
        self.step_over(step, answer.is_ok());
        answer
    }

    /// Wakes the workers after a step that gives them work.
    pub(super) fn step_over(&self, step: Step, taken: bool) {
        if taken && step == Step::Retry {
            self.ring();
        }
        if taken && matches!(step, Step::Submit | Step::Approve) {
            self.lessons.notify_one();
        }
    }

    /// Takes a step within a transaction that the caller commits, and then publishes the events. An error wrote nothing;
    /// a refusal may have: what was found on the way to it.
    pub(super) async fn step_in(
        &self,
        tx: &mut Conn,
        actor: &Actor,
        id: InvoiceId,
        step: Step,
        request: &StepRequest,
    ) -> Result<Decided, AppError> {
        check_request(step, request)?;
        let mut row = db::invoices::invoice_get(tx, id).await?.ok_or_else(|| AppError::not_found("Invoice"))?;
        let from = row.summary.status;
        if !may_take(tx, actor, step, &row.summary).await? {
            require(actor, right_for(step, from))?;
        }
        let next = next_status(step, &row.summary, request)?;
        let fields = db::fields::field_list(tx, id).await?;
        let at = now_ms();
        let mut events = Vec::new();
        let mut approval = None;
        if matches!(step, Step::Submit | Step::Approve) {
            events = self.judge_again(tx, &mut row, &fields, at).await?;
            match self.require_ready(tx, actor, step, &row, &fields, request).await {
                Ok(ready) => approval = ready,
                Err(AppError::Internal) => return Err(AppError::Internal),
                Err(refused) => return Ok(Decided { answer: Err(refused), events }),
            }
        }
        let approval = approval.as_ref();
        let reason = match step {
            Step::Reject => Some(reason_words(tx, request.reason_code.as_deref().unwrap_or_default()).await?),
            _ => None,
        };
        let duplicate_of = duplicate_target(tx, step, &row, request).await?;
        let (done, next) = match approval {
            Some(approval) if approval.is_first => (APPROVED_FIRST, Status::AwaitingApproval),
            _ => (action(step), next),
        };
        db::invoices::invoice_set_status(tx, id, next, duplicate_of, at).await?;
        if next == Status::Approved {
            super::bank_accounts::approved(tx, id, &fields, Some(actor), &actor.name, at).await?;
        } else if from == Status::Approved {
            db::supplier_accounts::account_forget_approval(tx, id).await?;
        }
        if let Some(approval) = approval.filter(|approval| approval.is_first) {
            db::invoices::invoice_set_first_approval(tx, id, Some(&approval.kept(actor)), at).await?;
        }
        super::learning::decided(tx, step, &row, at).await?;
        let dismissed = dismissed_twin(tx, step, &row, at).await?;
        let note = note(step, request, &row.checks, approval, reason.or(dismissed));
        self.write_history(tx, id, actor, at, done, &[], note.as_deref()).await?;
        match step {
            Step::Retry => super::tasks::queue_task(tx, id, actor, 0, at).await.map(|_| ())?,
            Step::Cancel => events.extend(super::tasks::cancel_running(tx, id, at).await?),
            Step::NotDuplicate | Step::Reopen => {
                self.judge(tx, &row, &fields, at).await?;
            }
            _ => {}
        }
        let (summary, told) = append_action(tx, id, &actor.name, done).await?;
        events.extend(told);
        tracing::info!(invoice_id = %id, user_id = %actor.user_id, step = step.as_str(), from = %from, to = %next, "step taken");
        Ok(Decided { answer: Ok(summary), events })
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
        if !db::splitting::split_into(&mut tx, id).await?.is_empty() {
            return Err(AppError::Blocked {
                code: "not_deletable".into(),
                message: "It was split: the invoices made of it lead back to it".into(),
            });
        }
        let at = now_ms();
        let mut events = super::tasks::cancel_running(&mut tx, id, at).await?;
        self.write_history(&mut tx, id, actor, at, "deleted", &[], None).await?;
        db::learned::use_delete(&mut tx, id).await?;
        db::invoices::invoice_delete(&mut tx, id).await?;
        let change = InvoiceChange {
            action: "deleted".into(),
            invoice: row.summary,
            fields: BTreeMap::new(),
            deleted: true,
            comment: None,
        };
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
            Ok(_) => Ok(None),
            Err(AppError::Internal) => Err(AppError::Internal),
            Err(refused) => Ok(Some(refused.to_string())),
        }
    }

    /// What has to hold before an invoice is submitted or approved; and the approval, if it is one.
    async fn require_ready(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        step: Step,
        row: &InvoiceRow,
        fields: &Fields,
        request: &StepRequest,
    ) -> Result<Option<Approval>, AppError> {
        if step == Step::Submit {
            return require_filled(fields).map(|()| None);
        }
        let approval = self.require_approvable(conn, actor, row, fields).await?;
        require_reason(&row.checks, request)?;
        Ok(Some(approval))
    }

    async fn require_approvable(
        &self,
        conn: &mut Conn,
        actor: &Actor,
        row: &InvoiceRow,
        fields: &Fields,
    ) -> Result<Approval, AppError> {
        require_filled(fields)?;
        if let Some(check) = row.checks.iter().find(|check| check.severity == Severity::Block) {
            return Err(AppError::Blocked {
                code: check.rule.clone(),
                message: format!("Resolve first: {}", check.message),
            });
        }
        if !super::rules::self_approval(conn).await? {
            require_untouched(conn, actor, row.summary.id).await?;
        }
        approval(conn, actor, row, fields).await
    }

    /// Checks anew what is about to be decided: since it was last looked at, another invoice may have come that it
    /// repeats. Gives the events of what was found, if that is something else than before.
    pub(super) async fn judge_again(
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
}

/// Nobody approves what they uploaded or changed.
async fn require_untouched(conn: &mut Conn, actor: &Actor, id: InvoiceId) -> Result<(), AppError> {
    match touched_by(conn, actor, id).await? {
        None => Ok(()),
        Some(done) => Err(AppError::forbidden(
            "four_eyes",
            format!("You {done} this invoice, so somebody else has to approve it"),
        )),
    }
}

/// What this person did to bring the invoice or its values about, in words; None: nothing.
pub(super) async fn touched_by(
    conn: &mut Conn,
    actor: &Actor,
    id: InvoiceId,
) -> Result<Option<&'static str>, AppError> {
    let mut next = Some(id);
    while let Some(id) = next {
        for (done, words) in [(UPLOADED, "uploaded"), (CHANGED, "changed")] {
            if db::history::history_has(conn, id, actor.user_id, done).await? {
                return Ok(Some(words));
            }
        }
        // Who brought the file that it was split from, and that from another, brought this, too.
        next = db::splitting::split_from(conn, id).await?;
    }
    Ok(None)
}

/// The status after the step, if it can be taken now.
fn next_status(step: Step, summary: &InvoiceSummary, request: &StepRequest) -> Result<Status, AppError> {
    let InvoiceSummary { id, status: from, version: now, .. } = *summary;
    if matches!(step, Step::Queue | Step::Start | Step::Fail | Step::FinishReading) {
        return Err(StepRefused { from, step }.into());
    }
    let next = from.step(step)?;
    if let Some(version) = request.base_version.filter(|version| *version != now) {
        tracing::debug!(invoice_id = %id, version, now, "step on a stale version");
        return Err(AppError::Stale { invoice_id: id, version: now });
    }
    Ok(next)
}

/// Every required field has a value.
pub(super) fn require_filled(fields: &Fields) -> Result<(), AppError> {
    let missing =
        Field::REQUIRED.into_iter().find(|field| fields.get(field).is_none_or(|stored| stored.value.value.is_empty()));
    match missing {
        None => Ok(()),
        Some(field) => Err(AppError::Invalid {
            field: Some(field.name().into_owned()),
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

fn check_request(step: Step, request: &StepRequest) -> Result<(), AppError> {
    let texts = [&request.notes, &request.reason, &request.reason_code];
    if texts.into_iter().flatten().any(|text| text.chars().count() > MAX_TEXT) {
        return Err(AppError::invalid(Some("reason"), format!("At most {MAX_TEXT} characters")));
    }
    if step != Step::Reject {
        return Ok(());
    }
    let said = [&request.reason, &request.notes].into_iter().flatten().any(|text| !text.trim().is_empty());
    if !said {
        return Err(AppError::invalid(Some("reason"), "Say in a few words why it is rejected"));
    }
    Ok(())
}

/// What the history keeps of a request's words.
fn note(
    step: Step,
    request: &StepRequest,
    checks: &[CheckResult],
    approval: Option<&Approval>,
    about: Option<String>,
) -> Option<String> {
    let failing: Vec<&str> = errors(checks).map(|check| check.rule.as_str()).collect();
    let in_spite =
        (step == Step::Approve && !failing.is_empty()).then(|| format!("In spite of {}", failing.join(", ")));
    let stands_in = approval.and_then(Approval::note);
    let parts: Vec<String> = [stands_in, about, in_spite, request.reason.clone(), request.notes.clone()]
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
        Step::Submit => SUBMITTED,
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

/// Keeps of which invoice a person said that this one does not repeat it, and gives its number for the history: another
/// one that it looks like is another question.
async fn dismissed_twin(conn: &mut Conn, step: Step, row: &InvoiceRow, at: i64) -> Result<Option<String>, AppError> {
    let Some(twin) = row.summary.duplicate_of.filter(|_| step == Step::NotDuplicate) else { return Ok(None) };
    db::twins::twin_dismiss(conn, row.summary.id, twin, at).await?;
    let twin = summary_now(conn, twin).await?;
    Ok(Some(["Is not ", twin.invoice_number.as_deref().unwrap_or(&twin.filename)].concat()))
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
