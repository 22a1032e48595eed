//! The child process that documents are read in: the hidden subcommand `read-child` of the same program.
//!
//! It has little memory, writes no files, knows no settings, and ends when its input does. A document that takes
//! too much brings down this process and nothing else.

use super::{
    Asked,
    protocol::{self, Request, Response},
};
use crate::domain::reading::ReadError;
use rlimit::Resource;
use std::{
    io::{self, Write},
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Of memory addresses, in bytes.
const MEMORY: u64 = 512 * 1024 * 1024;
/// Readers of nested things go deep; this stack is used page by page.
const STACK: usize = 64 * 1024 * 1024;
/// Only for a child whose parent has died, and so can not stop it; the parent's own limits are shorter.
const ORPHAN_LIMIT: Duration = Duration::from_secs(60);

/// How often it is looked whether a document takes too long.
const LOOK: Duration = Duration::from_secs(1);

/// Answers requests on standard input until it ends, on a thread of its own, for its stack: one for all documents, since to
/// start one costs as much as to read a small invoice. This thread only looks that none takes for ever.
pub fn main() -> ExitCode {
    if let Err(error) = limit_resources() {
        eprintln!("read-child: cannot limit its own resources: {error}");
        return ExitCode::FAILURE;
    }
    let at_work = Arc::new(AtWork::default());
    let worker = Arc::clone(&at_work);
    let serve = move || std::process::exit(i32::from(answer_all(&worker).is_err()));
    if thread::Builder::new().stack_size(STACK).spawn(serve).is_err() {
        eprintln!("read-child: cannot start its thread");
        return ExitCode::FAILURE;
    }
    loop {
        thread::sleep(LOOK);
        if at_work.takes_too_long() {
            return ExitCode::FAILURE;
        }
    }
}

fn answer_all(at_work: &AtWork) -> io::Result<()> {
    let panics = record_panics();
    let mut input = io::stdin().lock();
    let mut output = io::BufWriter::new(io::stdout().lock());
    while let Some((request, document)) = protocol::read_request(&mut input)? {
        at_work.begin();
        answer(request, document, &panics, &mut output)?;
        at_work.end();
    }
    Ok(())
}

/// Since when it works on a document.
#[derive(Default)]
struct AtWork(Mutex<Option<Instant>>);

impl AtWork {
    fn begin(&self) {
        self.set(Some(Instant::now()));
    }

    fn end(&self) {
        self.set(None);
    }

    fn set(&self, since: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    fn takes_too_long(&self) -> bool {
        let since = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() > ORPHAN_LIMIT)
    }
}

fn limit_resources() -> io::Result<()> {
    // No memory beyond this, no memory images of other people's invoices, no files written.
    for (resource, limit) in [(Resource::AS, MEMORY), (Resource::CORE, 0), (Resource::FSIZE, 0)] {
        if resource.is_supported() {
            resource.set(limit, limit)?;
        }
    }
    Ok(())
}

/// Where the message of the last panic is kept.
type Panics = Arc<Mutex<Option<String>>>;

fn record_panics() -> Panics {
    let panics = Panics::default();
    let record = Arc::clone(&panics);
    panic::set_hook(Box::new(move |info| {
        if let Ok(mut last) = record.lock() {
            *last = Some(info.to_string());
        }
    }));
    panics
}

fn answer(request: Request, document: Vec<u8>, panics: &Panics, output: &mut impl Write) -> io::Result<()> {
    match work(request, &document) {
        Ok(Ok(Asked::Reading(reading))) => protocol::write(output, &Response::Reading(reading), &[]),
        Ok(Ok(Asked::Scan(scan))) => protocol::write(output, &Response::Scan(scan), &[]),
        Ok(Ok(Asked::Picture(prepared, picture))) => protocol::write(output, &Response::Picture(prepared), &picture),
        Ok(Ok(Asked::NoWords)) => protocol::write(output, &Response::NoWords, &[]),
        Ok(Ok(Asked::Png(png))) => protocol::write(output, &Response::Png, &png),
        Ok(Ok(Asked::Pages(pdf))) => protocol::write(output, &Response::Pages, &pdf),
        Ok(Ok(Asked::Words(words))) => protocol::write(output, &Response::Words(words), &[]),
        Ok(Ok(Asked::Verdict(verdict))) => protocol::write(output, &Response::Verdict(verdict), &[]),
        Ok(Ok(Asked::Attachments(all))) => protocol::write(output, &Response::Attachments(all), &[]),
        Ok(Ok(Asked::Attachment(one, bytes))) => protocol::write(output, &Response::Attachment(one), &bytes),
        Ok(Err(error)) => protocol::write(output, &Response::Failed { error, panic: None }, &[]),
        Err(error) => {
            let panic = panics.lock().ok().and_then(|mut last| last.take());
            protocol::write(output, &Response::Failed { error, panic }, &[])
        }
    }
}

/// Does what is asked. The outer error is a panic.
fn work(request: Request, document: &[u8]) -> Result<Result<Asked, ReadError>, ReadError> {
    // The document is at fault when a reader of PDFs or pictures panics on it; our own readers are not to panic at all.
    panic::catch_unwind(AssertUnwindSafe(|| super::ask(request, document))).map_err(|_| super::panic_error(document))
}
