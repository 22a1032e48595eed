//! Backups: all that people entered and sent, in one file that either database takes back. Only the operator's
//! commands use it, on the machine that holds the data; no door of the server leads here.

use crate::{
    adapters::{
        archive::{ArchiveWriter, read_archive},
        files::{FileError, Files},
    },
    db::{
        Store, StoreError, Tx,
        dump::{self, DumpRow, TABLES},
        history::history_verify,
        now_ms, supplier_accounts,
    },
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;

/// The layout of the file: `manifest.json`, `tables/NAME/NUMBER.jsonl` in the tables' order, `documents/SHA-256`.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
/// Rows and bytes after which a table goes on in another entry.
const CHUNK_ROWS: usize = 1_000;
const CHUNK_BYTES: usize = 4 * 1024 * 1024;
/// No entry is larger: a chunk and the row that fills it, or a document.
const ENTRY_LIMIT: u64 = 64 * 1024 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error("this is no backup of AP Intake, or it is damaged: {0}")]
    Damaged(String),
    #[error("the backup was written by a newer version: install that version first")]
    Newer,
    #[error("the database already holds users or invoices; a backup is restored into an empty one")]
    NotEmpty,
}

#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    program: String,
    /// The last migration of the database it was taken from.
    #[serde(default = "before_it_was_told")]
    schema: i64,
    /// Milliseconds since 1970, UTC.
    at: i64,
}

/// What older ones than that lack is found otherwise.
fn before_it_was_told() -> i64 {
    9
}

/// What a backup held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub rows: u64,
    pub documents: u64,
}

/// Writes a backup. The server may go on meanwhile: all rows are of one moment, and documents are never changed.
pub async fn write(store: &Store, files: &Files, path: &Path) -> Result<Counts, BackupError> {
    let mut archive = ArchiveWriter::create(path)?;
    let manifest = Manifest {
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: store.schema(),
        at: now_ms(),
    };
    archive.add(MANIFEST, &to_json(&manifest)?)?;
    let mut counts = Counts::default();
    let mut hashes = Vec::new();
    let mut tx = store.snapshot().await?;
    for table in TABLES {
        let mut chunk = Chunk { table, number: 0, rows: 0, text: Vec::new() };
        dump::table_read(&mut tx, table, |row| {
            if let ("files", Some(hash)) = (table, row.get("hash").and_then(|hash| hash.as_str())) {
                hashes.push(hash.to_owned());
            }
            counts.rows += 1;
            chunk.push(&row, &mut archive)
        })
        .await?;
        chunk.end(&mut archive)?;
    }
    drop(tx);
    for hash in hashes {
        archive.add(&format!("documents/{hash}"), &files.document(&hash).await?)?;
        counts.documents += 1;
    }
    archive.finish()?;
    Ok(counts)
}

/// Takes a backup into an empty database and the file store, whole or not at all. The event log begins anew, so every
/// page that was open loads its data again.
pub async fn restore(store: &Store, files: &Files, path: PathBuf) -> Result<Counts, BackupError> {
    let mut tx = store.begin().await?;
    if !dump::is_empty(&mut tx).await? {
        return Err(BackupError::NotEmpty);
    }
    // The file is read on a thread of its own; at most two entries are in memory.
    let (entries, mut received) = mpsc::channel::<(String, Vec<u8>)>(1);
    let reader = tokio::task::spawn_blocking(move || {
        read_archive(&path, ENTRY_LIMIT, |name, content| {
            entries.blocking_send((name.to_owned(), content)).map_err(|_| BackupError::Damaged("stopped".to_owned()))
        })
    });
    let mut restored = Restored::default();
    while let Some((name, content)) = received.recv().await {
        restored.take(store, &mut tx, files, &name, content).await?;
    }
    reader.await.map_err(|error| BackupError::Damaged(error.to_string()))??;
    restored.finish(store, tx).await
}

/// Rows of a table on their way into the archive.
struct Chunk {
    table: &'static str,
    number: u32,
    rows: usize,
    text: Vec<u8>,
}

