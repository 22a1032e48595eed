//! Submitting for approval, right after it was read, what its uploader said needs no look: the option `auto_save`. Who may
//! upload may ask for it: nothing is decided by it.

use super::{Services, checking::Judged, review::Fields, steps::require_filled};
use crate::{
    db::{self, Conn, invoices::InvoiceRow},
    domain::{
        checks::CheckResult,
        error::AppError,
        events::LoggedEvent,
        status::{Status, Step},
    },
};
use std::collections::BTreeMap;

/// The history's word for it.
const SUBMITTED: &str = "submitted";

impl Services {
    /// Submits an invoice that was read just now, when its upload asked for that and nothing needs a person before the
    /// approval. None: it waits in review. Within the transaction that saves the reading.
    pub(super) async fn submit_by_itself(
        &self,
        conn: &mut Conn,
        row: &InvoiceRow,
        fields: &Fields,
        judged: &Judged,
        at: i64,
    ) -> Result<Option<(Status, Vec<LoggedEvent>)>, AppError> {
        if !is_ready(row, fields, judged) || db::history::history_touched(conn, row.summary.id).await? {
            return Ok(None);
        }
        let id = row.summary.id;
        let next = row.summary.status.step(Step::Submit)?;
        db::invoices::invoice_set_status(conn, id, next, None, at).await?;
        let note = format!(
            "As its upload asked: every value was read with a confidence of {} or more, and no check failed",
            row.options.confidence_threshold
        );
        super::processing::note_history(conn, id, SUBMITTED, at, Some(&note)).await?;
        let told = super::processing::changed(conn, id, SUBMITTED, BTreeMap::new()).await?;
        tracing::info!(invoice_id = %id, "submitted as its upload asked");
        Ok(Some((next, told)))
    }
}

fn is_ready(row: &InvoiceRow, fields: &Fields, judged: &Judged) -> bool {
    let options = &row.options;
    let mut filled = fields.values().filter(|stored| !stored.value.value.is_empty());
    options.auto_save
        && options.human_in_loop != Some(true)
        && row.notes.is_empty()
        && judged.duplicate_of.is_none()
        && !judged.checks.iter().any(CheckResult::is_failure)
        && require_filled(fields).is_ok()
        && filled.all(|stored| stored.value.confidence >= options.confidence_threshold)
}
