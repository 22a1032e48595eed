//! What every handler can ask for.

use super::{
    config::Config, idempotency::InFlight, rest::errors::ReportLimits, sessions::DbSessions,
    sign_in_limits::SignInLimits, startup::SocketThreads,
};
use crate::{
    realtime::{Hub, Pacer},
    services::Services,
};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use std::{
    ops::Deref,
    sync::{Arc, atomic::AtomicBool},
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Uploads whose files are held in memory at the same time; each may be 100 MB.
const UPLOADS_AT_ONCE: usize = 4;

/// Cheap to clone: every layer and handler has its own.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

pub struct Parts {
    pub services: Services,
    pub hub: Hub,
    pub sessions: DbSessions,
    pub config: Config,
    pub leptos: LeptosOptions,
    pub limits: Arc<SignInLimits>,
    pub reports: ReportLimits,
    pub in_flight: Arc<InFlight>,
    pub uploads: UploadTurns,
    /// Whether somebody can sign in; once true it stays true, and is not asked again.
    pub setup: AtomicBool,
    /// Cancelled when the server begins to stop.
    pub stopping: CancellationToken,
    pub socket_threads: SocketThreads,
    pub pacer: Arc<Pacer>,
}

impl AppState {
    pub fn new(parts: Parts) -> AppState {
        AppState(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<AppState> for Services {
    fn from_ref(state: &AppState) -> Services {
        state.services.clone()
    }
}

impl FromRef<AppState> for UploadTurns {
    fn from_ref(state: &AppState) -> UploadTurns {
        state.uploads.clone()
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> LeptosOptions {
        state.leptos.clone()
    }
}

/// Turns to hold an upload in memory.
#[derive(Clone)]
pub struct UploadTurns(pub Arc<Semaphore>);

impl Default for UploadTurns {
    fn default() -> Self {
        UploadTurns(Arc::new(Semaphore::new(UPLOADS_AT_ONCE)))
    }
}