impl Chunk {
    fn push(&mut self, row: &DumpRow, archive: &mut ArchiveWriter) -> Result<(), BackupError> {
        self.text.extend(to_json(row)?);
        self.text.push(b'\n');
        self.rows += 1;
        if self.rows >= CHUNK_ROWS || self.text.len() >= CHUNK_BYTES { self.end(archive) } else { Ok(()) }
    }

    fn end(&mut self, archive: &mut ArchiveWriter) -> Result<(), BackupError> {
        if self.rows > 0 {
            archive.add(&format!("tables/{}/{:06}.jsonl", self.table, self.number), &self.text)?;
            self.number += 1;
            self.rows = 0;
            self.text.clear();
        }
        Ok(())
    }
}

#[derive(Default)]
struct Restored {
    begun: bool,
    schema: i64,
    counts: Counts,
    expected_documents: u64,
    /// Invoice and the one it repeats.
    duplicates: Vec<(String, String)>,
}

impl Restored {
    async fn take(
        &mut self,
        store: &Store,
        tx: &mut Tx,
        files: &Files,
        name: &str,
        content: Vec<u8>,
    ) -> Result<(), BackupError> {
        let damaged = || BackupError::Damaged(name.to_owned());
        if !self.begun {
            let manifest: Manifest = (name == MANIFEST)
                .then(|| serde_json::from_slice(&content).ok())
                .flatten()
                .ok_or_else(|| BackupError::Damaged("it does not begin with its manifest".to_owned()))?;
            self.begun = true;
            self.schema = manifest.schema;
            let is_newer = manifest.format > FORMAT || manifest.schema > store.schema();
            return if is_newer { Err(BackupError::Newer) } else { Ok(()) };
        }
        match name.split('/').collect::<Vec<_>>().as_slice() {
            ["tables", table, _] => self.rows(tx, table, &content, name).await,
            ["documents", hash] => {
                if files.put_document(content.into()).await? != *hash {
                    return Err(damaged());
                }
                self.counts.documents += 1;
                Ok(())
            }
            _ => Err(damaged()),
        }
    }

    async fn rows(&mut self, tx: &mut Tx, table: &str, content: &[u8], name: &str) -> Result<(), BackupError> {
        for line in content.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let mut row: DumpRow =
                serde_json::from_slice(line).map_err(|error| BackupError::Damaged(format!("{name}: {error}")))?;
            if table == "invoices"
                && let (Some(serde_json::Value::String(first)), Some(id)) = (row.remove("duplicate_of"), row.get("id"))
            {
                self.duplicates.push((id.as_str().unwrap_or_default().to_owned(), first));
            }
            dump::table_insert(tx, table, &row).await?;
            self.expected_documents += u64::from(table == "files");
            self.counts.rows += 1;
        }
        Ok(())
    }

    /// Looks whether all of it is there, and commits.
    async fn finish(self, store: &Store, mut tx: Tx) -> Result<Counts, BackupError> {
        if !self.begun || self.counts.documents != self.expected_documents {
            return Err(BackupError::Damaged("it ends too early".to_owned()));
        }
        // A backup from before accounts were verified holds none.
        supplier_accounts::accounts_from_approved(&mut tx).await?;
        store.bring_forward(&mut tx, self.schema).await?;
        for (invoice, first) in &self.duplicates {
            dump::duplicate_link(&mut tx, invoice, first).await?;
        }
        let (broken, _) = history_verify(&mut tx).await?;
        if let Some((invoice, entry)) = broken.first() {
            return Err(BackupError::Damaged(format!("entry {entry} in the history of invoice {invoice} was changed")));
        }
        tx.commit().await.map_err(StoreError::from)?;
        Ok(self.counts)
    }
}

fn to_json<T: Serialize>(value: &T) -> Result<Vec<u8>, BackupError> {
    serde_json::to_vec(value).map_err(|error| BackupError::Io(error.into()))
}
