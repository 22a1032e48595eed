//! Use cases. Every door (page, REST, socket, mail, worker) calls the same one, and each authorises, changes in one
//! transaction with its history and its event, and publishes the event after the commit.

pub mod accounts;
pub mod approval;
pub mod assigning;
pub mod attachments;
mod auto_submit;
pub mod backup;
pub mod bank_accounts;
pub mod brief_cache;
pub mod bulk_steps;
pub mod checking;
pub mod comments;
pub mod connections;
pub mod dashboard;
pub mod delegations;
pub mod estimates;
pub mod history;
pub mod invoices;
pub mod learned;
pub mod learning;
pub mod live;
pub mod locks;
pub mod members;
mod merge_text;
pub mod mutations;
pub mod notifications;
pub mod own_companies;
pub mod processing;
pub mod reject_reasons;
pub mod review;
pub mod rules;
pub mod splitting;
pub mod steps;
pub mod tasks;
pub mod touchless;
pub mod uploads;
pub mod work_items;

use crate::{
    adapters::{document_reader::DocumentReader, files::Files},
    db::{Store, StoreError, Tx},
    domain::{
        error::AppError,
        events::LoggedEvent,
        ids::UserId,
        roles::{Actor, Right},
    },
    realtime::Publisher,
};
use brief_cache::BriefCache;
use std::sync::Arc;
use tokio::sync::Notify;
use tracing::Instrument;

/// All that use cases need. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    pub store: Store,
    pub files: Files,
    pub reader: Arc<dyn DocumentReader>,
    pub publisher: Arc<dyn Publisher>,
    /// Rung when there is new work, so that a worker need not wait for its next look.
    pub work: Arc<Notify>,
    /// Rung when there is something to learn from.
    pub lessons: Arc<Notify>,
    /// Pages and figures of the dashboard as of the last change.
    remembered: Arc<dashboard::Remembered>,
    /// How long reading takes here.
    estimates: Arc<estimates::Estimates>,
    /// People of running sessions, so that not every request asks the database who they are.
    accounts: Arc<BriefCache<UserId, accounts::Account>>,
}

impl Services {
    pub fn new(store: Store, files: Files, reader: Arc<dyn DocumentReader>, publisher: Arc<dyn Publisher>) -> Self {
        Services {
            store,
            files,
            reader,
            publisher,
            work: Arc::default(),
            lessons: Arc::default(),
            remembered: Arc::default(),
            estimates: Arc::default(),
            accounts: Arc::default(),
        }
    }

    /// Tells the workers of all servers that a task waits. After the commit.
    pub(crate) fn ring(&self) {
        self.work.notify_one();
        self.publisher.work_waits();
    }

    /// Commits, then publishes. Both are done even when the caller goes in between (a client hangs up, a worker
    /// stops), so what the log holds is always told.
    pub(crate) async fn commit(&self, tx: Tx, events: Vec<LoggedEvent>) -> Result<(), AppError> {
        let publisher = self.publisher.clone();
        let committed = async move {
            tx.commit().await.map_err(StoreError::from)?;
            publisher.publish(events);
            Ok::<_, AppError>(())
        };
        tokio::spawn(committed.in_current_span()).await.map_err(|error| {
            tracing::error!(%error, "a commit ended by itself");
            AppError::Internal
        })?
    }
}

/// The services and the signed-in actor of the request a server function answers. `server` provides both.
pub fn request_context() -> Result<(Services, Actor), AppError> {
    let services = leptos::prelude::use_context::<Services>().ok_or(AppError::Internal)?;
    let actor = leptos::prelude::use_context::<Actor>().ok_or(AppError::Unauthenticated)?;
    Ok((services, actor))
}

/// Refuses an actor without the right.
pub(crate) fn require(actor: &Actor, right: Right) -> Result<(), AppError> {
    if actor.may(right) {
        return Ok(());
    }
    Err(AppError::forbidden(
        "missing_right",
        format!("Your account can not do this: it lacks the right to {}", right.as_str()),
    ))
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "store failed");
        AppError::Internal
    }
}
