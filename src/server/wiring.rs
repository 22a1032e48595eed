//! What stands at the edges of the use cases: who reads documents, and who hears of changes.

use super::{config::Config, sockets::SocketState, startup::StartError, state::AppState};
use crate::{
    adapters::{
        document_reader::DocumentReader,
        models::ModelReader,
        readers::{
            ocr::{NoOcr, Ocr},
            pool::{PoolOptions, ReaderPool},
        },
    },
    db::{Store, StoreError},
    realtime::{
        Hub,
        postgres_bus::{self, Line},
    },
    services::live::StoreLog,
};
use axum::extract::FromRef;
use std::sync::Arc;

/// Readers in child processes: as many as there are workers, and one for people who look at pages. Says in the log
/// whether scans are read.
pub async fn reader(config: &Config) -> Result<Arc<dyn DocumentReader>, StartError> {
    let (ocr, no_ocr) = match Ocr::find(&config.ocr_settings()).await {
        Ok(ocr) => {
            tracing::info!(languages = ocr.languages, "scans are read by tesseract");
            if !ocr.missing.is_empty() {
                tracing::warn!(languages = ocr.missing, "tesseract lacks languages: scans in them are read badly");
            }
            (Some(ocr), None)
        }
        Err(NoOcr::Off) => {
            tracing::info!("{}", NoOcr::Off);
            (None, Some(NoOcr::Off))
        }
        Err(missing) => {
            tracing::warn!("scans are not read: {missing}");
            (None, Some(missing))
        }
    };
    let program = config.reader_program.clone();
    let options = PoolOptions { program, children: config.workers + 1, ocr, no_ocr, ..PoolOptions::default() };
    with_models(config, Arc::new(ReaderPool::new(options)))
}

/// The same reader, which asks the language models that are set up, too.
pub fn with_models(config: &Config, reader: Arc<dyn DocumentReader>) -> Result<Arc<dyn DocumentReader>, StartError> {
    let providers = config.model_providers()?;
    if providers.is_empty() {
        return Ok(reader);
    }
    for provider in &providers {
        tracing::info!(
            provider = provider.api.name(),
            model = provider.model,
            base_url = provider.base_url,
            "a language model is set up"
        );
    }
    let models = ModelReader::new(reader, providers, config.model_provider).map_err(StartError::Models)?;
    Ok(Arc::new(models))
}

/// The hub of the live rooms, reading the database's event log; and, where the database can carry it, the line to the
/// other servers on it.
pub async fn hub(store: &Store, database: &str) -> Result<(Hub, Option<Line>), StoreError> {
    let log = Arc::new(StoreLog(store.clone()));
    if store.is_shared() {
        let (bus, line) = postgres_bus::connect(database).await?;
        return Ok((Hub::with_bus(log, Arc::new(bus)), Some(line)));
    }
    Ok((Hub::new(log), None))
}

impl FromRef<AppState> for SocketState {
    fn from_ref(state: &AppState) -> SocketState {
        SocketState {
            services: state.services.clone(),
            hub: state.hub.clone(),
            origins: state.config.origins(),
            stopping: state.stopping.clone(),
            threads: state.socket_threads.handle(),
            pacer: state.pacer.clone(),
        }
    }
}
