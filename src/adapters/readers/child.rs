//! The child process that documents are read in: the hidden subcommand `read-child` of the same program.
//!
//! It has little memory, writes no files, knows no settings, and ends when its input does. A document that takes
//! too much brings down this process and nothing else.

use super::{
    Asked,
    protocol::{self, Request, Response},
};
use crate::domain::reading::{ReadError, ReadErrorCode};
use rlimit::Resource;
use std::{
    io::{self, Write},
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

/// Of memory addresses, in bytes.
const MEMORY: u64 = 512 * 1024 * 1024;
/// Readers of nested things go deep; this stack is used page by page.
const STACK: usize = 64 * 1024 * 1024;
/// Only for a child whose parent has died, and so can not stop it; the parent's own limits are shorter.
const ORPHAN_LIMIT: Duration = Duration::from_secs(60);

/// Answers requests on standard input until it ends.
pub fn main() -> ExitCode {
    if let Err(error) = limit_resources() {
        eprintln!("read-child: cannot limit its own resources: {error}");
        return ExitCode::FAILURE;
    }
    let panics = record_panics();
    let mut input = io::stdin().lock();
    let mut output = io::BufWriter::new(io::stdout().lock());
    loop {
        match protocol::read_request(&mut input) {
            Ok(Some((request, document))) => {
                if answer(request, document, &panics, &mut output).is_err() {
                    return ExitCode::FAILURE;
                }
            }
            Ok(None) => return ExitCode::SUCCESS,
            Err(_) => return ExitCode::FAILURE,
        }
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
    match work(request, document) {
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

/// Does what is asked on a thread of its own, for its stack. The outer error is a panic, or a thread that did not start.
fn work(request: Request, document: Vec<u8>) -> Result<Result<Asked, ReadError>, ReadError> {
    let (sender, receiver) = mpsc::channel();
    // The document is at fault when a reader of PDFs or pictures panics on it; our own readers are not to panic at all.
    let on_panic = super::panic_error(&document);
    let thread = thread::Builder::new().stack_size(STACK).spawn(move || {
        let done = panic::catch_unwind(AssertUnwindSafe(|| super::ask(request, &document)));
        // The receiver is gone only when the process is about to end.
        let _ = sender.send(done);
    });
    let Ok(thread) = thread else {
        return Err(ReadError::new(ReadErrorCode::ReaderFailed, "The reader could not start"));
    };
    let outcome = match receiver.recv_timeout(ORPHAN_LIMIT) {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(_)) | Err(mpsc::RecvTimeoutError::Disconnected) => Err(on_panic),
        Err(mpsc::RecvTimeoutError::Timeout) => std::process::exit(1),
    };
    // Its stack is given back before the next one is asked for: there is no room for two beside a large document.
    let _ = thread.join();
    outcome
}
