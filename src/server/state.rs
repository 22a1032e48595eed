//! What every handler can ask for.

use super::{config::Config, idempotency::InFlight, sessions::DbSessions, sign_in_limits::SignInLimits};
use crate::{realtime::Hub, services::Services};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use std::sync::{Arc, atomic::AtomicBool};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Uploads whose files are held in memory at the same time; each may be 100 MB.
const UPLOADS_AT_ONCE: usize = 4;

/// Cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    pub services: Services,
    pub hub: Hub,
    pub sessions: DbSessions,
    pub config: Arc<Config>,
    pub leptos: LeptosOptions,
    pub limits: Arc<SignInLimits>,
    pub in_flight: Arc<InFlight>,
    pub uploads: UploadTurns,
    pub setup: SetupDone,
    /// Cancelled when the server begins to stop.
    pub stopping: CancellationToken,
}

/// Turns to hold an upload in memory.
#[derive(Clone)]
pub struct UploadTurns(pub Arc<Semaphore>);

impl Default for UploadTurns {
    fn default() -> Self {
        UploadTurns(Arc::new(Semaphore::new(UPLOADS_AT_ONCE)))
    }
}

/// Whether somebody can sign in; once true it stays true, and is not asked again.
#[derive(Clone, Default)]
pub struct SetupDone(pub Arc<AtomicBool>);
