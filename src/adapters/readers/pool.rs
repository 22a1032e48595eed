//! Child processes that documents are read in, kept alive and handed out.
//!
//! A child that takes too long is killed and one that dies is replaced; either way the caller gets an error and the
//! next document gets a fresh child. Dropping a call's future kills its child, so nothing is read for nobody.

use super::{
    detect::{FileType, detect},
    ocr::{NoOcr, Ocr},
    protocol::{self, Request, Response},
    validate::Verdict,
};
use crate::{
    adapters::document_reader::{DocumentReader, Scans, TellPages},
    domain::{
        attachment::Attachment,
        reading::{PageWord, ReadError, ReadErrorCode, Reading},
        splitting::PageRange,
    },
};
use async_trait::async_trait;
use bytes::Bytes;
use std::{
    io,
    os::unix::process::ExitStatusExt,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

/// The child's memory addresses are limited, so its allocator must give back those it no longer uses; by itself it
/// keeps them for later. (`retain` and the rest: jemalloc(3). The name's beginning is the crate's.)
const CHILD_ALLOCATOR: &str = "retain:false,narenas:1,dirty_decay_ms:1000,muzzy_decay_ms:0";

/// What a pipe takes at once.
const AT_ONCE: usize = 64 * 1024;

/// The hidden subcommand that runs [`super::child::main`].
pub const CHILD_COMMAND: &str = "read-child";

/// How a pool works.
#[derive(Clone, Debug)]
pub struct PoolOptions {
    /// The program to run as a child; none is this program.
    pub program: Option<PathBuf>,
    /// How many documents are read at once.
    pub children: usize,
    /// How many calls may wait for a child; more are refused.
    pub max_waiting: usize,
    /// For reading one document.
    pub timeout_read: Duration,
    /// For drawing one page.
    pub timeout_page: Duration,
    /// None: scans are not read.
    pub ocr: Option<Ocr>,
    /// Why not, for the people who get them.
    pub no_ocr: Option<NoOcr>,
    /// A child is replaced after so many, so that nothing piles up in it.
    pub max_documents_per_child: u32,
}

impl Default for PoolOptions {
    fn default() -> Self {
        PoolOptions {
            program: None,
            children: 2,
            max_waiting: 1_000,
            timeout_read: Duration::from_secs(10),
            timeout_page: Duration::from_secs(10),
            ocr: None,
            no_ocr: None,
            max_documents_per_child: 1_000,
        }
    }
}

/// Tesseract works on a core for each page: as many pages as there are children, but no more than cores.
fn pages_at_once(options: &PoolOptions) -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(options.children).max(1)
}

/// Reads documents in child processes. Cheap to clone; all clones share the children.
#[derive(Clone)]
pub struct ReaderPool {
    shared: Arc<Shared>,
}

struct Shared {
    options: PoolOptions,
    /// One permit for each call that works or waits.
    queue: Semaphore,
    /// One permit for each child at work.
    slots: Semaphore,
    /// One permit for each page that OCR works on.
    ocr_slots: Semaphore,
    idle: Mutex<Vec<ReaderChild>>,
}

impl ReaderPool {
    /// Starts no child yet: each is started when it is first needed.
    pub fn new(mut options: PoolOptions) -> Self {
        options.children = options.children.clamp(1, 256);
        let queue = options.children.saturating_add(options.max_waiting).min(Semaphore::MAX_PERMITS);
        ReaderPool {
            shared: Arc::new(Shared {
                queue: Semaphore::new(queue),
                slots: Semaphore::new(options.children),
                ocr_slots: Semaphore::new(pages_at_once(&options)),
                idle: Mutex::new(Vec::new()),
                options,
            }),
        }
    }

    /// Reads a document. See [`super::read`].
    ///
    /// # Errors
    /// Those of [`super::read`]; `TooComplex` past the limits of time or memory; `ReaderFailed` when no child can be
    /// started or too many calls wait.
    pub async fn read(&self, document: Bytes) -> Result<Reading, ReadError> {
        self.read_telling(document, &|_, _| {}).await
    }

