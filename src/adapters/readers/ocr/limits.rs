//! The hidden subcommand that becomes tesseract: it sets the limits and hands over to the program.
//!
//! A limit can be set only by a process for itself, or by code between fork and exec, which would not be safe Rust.

use rlimit::Resource;
use std::{ffi::OsString, io, os::unix::process::CommandExt, process::Command, process::ExitCode};

/// Ahead of the program and its arguments.
pub const OCR_COMMAND: &str = "ocr-child";

/// Of memory addresses, in bytes. Six languages and an A4 page at 300 dpi take 140 MB.
const MEMORY: u64 = 768 * 1024 * 1024;
/// Of processor time, in seconds, for one page. It also ends the program when the parent has died.
const SECONDS: u64 = 25;

/// Becomes the program that the arguments name.
pub fn main(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let Some(program) = arguments.next() else {
        return ExitCode::FAILURE;
    };
    if let Err(error) = limit_resources() {
        eprintln!("{OCR_COMMAND}: cannot limit its own resources: {error}");
        return ExitCode::FAILURE;
    }
    let error = Command::new(program).args(arguments).exec();
    eprintln!("{OCR_COMMAND}: {error}");
    ExitCode::FAILURE
}

fn limit_resources() -> io::Result<()> {
    let limits = [(Resource::AS, MEMORY), (Resource::CORE, 0), (Resource::FSIZE, 0), (Resource::CPU, SECONDS)];
    for (resource, limit) in limits {
        if resource.is_supported() {
            resource.set(limit, limit)?;
        }
    }
    Ok(())
}
