//! The command line; nothing else.

use ap_intake::{
    adapters::readers::{
        child,
        ocr::limits::{self, OCR_COMMAND},
        pool::CHILD_COMMAND,
    },
    server::{commands::Cli, startup},
};
use clap::Parser;
use std::process::ExitCode;

/// The system's allocator keeps what many short-lived pages leave behind: after 2,500 of them the server held 113 MB
/// with it and holds 45 MB with this one, and a page takes a tenth less. (mimalloc does as well, but reserves more
/// addresses at once than the child that reads documents may have.)
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    // The child that reads documents comes before everything: it has no runtime, no settings and little memory.
    if std::env::args_os().nth(1).is_some_and(|command| command == CHILD_COMMAND) {
        return child::main();
    }
    // So does what sets the limits for tesseract, and then becomes it.
    if std::env::args_os().nth(1).is_some_and(|command| command == OCR_COMMAND) {
        return limits::main(std::env::args_os().skip(2));
    }
    let cli = Cli::parse();
    match startup::runtime() {
        Ok(runtime) => runtime.block_on(cli.run()),
        Err(error) => {
            eprintln!("ap-intake: the runtime can not start: {error}");
            ExitCode::FAILURE
        }
    }
}
