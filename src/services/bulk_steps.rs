//! A decision about several invoices.

use super::{Services, steps::right_for};
use crate::domain::{
    decision::Decision,
    error::AppError,
    events::Mutation,
    invoice::{InvoiceSummary, StepOutcome, StepTaken},
    roles::Actor,
    status::Step,
};

/// More than a person chooses in a page of the list; what is beyond comes with the next request.
pub const MOST_AT_ONCE: usize = 100;

impl Services {
    /// Decides each in its turn, with every rule that stands before it and in a transaction of its own: what is refused
    /// for one stops none of the others. An invoice that changed since its row was seen is refused.
    pub async fn decide_all(&self, actor: &Actor, mutations: &[Mutation]) -> Result<Vec<StepOutcome>, AppError> {
        if mutations.len() > MOST_AT_ONCE {
            return Err(AppError::invalid(Some("mutations"), format!("At most {MOST_AT_ONCE} invoices at once")));
        }
        let mut outcomes = Vec::with_capacity(mutations.len());
        for mutation in mutations {
            let summary = self.mutate(actor, mutation).await.and_then(|outcome| outcome.decided());
            let taken = summary.map(|summary| taken(actor, mutation, &summary));
            outcomes.push(StepOutcome { id: mutation.invoice, taken });
        }
        Ok(outcomes)
    }
}

fn taken(actor: &Actor, mutation: &Mutation, now: &InvoiceSummary) -> StepTaken {
    let is_allowed = |undo: &Step| now.status.step(*undo).is_ok() && actor.may(right_for(*undo, now.status));
    let undo = match &mutation.decision {
        Some(Decision::Step { step, .. }) => step.undo().filter(is_allowed),
        _ => None,
    };
    StepTaken { version: now.version, undo }
}
