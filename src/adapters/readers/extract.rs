//! `ap-intake extract`: reads documents without server or database, and prints one JSON object a line.

use super::detect::{FileType, detect};
use crate::adapters::document_reader::DocumentReader;
use crate::domain::{
    attachment::NO_DOCUMENT,
    checks::{self, CheckResult, Facts},
    dates,
    field::Field,
    reading::{DocumentKind, InvoiceLine, PageBox, ReadError, ReadErrorCode, Reading, ReadingNote, VatRow},
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

/// What came of one file, as it is printed. Times are milliseconds.
#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Read(Box<Extract>),
    Failed { file: String, error: Failure, ms: f64 },
}

#[derive(Serialize)]
struct Extract {
    file: String,
    kind: DocumentKind,
    /// None of XML by itself.
    pages: usize,
    fields: BTreeMap<Field, String>,
    lines: Vec<InvoiceLine>,
    vat_rows: Vec<VatRow>,
    confidence: BTreeMap<Field, f32>,
    boxes: BTreeMap<Field, PageBox>,
    checks: Vec<CheckResult>,
    notes: Vec<ReadingNote>,
    ms: f64,
}

/// Why a file could not be read.
#[derive(Serialize)]
pub(super) struct Failure {
    code: &'static str,
    message: String,
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Failure { code: error.code.as_str(), message: error.message }
    }
}

/// Reads the files, up to `threads` at once (0 is one a core), and prints a line for each in the order given; of an e-mail
/// one for each file with it, named `mail.eml/invoice.pdf`.
/// Returns whether all could be read.
///
/// # Errors
/// When the output can not be written.
pub async fn run(
    files: Vec<PathBuf>,
    threads: usize,
    reader: Arc<dyn DocumentReader>,
    provider: &'static str,
    mut output: impl Write,
) -> io::Result<bool> {
    let threads = threads_of(threads);
    // One more than there are children, so that a file is at hand when a child is free.
    let mut outcomes = stream::iter(files)
        .map(|file| {
            let reader = reader.clone();
            tokio::spawn(async move { extract(reader.as_ref(), provider, file).await })
        })
        .buffered(threads + 1);
    let mut all_read = true;
    while let Some(of_file) = outcomes.next().await {
        for outcome in of_file.map_err(io::Error::other)? {
            all_read &= matches!(outcome, Outcome::Read(_));
            let mut line = serde_json::to_vec(&outcome)?;
            line.push(b'\n');
            output.write_all(&line)?;
        }
    }
    output.flush()?;
    Ok(all_read)
}

/// 0 is one a core.
pub fn threads_of(asked: usize) -> usize {
    match asked {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    }
}

async fn extract(reader: &dyn DocumentReader, provider: &str, path: PathBuf) -> Vec<Outcome> {
    let start = Instant::now();
    let file = path.display().to_string();
    // On this thread: nobody else waits for it, and another one would cost more than a small file.
    let document = match load(&path) {
        Ok(document) => document,
        Err(error) => return vec![Outcome::Failed { file, error, ms: ms_since(start) }],
    };
    if detect(&document) != Ok(FileType::Message) {
        return vec![outcome(reader, provider, file, Ok(document), start).await];
    }
    let found = match reader.attachments(document.clone()).await {
        Ok(found) if found.is_empty() => Err(ReadError::new(ReadErrorCode::UnsupportedType, NO_DOCUMENT)),
        found => found,
    };
    let found = match found {
        Ok(found) => found,
        Err(error) => return vec![Outcome::Failed { file, error: error.into(), ms: ms_since(start) }],
    };
    let mut outcomes = Vec::with_capacity(found.len());
    for attachment in found {
        let start = Instant::now();
        let name = [&file, "/", &attachment.name].concat();
        let bytes = reader.attachment(document.clone(), attachment.number).await.map(|(_, bytes)| bytes);
        outcomes.push(outcome(reader, provider, name, bytes, start).await);
    }
    outcomes
}

async fn outcome(
    reader: &dyn DocumentReader,
    provider: &str,
    file: String,
    document: Result<Bytes, ReadError>,
    start: Instant,
) -> Outcome {
    let read = match document {
        Ok(document) => reader.read_with(document, Some(provider), &|_, _| {}).await,
        Err(error) => Err(error),
    };
    match read {
        Ok(reading) => Outcome::Read(Box::new(describe(file, reading, ms_since(start)))),
        Err(error) => Outcome::Failed { file, error: error.into(), ms: ms_since(start) },
    }
}

fn ms_since(start: Instant) -> f64 {
    (start.elapsed().as_secs_f64() * 10_000.0).round() / 10.0
}

/// The bytes of a file, unless it is too large.
pub(super) fn load(path: &Path) -> Result<Bytes, Failure> {
    let failed = |error: io::Error| unreadable(error.to_string());
    if std::fs::metadata(path).map_err(failed)?.len() > super::MAX_DOCUMENT as u64 {
        return Err(ReadError::new(ReadErrorCode::TooLarge, "The file is too large").into());
    }
    std::fs::read(path).map(Bytes::from).map_err(failed)
}

pub(super) fn unreadable(message: String) -> Failure {
    Failure { code: "unreadable_file", message }
}

fn describe(file: String, reading: Reading, ms: f64) -> Extract {
    let today = dates::to_iso(time::OffsetDateTime::now_utc().date());
    let checks = checks::check(&Facts::of_reading(&reading, &today));
    let mut extract = Extract {
        file,
        kind: reading.kind,
        pages: reading.pages.len(),
        fields: BTreeMap::new(),
        lines: reading.lines,
        vat_rows: reading.vat_rows,
        confidence: BTreeMap::new(),
        boxes: BTreeMap::new(),
        checks,
        notes: reading.notes,
        ms,
    };
    for (field, value) in reading.fields {
        extract.confidence.insert(field, value.confidence);
        extract.boxes.extend(value.place.map(|place| (field, place)));
        extract.fields.insert(field, value.value);
    }
    extract
}
