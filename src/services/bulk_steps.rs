//! A decision about several invoices.

use super::{Services, steps::may_take};
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
            let taken = match self.mutate(actor, mutation).await.and_then(|outcome| outcome.decided()) {
                // It is taken, even where the way back can not be told.
                Ok(now) => Ok(StepTaken {
                    version: now.version,
                    undo: self.undo_of(actor, mutation, &now).await.unwrap_or_default(),
                }),
                Err(refused) => Err(refused),
            };
            outcomes.push(StepOutcome { id: mutation.invoice, taken });
        }
        Ok(outcomes)
    }

    /// The step that takes back what was decided, where this actor may.
    async fn undo_of(
        &self,
        actor: &Actor,
        mutation: &Mutation,
        now: &InvoiceSummary,
    ) -> Result<Option<Step>, AppError> {
        let Some(Decision::Step { step, .. }) = &mutation.decision else { return Ok(None) };
        let Some(undo) = step.undo().filter(|undo| now.status.step(*undo).is_ok()) else { return Ok(None) };
        let mut conn = self.store.read().await?;
        Ok(may_take(&mut conn, actor, undo, now).await?.then_some(undo))
    }
}
