//! What services need of whoever reads documents.

use crate::domain::{
    attachment::Attachment,
    reading::{ModelChoice, PageWord, ReadError, Reading},
    splitting::PageRange,
};
use async_trait::async_trait;
use bytes::Bytes;
use serde::Serialize;

/// Hears which page of a scan is read, and of how many.
pub type TellPages<'t> = dyn Fn(u32, u32) + Send + Sync + 't;

/// Whether pages that are pictures are read, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scans {
    Ready,
    /// The operator wants it so.
    Off,
    /// The program for it, or a language, is not there.
    Missing,
}

/// Reads untrusted documents, bounded in time and memory.
#[async_trait]
pub trait DocumentReader: Send + Sync {
    /// The MIME type by content, for the types we take; cheap. Errors: `Empty`, `UnsupportedType`.
    fn content_type(&self, document: &[u8]) -> Result<&'static str, ReadError>;

    fn scans(&self) -> Scans {
        Scans::Off
    }

    /// All values of the document.
    async fn read(&self, document: Bytes) -> Result<Reading, ReadError>;

    /// The same, telling of each page of a scan that it is about to be read.
    async fn read_telling(&self, document: Bytes, tell: &TellPages<'_>) -> Result<Reading, ReadError> {
        let _ = tell;
        self.read(document).await
    }

    /// The language models that can be asked.
    fn models(&self) -> Vec<ModelChoice> {
        Vec::new()
    }

    /// All values of the document, with the help of a provider's model; None: as the operator set it, `local`: of none.
    /// One that does not answer is noted, and costs nothing of what was read without it.
    async fn read_with(
        &self,
        document: Bytes,
        _provider: Option<&str>,
        tell: &TellPages<'_>,
    ) -> Result<Reading, ReadError> {
        self.read_telling(document, tell).await
    }

    /// One page (from 1) as PNG, `width` pixels wide.
    async fn page_png(&self, document: Bytes, page: u32, width: u32) -> Result<Bytes, ReadError>;

    /// The words of one page (from 1) with their places; none where the file has no text.
    async fn page_words(&self, document: Bytes, page: u32) -> Result<Vec<PageWord>, ReadError>;

    /// Some pages of a PDF as a file of their own. Errors: `UnsupportedType` for all but PDFs.
    async fn pages(&self, document: Bytes, range: PageRange) -> Result<Bytes, ReadError>;

    /// The files inside the document, and the documents elsewhere that it refers to.
    async fn attachments(&self, document: Bytes) -> Result<Vec<Attachment>, ReadError>;

    /// One of them (from 1) with its bytes.
    async fn attachment(&self, document: Bytes, number: u32) -> Result<(Attachment, Bytes), ReadError>;
}