    /// As [`ReaderPool::read`], telling of each page of a scan that it is about to be read.
    ///
    /// # Errors
    /// As [`ReaderPool::read`].
    pub async fn read_telling(&self, document: Bytes, tell: &TellPages<'_>) -> Result<Reading, ReadError> {
        let limit = self.shared.options.timeout_read;
        match self.ask(Request::Read, &document, limit).await? {
            (Response::Reading(reading), _) => Ok(*reading),
            (Response::Scan(scan), _) => self.read_scan(&document, *scan, tell).await,
            _ => Err(reader_failed("The reader gave a wrong answer")),
        }
    }

    /// Draws a page, from 1, as a PNG of `width` pixels. See [`super::page_png`].
    ///
    /// # Errors
    /// As [`ReaderPool::read`].
    pub async fn page_png(&self, document: Bytes, page: u32, width: u32) -> Result<Vec<u8>, ReadError> {
        let limit = self.shared.options.timeout_page;
        match self.ask(Request::PagePng { page, width }, &document, limit).await? {
            (Response::Png, png) => Ok(png),
            _ => Err(reader_failed("The reader gave a wrong answer")),
        }
    }

    /// The words of a page, from 1. See [`super::page_words`].
    ///
    /// # Errors
    /// As [`ReaderPool::read`].
    pub async fn page_words(&self, document: Bytes, page: u32) -> Result<Vec<PageWord>, ReadError> {
        let limit = self.shared.options.timeout_page;
        match self.ask(Request::PageWords { page }, &document, limit).await? {
            (Response::Words(words), _) => Ok(words),
            (Response::NoWords, _) => self.scan_words(&document, page).await,
            _ => Err(reader_failed("The reader gave a wrong answer")),
        }
    }

    /// Some pages of a PDF as a file of their own. See [`super::pages`].
    ///
    /// # Errors
    /// As [`ReaderPool::read`].
    pub async fn pages(&self, document: Bytes, range: PageRange) -> Result<Vec<u8>, ReadError> {
        match self.ask(Request::Pages(range), &document, self.shared.options.timeout_read).await? {
            (Response::Pages, pdf) => Ok(pdf),
            _ => Err(reader_failed("The reader gave a wrong answer")),
        }
    }

    /// The rules of EN 16931 that an electronic invoice breaks. See [`super::validate::verdict`].
    ///
    /// # Errors
    /// As [`ReaderPool::read`].
    pub async fn validate(&self, document: Bytes) -> Result<Verdict, ReadError> {
        match self.ask(Request::Validate, &document, self.shared.options.timeout_read).await? {
            (Response::Verdict(verdict), _) => Ok(verdict),
            _ => Err(reader_failed("The reader gave a wrong answer")),
        }
    }

    /// What is attached to a document. See [`super::attached::attachments`].
    ///
    /// # Errors
    /// As [`ReaderPool::read`].
    pub async fn attachments(&self, document: Bytes) -> Result<Vec<Attachment>, ReadError> {
        match self.ask(Request::Attachments, &document, self.shared.options.timeout_read).await? {
            (Response::Attachments(all), _) => Ok(all),
            _ => Err(reader_failed("The reader gave a wrong answer")),
        }
    }

    /// One of them with its bytes. See [`super::attached::attachment`].
    ///
    /// # Errors
    /// As [`ReaderPool::read`].
    pub async fn attachment(&self, document: Bytes, number: u32) -> Result<(Attachment, Vec<u8>), ReadError> {
        match self.ask(Request::Attachment { number }, &document, self.shared.options.timeout_read).await? {
            (Response::Attachment(attachment), bytes) => Ok((attachment, bytes)),
            _ => Err(reader_failed("The reader gave a wrong answer")),
        }
    }

    pub(super) fn ocr(&self) -> Option<&Ocr> {
        self.shared.options.ocr.as_ref()
    }

    pub(super) fn no_ocr(&self) -> Option<&NoOcr> {
        self.shared.options.no_ocr.as_ref()
    }

