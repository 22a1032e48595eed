//! The file store: content-addressed, in a folder or (later) in S3.

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, path::Path};
use sha2::{Digest, Sha256};
use std::sync::Arc;

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("the file store has no {0}")]
    Missing(String),
    #[error(transparent)]
    Store(#[from] object_store::Error),
}

/// Documents by their SHA-256, and what was made of them.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
}

impl Files {
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Files { store }
    }

    /// A folder, made when it is missing.
    pub fn in_folder(folder: &std::path::Path) -> Result<Self, FileError> {
        std::fs::create_dir_all(folder)
            .map_err(|source| object_store::Error::Generic { store: "folder", source: Box::new(source) })?;
        let store = object_store::local::LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Files::new(Arc::new(store)))
    }

    /// Keeps a document and gives its SHA-256 in hex. The same content is kept once.
    pub async fn put_document(&self, bytes: Bytes) -> Result<String, FileError> {
        let hash = hex::encode(Sha256::digest(&bytes));
        self.put_once(&document_path(&hash), bytes).await?;
        Ok(hash)
    }

    pub async fn document(&self, hash: &str) -> Result<Bytes, FileError> {
        self.get(&document_path(hash)).await
    }

    /// A rendered page, if it was rendered before.
    pub async fn page_image(&self, hash: &str, page: u32, width: u32) -> Result<Option<Bytes>, FileError> {
        match self.get(&page_path(hash, page, width)).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(FileError::Missing(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub async fn put_page_image(&self, hash: &str, page: u32, width: u32, png: Bytes) -> Result<(), FileError> {
        self.put_once(&page_path(hash, page, width), png).await
    }

    /// The words of a scanned page, if it was read before.
    pub async fn page_words(&self, hash: &str, page: u32) -> Result<Option<Bytes>, FileError> {
        match self.get(&words_path(hash, page)).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(FileError::Missing(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps them; a later reading's take their place.
    pub async fn put_page_words(&self, hash: &str, page: u32, words: Bytes) -> Result<(), FileError> {
        self.store.put(&words_path(hash, page), words.into()).await?;
        Ok(())
    }

    async fn put_once(&self, path: &Path, bytes: Bytes) -> Result<(), FileError> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.store.put_opts(path, bytes.into(), options).await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn get(&self, path: &Path) -> Result<Bytes, FileError> {
        match self.store.get(path).await {
            Ok(found) => Ok(found.bytes().await?),
            Err(object_store::Error::NotFound { path, .. }) => Err(FileError::Missing(path)),
            Err(error) => Err(error.into()),
        }
    }
}

fn document_path(hash: &str) -> Path {
    Path::from(format!("documents/{}/{hash}", hash.get(..2).unwrap_or("00")))
}

fn words_path(hash: &str, page: u32) -> Path {
    Path::from(format!("pages/{}/{hash}/{page}-words.json", hash.get(..2).unwrap_or("00")))
}

fn page_path(hash: &str, page: u32, width: u32) -> Path {
    Path::from(format!("pages/{}/{hash}/{page}-{width}.png", hash.get(..2).unwrap_or("00")))
}
