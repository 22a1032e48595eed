//! What stands at the edges of the use cases: who reads documents, and who hears of changes.

use super::config::Config;
use crate::{
    adapters::{
        document_reader::DocumentReader,
        readers::pool::{PoolOptions, ReaderPool},
    },
    realtime::Publisher,
};
use std::sync::Arc;

/// Readers in child processes: as many as there are workers, and one for people who look at pages.
pub fn reader(config: &Config) -> Arc<dyn DocumentReader> {
    let options =
        PoolOptions { program: config.reader_program.clone(), children: config.workers + 1, ..PoolOptions::default() };
    Arc::new(ReaderPool::new(options))
}