    /// Waits until another page may be read by OCR.
    pub(super) async fn ocr_slot(&self) -> Result<SemaphorePermit<'_>, ReadError> {
        self.shared.ocr_slots.acquire().await.map_err(|_| reader_failed("The readers are shut down"))
    }

    pub(super) fn pages_at_once(&self) -> usize {
        pages_at_once(&self.shared.options)
    }

    pub(super) fn read_limit(&self) -> Duration {
        self.shared.options.timeout_read
    }

    pub(super) async fn ask(
        &self,
        request: Request,
        document: &[u8],
        limit: Duration,
    ) -> Result<(Response, Vec<u8>), ReadError> {
        let shared = &*self.shared;
        let _place = shared.queue.try_acquire().map_err(|_| reader_failed("Too many documents wait to be read"))?;
        let _slot = shared.slots.acquire().await.map_err(|_| reader_failed("The readers are shut down"))?;
        let mut child = shared.child()?;
        let answer = loop {
            match timeout(limit, child.ask(request, document)).await {
                Ok(Ok(answer)) => break answer,
                // What it was left with by others, or what became of it while it waited, is not this document's fault.
                Ok(Err(error)) if child.documents > 0 => {
                    tracing::info!(%error, "a reader that was kept has ended; the document goes to a new one");
                    child = shared.new_child()?;
                }
                Ok(Err(error)) => return Err(child.why_it_ended(&error).await),
                // The child is killed as it is dropped.
                Err(_) => {
                    let seconds = limit.as_secs_f32();
                    return Err(too_complex(&format!("Reading took longer than {seconds} seconds and was stopped")));
                }
            }
        };
        shared.give_back(child);
        match answer {
            (Response::Failed { error, panic }, _) => {
                if let Some(panic) = panic {
                    tracing::warn!(code = error.code.as_str(), panic, "a reader panicked on a document");
                }
                Err(error)
            }
            answer => Ok(answer),
        }
    }

    /// The process ids of the children that wait for work.
    pub fn idle_children(&self) -> Vec<u32> {
        self.shared.idle().iter().filter_map(|child| child.process.as_ref()?.id()).collect()
    }
}

#[async_trait]
impl DocumentReader for ReaderPool {
    fn content_type(&self, document: &[u8]) -> Result<&'static str, ReadError> {
        detect(document).map(FileType::media_type)
    }

    fn scans(&self) -> Scans {
        match (self.ocr(), self.no_ocr()) {
            (Some(_), _) => Scans::Ready,
            (None, Some(NoOcr::Off)) => Scans::Off,
            (None, _) => Scans::Missing,
        }
    }

    async fn read(&self, document: Bytes) -> Result<Reading, ReadError> {
        ReaderPool::read(self, document).await
    }

    async fn read_telling(&self, document: Bytes, tell: &TellPages<'_>) -> Result<Reading, ReadError> {
        ReaderPool::read_telling(self, document, tell).await
    }

    async fn page_png(&self, document: Bytes, page: u32, width: u32) -> Result<Bytes, ReadError> {
        ReaderPool::page_png(self, document, page, width).await.map(Bytes::from)
    }

    async fn page_words(&self, document: Bytes, page: u32) -> Result<Vec<PageWord>, ReadError> {
        ReaderPool::page_words(self, document, page).await
    }

    async fn pages(&self, document: Bytes, range: PageRange) -> Result<Bytes, ReadError> {
        ReaderPool::pages(self, document, range).await.map(Bytes::from)
    }

    async fn attachments(&self, document: Bytes) -> Result<Vec<Attachment>, ReadError> {
        ReaderPool::attachments(self, document).await
    }

    async fn attachment(&self, document: Bytes, number: u32) -> Result<(Attachment, Bytes), ReadError> {
        let (attachment, bytes) = ReaderPool::attachment(self, document, number).await?;
        Ok((attachment, bytes.into()))
    }
}

impl Shared {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<ReaderChild>> {
        // A panic elsewhere can not have left the list half changed.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An idle child that still lives, or a new one.
    fn child(&self) -> Result<ReaderChild, ReadError> {
        loop {
            let Some(mut child) = self.idle().pop() else {
                break;
            };
            if child.lives() {
                return Ok(child);
            }
        }
        self.new_child()
    }

