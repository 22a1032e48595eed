//! Lists, one invoice, edits and steps.

use super::{ApiError, encoding::Json};
use crate::domain::{
    attachment::Attachment,
    bank_account::AccountVerification,
    comment::Person,
    events::{Mutation, MutationOutcome},
    history::History,
    ids::InvoiceId,
    invoice::{Dashboard, InvoiceDetail, InvoiceQuery, StepOutcome},
    reading::PageWord,
    splitting::{SplitPart, SplitRequest},
    status::{Status, Step},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where an invoice stands among those of a filter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Neighbours {
    pub previous: Option<InvoiceId>,
    pub next: Option<InvoiceId>,
    /// From 1; 0 when the invoice is not among them.
    pub place: i64,
    pub total: i64,
}

/// The dashboard: one page of invoices, the counts of all tabs, the figures.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_dashboard(query: InvoiceQuery) -> Result<Dashboard, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.dashboard(&actor, &query).await?)
}

/// One invoice with all its values. Where there is none, the page that shows it has the status 404 too.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_invoice(id: InvoiceId) -> Result<InvoiceDetail, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    let found = services.invoice(&actor, id).await;
    if let Err(crate::domain::error::AppError::NotFound { .. }) = found {
        super::answer_not_found();
    }
    Ok(found?)
}

/// Its history, newest first, and whether it stands as it was written.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_history(id: InvoiceId) -> Result<History, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    let read = async { Ok(services.history_seen(&actor, id).await?) };
    super::page_reads::once(["history ", &id.to_string()].concat(), read).await
}

/// The words of one of its pages, from 1.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_words(id: InvoiceId, page: u32) -> Result<Vec<PageWord>, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.page_words(&actor, id, page).await?)
}

/// What is attached to it.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_attachments(id: InvoiceId) -> Result<Vec<Attachment>, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.attachments(&actor, id).await?)
}

/// The invoices before and after this one in the filter of the dashboard's URL.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_neighbours(id: InvoiceId, query: InvoiceQuery) -> Result<Neighbours, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    let read = async {
        let found = services.invoice_neighbours(&actor, id, &query).await?;
        Ok(Neighbours { previous: found.previous, next: found.next, place: found.place, total: found.total })
    };
    super::page_reads::once(["neighbours ", &id.to_string()].concat(), read).await
}

/// Changes fields, each on the version the person saw: what the socket's `mutate` does, for while there is no socket.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn mutate(mutation: Mutation) -> Result<MutationOutcome, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.mutate(&actor, &mutation).await?)
}

/// What an invoice is like after a decision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DecisionTaken {
    pub status: Status,
    /// What this person may do with it now.
    pub allowed: Vec<Step>,
    /// All of it, an [`InvoiceDetail`] in JSON: only its own page takes it apart.
    pub invoice: String,
}

/// Decides about an invoice as a whole: takes a step, or gives it to somebody.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn decide(mutation: Mutation) -> Result<DecisionTaken, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    services.mutate(&actor, &mutation).await?.decided()?;
    let invoice = services.invoice(&actor, mutation.invoice).await?;
    let told = serde_json::to_string(&invoice).map_err(|_| crate::domain::error::AppError::Internal)?;
    Ok(DecisionTaken { status: invoice.summary.status, allowed: invoice.allowed, invoice: told })
}

/// Keeps that the invoice's bank account was verified, and how. Gives the invoice as it is then.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn verify_account(id: InvoiceId, said: AccountVerification) -> Result<InvoiceDetail, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    services.verify_account(&actor, id, &said).await?;
    Ok(services.invoice(&actor, id).await?)
}

/// Takes its file apart into the invoices it holds, or says that it is one. Gives what it was taken apart into.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn split_invoice(id: InvoiceId, asked: SplitRequest) -> Result<Vec<SplitPart>, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.split(&actor, id, &asked).await?)
}

/// Decides about several invoices, each on the version its row showed, and tells what became of each.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn decide_all(mutations: Vec<Mutation>) -> Result<Vec<StepOutcome>, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.decide_all(&actor, &mutations).await?)
}

/// Everybody who can be given work, by name.
#[server(prefix = "/api/fn", input = Json, output = Json)]
pub async fn load_assignable() -> Result<Vec<Person>, ApiError> {
    let (services, actor) = crate::services::request_context()?;
    Ok(services.assignable(&actor).await?)
}
