//! The command line; nothing else.

use ap_intake::{
    adapters::readers::{child, pool::CHILD_COMMAND},
    server::commands::Cli,
};
use clap::Parser;
use std::process::ExitCode;

/// Bytes of stack of each thread; only what is used takes memory.
const STACK: usize = 16 * 1024 * 1024;

fn main() -> ExitCode {
    // The child that reads documents comes before everything: it has no runtime, no settings and little memory.
    if std::env::args_os().nth(1).is_some_and(|command| command == CHILD_COMMAND) {
        return child::main();
    }
    let cli = Cli::parse();
    // Rendering a page nests as deep as its views do: without optimisation that is more than the default of 2 MiB.
    match tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build() {
        Ok(runtime) => runtime.block_on(cli.run()),
        Err(error) => {
            eprintln!("ap-intake: the runtime can not start: {error}");
            ExitCode::FAILURE
        }
    }
}
