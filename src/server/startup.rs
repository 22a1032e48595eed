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
    realtime::{Hub, Pacer, postgres_bus::Line},
    services::Services,
};
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    runtime::{Handle, Runtime},
};
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
pub fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build()
}

/// The threads that serve the open sockets.
pub struct SocketThreads(Option<Runtime>);

impl SocketThreads {
    fn start() -> std::io::Result<SocketThreads> {
        Ok(SocketThreads(Some(runtime()?)))
    }

    /// Spawns on them.
    pub fn handle(&self) -> Handle {
        // There is one until it is dropped.
        self.0.as_ref().map_or_else(Handle::current, |runtime| runtime.handle().clone())
    }
}

impl Drop for SocketThreads {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            // To wait for them is not allowed on a thread of another runtime.
            runtime.shutdown_background();
        }
    }
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
    #[error("the threads of the sockets can not be started: {0}")]
    Threads(std::io::Error),
    #[error("serving failed: {0}")]
    Serve(std::io::Error),
    #[error("language models can not be asked: {0}")]
    Models(reqwest::Error),
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
    let (hub, line) = wiring::hub(&store, &config.database()).await?;
    let services = Services::new(store, files, wiring::reader(config).await?, Arc::new(hub.clone()));
    hub.ring_for_work(services.work.clone());
    Ok(Opened { services, hub, line })
}

/// What every command works with.
pub struct Opened {
    pub services: Services,
    pub hub: Hub,
    /// To other servers on the same database; it carries nothing until it runs.
    pub line: Option<Line>,
}

/// The whole program, listening but not yet serving.
pub struct Application {
    listener: TcpListener,
    address: SocketAddr,
    state: AppState,
    line: Option<Line>,
    workers: usize,
}

impl Application {
    /// Opens everything and binds the address; port 0 takes a free one.
    pub async fn build(config: Config) -> Result<Application, StartError> {
        telemetry::figures();
        allow_many_files();
        let mut leptos = config.leptos_options()?;
        let Opened { services, hub, line } = open(&config).await?;
        if config.demo {
            demo::create(&services).await.map_err(StartError::Demo)?;
        }
        let listen_failed = |source| StartError::Listen { address: config.address, source };
        let listener = accept::listen(config.address).map_err(listen_failed)?;
        let address = listener.local_addr().map_err(listen_failed)?;
        leptos.site_addr = address;
        let workers = config.workers;
        let socket_threads = SocketThreads::start().map_err(StartError::Threads)?;
        let pacer = Pacer::new(socket_threads.handle());
        let state = AppState::new(Parts {
            sessions: DbSessions::new(services.store.clone()),
            services,
            hub,
            config,
            leptos,
            limits: Arc::default(),
            reports: Default::default(),
            in_flight: Arc::default(),
            uploads: Default::default(),
            setup: Default::default(),
            stopping: CancellationToken::new(),
            socket_threads,
            pacer,
        });
        Ok(Application { listener, address, state, line, workers })
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
        let Application { listener, address, state, line, workers } = self;
        let services = state.services.clone();
        let stopping = state.stopping.clone();
        tracing::info!(%address, workers, "serving");
        let workers = tokio::spawn(pipeline::run(services.clone(), workers, stopping.clone()));
        let upkeep = tokio::spawn(upkeep::run(services.store.clone(), stopping.clone()));
        let hub = state.hub.clone();
        let watch = tokio::spawn(hub.clone().watch(LOG_WATCH, stopping.clone()));
        let line = line.map(|line| tokio::spawn(line.run(hub.clone(), stopping.clone())));
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
        if let Some(line) = line {
            _ = line.await;
        }
        services.store.close().await;
        tracing::info!("stopped");
        result
    }
}

/// Every socket is an open file, and systems let a program have a thousand or so unless it asks for more.
fn allow_many_files() {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => tracing::debug!(files, "files that may be open"),
        Err(error) => tracing::warn!(%error, "the limit of open files stays as it is"),
    }
}

/// Only the workers, for machines beside the one that serves.
pub async fn work(config: Config, stop: CancellationToken) -> Result<(), StartError> {
    let Opened { services, hub, line } = open(&config).await?;
    let workers = config.workers.max(1);
    if let Some(line) = line {
        tokio::spawn(line.run(hub, stop.clone()));
    }
    tracing::info!(workers, "working");
    pipeline::run(services.clone(), workers, stop).await;
    services.store.close().await;
    Ok(())
}
