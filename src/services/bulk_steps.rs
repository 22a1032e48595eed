//! One step of several invoices.

use super::{Services, steps::right_for};
use crate::domain::{
    error::AppError,
    invoice::{InvoiceSummary, SeenInvoice, StepOutcome, StepRequest, StepTaken},
    roles::Actor,
    status::Step,
};

/// More than a person chooses in a page of the list; what is beyond comes with the next request.
pub const MOST_AT_ONCE: usize = 100;

impl Services {
    /// Takes the step of each in its turn, with every rule that stands before it and in a transaction of its own: what
    /// is refused for one stops none of the others. An invoice that changed since its row was seen is refused.
    pub async fn take_steps(
        &self,
        actor: &Actor,
        invoices: &[SeenInvoice],
        step: Step,
    ) -> Result<Vec<StepOutcome>, AppError> {
        if invoices.len() > MOST_AT_ONCE {
            return Err(AppError::invalid(Some("invoices"), format!("At most {MOST_AT_ONCE} invoices at once")));
        }
        let mut outcomes = Vec::with_capacity(invoices.len());
        for SeenInvoice { id, version } in invoices.iter().copied() {
            let request = StepRequest { base_version: Some(version), ..StepRequest::default() };
            let summary = self.take_step(actor, id, step, &request).await;
            outcomes.push(StepOutcome { id, taken: summary.map(|summary| taken(actor, step, &summary)) });
        }
        Ok(outcomes)
    }
}

fn taken(actor: &Actor, step: Step, now: &InvoiceSummary) -> StepTaken {
    let is_allowed = |undo: &Step| now.status.step(*undo).is_ok() && actor.may(right_for(*undo, now.status));
    StepTaken { version: now.version, undo: step.undo().filter(is_allowed) }
}