    fn new_child(&self) -> Result<ReaderChild, ReadError> {
        ReaderChild::start(&self.options).map_err(|error| {
            tracing::error!(%error, "cannot start a reader");
            reader_failed("The reader could not be started")
        })
    }

    fn give_back(&self, mut child: ReaderChild) {
        child.documents += 1;
        if child.documents < self.options.max_documents_per_child {
            self.idle().push(child);
        }
    }
}

/// A running child. Dropping it kills and reaps it.
struct ReaderChild {
    /// None only while it is dropped.
    process: Option<Child>,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    documents: u32,
}

impl ReaderChild {
    fn start(options: &PoolOptions) -> io::Result<Self> {
        let program = match &options.program {
            Some(program) => program.clone(),
            None => std::env::current_exe()?,
        };
        // A group of its own, so that Ctrl-C at a terminal does not cut off what is being read; no environment, since
        // it holds secrets; no standard error, since what stands there comes from strangers' documents.
        let mut process = Command::new(program)
            .arg(CHILD_COMMAND)
            .env_clear()
            .env("_RJEM_MALLOC_CONF", CHILD_ALLOCATOR)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let pipe = || io::Error::other("the child has no pipe");
        let input = process.stdin.take().ok_or_else(pipe)?;
        let output = BufReader::new(process.stdout.take().ok_or_else(pipe)?);
        Ok(ReaderChild { process: Some(process), input, output, documents: 0 })
    }

    fn lives(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| matches!(process.try_wait(), Ok(None)))
    }

    async fn ask(&mut self, request: Request, document: &[u8]) -> io::Result<(Response, Vec<u8>)> {
        let header = serde_json::to_vec(&request)?;
        let mut head = protocol::prefix(&header, document)?.to_vec();
        head.extend_from_slice(&header);
        if head.len() + document.len() <= AT_ONCE {
            // Written in two, the child would wake up twice.
            head.extend_from_slice(document);
            self.input.write_all(&head).await?;
        } else {
            self.input.write_all(&head).await?;
            self.input.write_all(document).await?;
        }
        self.input.flush().await?;

        let mut prefix = [0; protocol::PREFIX];
        self.output.read_exact(&mut prefix).await?;
        let (header_length, body_length) = protocol::lengths(prefix)?;
        let mut header = vec![0; header_length];
        let mut body = vec![0; body_length];
        self.output.read_exact(&mut header).await?;
        self.output.read_exact(&mut body).await?;
        Ok((serde_json::from_slice(&header)?, body))
    }

    /// What it means that the talk with this child broke off with `error`.
    async fn why_it_ended(mut self, error: &io::Error) -> ReadError {
        let status = match self.process.as_mut() {
            // Its pipe is closed, so it is ending; it is not given for ever to do so.
            Some(process) => timeout(Duration::from_secs(1), process.wait()).await.ok().and_then(Result::ok),
            None => None,
        };
        tracing::warn!(%error, status = status.map(|status| status.to_string()), "a reader ended on a document");
        match status {
            Some(status) if ended_by_its_limits(status) => {
                too_complex("Reading took more memory than is allowed and was stopped")
            }
            _ => reader_failed("The reader stopped unexpectedly"),
        }
    }
}

impl Drop for ReaderChild {
    fn drop(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        // Without a runtime the process is killed all the same, by `kill_on_drop`.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                // It fails only when the process has been reaped already.
                let _ = process.kill().await;
            });
        }
    }
}

/// Whether it was stopped as a program that asks for too much is: it aborts when it gets no memory, faults when its
/// stack ends, and is killed when the machine has none left. Other signals come from people who end programs.
fn ended_by_its_limits(status: ExitStatus) -> bool {
    const SIGABRT: i32 = 6;
    const SIGBUS: i32 = 7;
    const SIGKILL: i32 = 9;
    const SIGSEGV: i32 = 11;
    matches!(status.signal(), Some(SIGABRT | SIGBUS | SIGKILL | SIGSEGV))
}

fn too_complex(message: &str) -> ReadError {
    ReadError::new(ReadErrorCode::TooComplex, message)
}

pub(super) fn reader_failed(message: &str) -> ReadError {
    ReadError::new(ReadErrorCode::ReaderFailed, message)
}
