//! Puts the program together from its settings and runs it.

use super::{
    accept,
    config::{Config, ConfigError},
    demo, router,
    sessions::DbSessions,
    state::{AppState, Parts},
    telemetry, upkeep, wiring,
};
use crate::{
    adapters::files::{FileError, Files},
    db::{Store, StoreError},
    domain::error::AppError,
    pipeline,
    realtime::Hub,
    services::Services,
};
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Requests and workers have this long to finish once the program is asked to stop.
const GRACE: Duration = Duration::from_secs(10);

/// How often the event log is looked at for what another process wrote.
const LOG_WATCH: Duration = Duration::from_millis(500);

/// How often locks are looked at that nobody renewed.
const LOCK_WATCH: Duration = Duration::from_secs(1);

/// Stack of each thread that answers requests. Rendering nests a page's components in one another's frames, and in
/// a build without optimisation those do not fit into the usual 2 MiB. Only what is used takes memory.
const STACK: usize = 16 * 1024 * 1024;

/// The runtime that the program runs on.
///
/// # Errors
/// When the machine has no threads to give.
pub fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build()
}

/// Why the program could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("the data folder {folder} can not be made: {source}")]
    DataFolder { folder: PathBuf, source: std::io::Error },
    #[error("the database can not be opened: {0}")]
    Store(#[from] StoreError),
    #[error("the file store can not be opened: {0}")]
    Files(#[from] FileError),
    #[error("can not listen on {address}: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("serving failed: {0}")]
    Serve(std::io::Error),
    #[error("the demo could not be made: {0}")]
    Demo(AppError),
}

/// Opens the data folder and the database, and brings it up to date.
pub async fn open(config: &Config) -> Result<Opened, StartError> {
    tokio::fs::create_dir_all(&config.data_dir)
        .await
        .map_err(|source| StartError::DataFolder { folder: config.data_dir.clone(), source })?;
    let store = Store::connect(&config.database()).await?;
    store.migrate().await?;
    let files = Files::in_folder(&config.files_dir())?;
    let hub = wiring::hub(&store);
    let services = Services::new(store, files, wiring::reader(config), Arc::new(hub.clone()));
    Ok(Opened { services, hub })
}

/// What every command works with.
pub struct Opened {
    pub services: Services,
    pub hub: Hub,
}

/// The whole program, listening but not yet serving.
pub struct Application {
    listener: TcpListener,
    address: SocketAddr,
    state: AppState,
    workers: usize,
}

impl Application {
    /// Opens everything and binds the address; port 0 takes a free one.
    pub async fn build(config: Config) -> Result<Application, StartError> {
        telemetry::figures();
        let mut leptos = config.leptos_options()?;
        let Opened { services, hub } = open(&config).await?;
        if config.demo {
            demo::create(&services).await.map_err(StartError::Demo)?;
        }
        let listen_failed = |source| StartError::Listen { address: config.address, source };
        let listener = TcpListener::bind(config.address).await.map_err(listen_failed)?;
        let address = listener.local_addr().map_err(listen_failed)?;
        leptos.site_addr = address;
        let workers = config.workers;
        let state = AppState::new(Parts {
            sessions: DbSessions::new(services.store.clone()),
            services,
            hub,
            config,
            leptos,
            limits: Arc::default(),
            in_flight: Arc::default(),
            uploads: Default::default(),
            setup: Default::default(),
            stopping: CancellationToken::new(),
        });
        Ok(Application { listener, address, state, workers })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The use cases behind it.
    pub fn services(&self) -> &Services {
        &self.state.services
    }

    /// Serves and works until `stop`; then takes no more requests, lets what runs finish within ten seconds, and closes
    /// the database.
    pub async fn run(self, stop: CancellationToken) -> Result<(), StartError> {
        let Application { listener, address, state, workers } = self;
        let services = state.services.clone();
        let stopping = state.stopping.clone();
        tracing::info!(%address, workers, "serving");
        let workers = tokio::spawn(pipeline::run(services.clone(), workers, stopping.clone()));
        let upkeep = tokio::spawn(upkeep::run(services.store.clone(), stopping.clone()));
        let hub = state.hub.clone();
        let watch = tokio::spawn(hub.clone().watch(LOG_WATCH, stopping.clone()));
        let locks = tokio::spawn(services.clone().lock_watch(LOCK_WATCH, stopping.clone()));
        let mut serving =
            tokio::spawn(accept::serve(listener, router::router(state), accept::HEAD_TIME, stopping.clone()));
        let result = tokio::select! {
            // It ends only when it is told to, or by a fault of its own.
            ended = &mut serving => ended.map_err(|error| StartError::Serve(std::io::Error::other(error))),
            () = stop.cancelled() => Ok(()),
        };
        stopping.cancel();
        if !serving.is_finished() && tokio::time::timeout(GRACE, &mut serving).await.is_err() {
            tracing::warn!("some requests did not finish in time");
            serving.abort();
        }
        if tokio::time::timeout(GRACE, workers).await.is_err() {
            tracing::warn!("a worker did not finish in time; its task is taken again when its lease ends");
        }
        if tokio::time::timeout(GRACE, hub.emptied()).await.is_err() {
            tracing::warn!("some sockets did not close in time");
        }
        upkeep.abort();
        watch.abort();
        locks.abort();
        services.store.close().await;
        tracing::info!("stopped");
        result
    }
}

/// Only the workers, for machines beside the one that serves.
pub async fn work(config: Config, stop: CancellationToken) -> Result<(), StartError> {
    let Opened { services, .. } = open(&config).await?;
    let workers = config.workers.max(1);
    tracing::info!(workers, "working");
    pipeline::run(services.clone(), workers, stop).await;
    services.store.close().await;
    Ok(())
}
