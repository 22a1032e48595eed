//! Changes that a client numbers: each is decided once, in the client's order, and a repeat gets the same answer.

use super::{Services, require, review::normalised};
use crate::{
    db::{mutations, now_ms},
    domain::{
        error::AppError,
        events::{LoggedEvent, Mutation, MutationKey, MutationOutcome},
        invoice::EditResult,
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
        require(actor, Right::Edit)?;
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
        let Mutation { client_id, mutation_id, invoice, fields } = mutation;
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
        let key = MutationKey { client_id: client_id.clone(), mutation_id: *mutation_id };
        let edited = match normalised(fields) {
            Ok(edits) => self.edit_in(&mut tx, actor, *invoice, &edits, Some(key)).await,
            Err(error) => Err(error),
        };
        let (outcome, events) = outcome(edited)?;
        mutations::mutation_decided(&mut tx, client_id, *mutation_id, &digest, &outcome).await?;
        self.commit(tx, events).await?;
        Ok(outcome)
    }
}

/// An edit that was refused wrote nothing, so the refusal can be kept in the same transaction.
fn outcome(
    edited: Result<(EditResult, Vec<LoggedEvent>), AppError>,
) -> Result<(MutationOutcome, Vec<LoggedEvent>), AppError> {
    match edited {
        Ok((result, events)) => Ok((MutationOutcome::Done(Box::new(result)), events)),
        Err(error) if error.status() < 500 => Ok((MutationOutcome::Refused(error), Vec::new())),
        Err(error) => Err(error),
    }
}

fn same_answer(kept: Option<(String, MutationOutcome)>, digest: &str) -> Result<MutationOutcome, AppError> {
    match kept {
        Some((asked, outcome)) if asked == digest => Ok(outcome),
        _ => Err(AppError::invalid(Some("mutation_id"), "This number was used for another change")),
    }
}

fn require_key(mutation: &Mutation) -> Result<(), AppError> {
    let length = mutation.client_id.len();
    if length == 0 || length > MAX_CLIENT_ID {
        return Err(AppError::invalid(Some("client_id"), format!("A client id has 1 to {MAX_CLIENT_ID} characters")));
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
    let text = serde_json::to_vec(&(&mutation.invoice, values)).map_err(|_| AppError::Internal)?;
    Ok(hex::encode(Sha256::digest(text)))
}
