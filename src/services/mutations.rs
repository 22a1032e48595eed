//! Changes that a client numbers: each is decided once, in the client's order, and a repeat gets the same answer.

use super::{Services, require, review::normalised};
use crate::{
    db::{Conn, mutations, now_ms},
    domain::{
        decision::Decision,
        error::AppError,
        events::{LoggedEvent, Mutation, MutationKey, MutationOutcome},
        invoice::StepRequest,
        roles::{Actor, Right},
    },
};
use sha2::{Digest, Sha256};

/// The most characters of a client's id.
const MAX_CLIENT_ID: usize = 64;

impl Services {
    /// The newest mutation of this client that was decided; 0: none.
    pub async fn last_mutation(&self, actor: &Actor, client_id: &str) -> Result<u64, AppError> {
        Ok(mutations::mutation_last(&mut *self.store.read().await?, client_id, actor.user_id).await?)
    }

    /// Decides a mutation: done or refused for good, both kept; or not decided, because one before it is missing or the
    /// server could not. Refusals that are about who asks (not signed in, a right that is missing) are errors and are
    /// not kept.
    pub async fn mutate(&self, actor: &Actor, mutation: &Mutation) -> Result<MutationOutcome, AppError> {
        require(actor, mutation.decision.as_ref().map_or(Right::Edit, Decision::right))?;
        require_key(mutation)?;
        match self.decide(actor, mutation).await {
            Err(error) if error.status() >= 500 => {
                let Mutation { client_id, mutation_id, invoice, .. } = mutation;
                tracing::warn!(%error, client_id, mutation_id, invoice_id = %invoice, "mutation not decided");
                Ok(MutationOutcome::Retry)
            }
            decided => decided,
        }
    }

    async fn decide(&self, actor: &Actor, mutation: &Mutation) -> Result<MutationOutcome, AppError> {
        let digest = digest(mutation)?;
        let Mutation { client_id, mutation_id, .. } = mutation;
        let mut tx = self.store.begin().await?;
        let client = mutations::mutation_client_enter(&mut tx, client_id, actor.user_id, now_ms()).await?;
        if client.user_id != actor.user_id {
            return Err(AppError::forbidden("foreign_client", "These changes belong to another account"));
        }
        if *mutation_id <= client.last {
            return same_answer(mutations::mutation_result(&mut tx, client_id, *mutation_id).await?, &digest);
        }
        if *mutation_id > client.last + 1 {
            return Ok(MutationOutcome::Gap { expected: client.last + 1 });
        }
        let (outcome, events) = outcome(self.change_in(&mut tx, actor, mutation).await)?;
        mutations::mutation_decided(&mut tx, client_id, *mutation_id, &digest, &outcome).await?;
        self.commit(tx, events).await?;
        if let Some(Decision::Step { step, .. }) = &mutation.decision {
            self.step_over(*step, matches!(outcome, MutationOutcome::Decided(_)));
        }
        Ok(outcome)
    }

    /// An error wrote nothing, so that its refusal can be kept in the same transaction.
    async fn change_in(
        &self,
        tx: &mut Conn,
        actor: &Actor,
        mutation: &Mutation,
    ) -> Result<(MutationOutcome, Vec<LoggedEvent>), AppError> {
        let Mutation { client_id, mutation_id, invoice, fields, decision } = mutation;
        let decided = match decision {
            None => {
                let key = MutationKey { client_id: client_id.clone(), mutation_id: *mutation_id };
                let (result, events) = self.edit_in(tx, actor, *invoice, &normalised(fields)?, Some(key)).await?;
                return Ok((MutationOutcome::Done(Box::new(result)), events));
            }
            Some(Decision::Step { step, request }) => self.step_in(tx, actor, *invoice, *step, request).await?,
            Some(Decision::Assign { to }) => self.assign_in(tx, actor, *invoice, *to).await?,
        };
        let outcome = match decided.answer {
            Ok(summary) => MutationOutcome::Decided(Box::new(summary)),
            Err(refused) => MutationOutcome::Refused(refused),
        };
        Ok((outcome, decided.events))
    }
}

/// What is not our fault is the answer, and is kept.
fn outcome(
    changed: Result<(MutationOutcome, Vec<LoggedEvent>), AppError>,
) -> Result<(MutationOutcome, Vec<LoggedEvent>), AppError> {
    match changed {
        Err(error) if error.status() < 500 => Ok((MutationOutcome::Refused(error), Vec::new())),
        changed => changed,
    }
}

fn same_answer(kept: Option<(String, MutationOutcome)>, digest: &str) -> Result<MutationOutcome, AppError> {
    match kept {
        Some((asked, outcome)) if asked == digest => Ok(outcome),
        _ => Err(AppError::invalid(Some("mutation_id"), "This number was used for another change")),
    }
}

fn unbased(decision: &Decision) -> Decision {
    match decision.clone() {
        Decision::Step { step, request } => {
            Decision::Step { step, request: StepRequest { base_version: None, ..request } }
        }
        assign => assign,
    }
}

fn require_key(mutation: &Mutation) -> Result<(), AppError> {
    let length = mutation.client_id.len();
    if length == 0 || length > MAX_CLIENT_ID {
        return Err(AppError::invalid(Some("client_id"), format!("A client id has 1 to {MAX_CLIENT_ID} characters")));
    }
    if mutation.decision.is_some() && !mutation.fields.is_empty() {
        return Err(AppError::invalid(Some("decision"), "Either fields or a decision"));
    }
    if mutation.mutation_id == 0 || mutation.mutation_id > i64::MAX as u64 {
        return Err(AppError::invalid(Some("mutation_id"), "Mutations are numbered from 1"));
    }
    Ok(())
}

/// Of what is to be where. Not of what it is based on: two tabs that send the same change, one of them asleep for a
/// while, may have gone on from different changes before it.
fn digest(mutation: &Mutation) -> Result<String, AppError> {
    let values: Vec<_> = mutation.fields.iter().map(|edit| (edit.name, &edit.value)).collect();
    let text = match &mutation.decision {
        None => serde_json::to_vec(&(&mutation.invoice, values)),
        Some(decision) => serde_json::to_vec(&(&mutation.invoice, unbased(decision))),
    };
    let text = text.map_err(|_| AppError::Internal)?;
    Ok(hex::encode(Sha256::digest(text)))
}
