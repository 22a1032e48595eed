//! Throws changed documents at the readers' entrances: `AP_INTAKE_ENTRANCE=xml fuzz [LIBFUZZER'S OPTIONS] FOLDER…`.
//! `scripts/fuzz` runs it.
//!
//! The readers are compiled from their sources: the project as a whole takes half an hour with counters in it.
#![no_main]
#![allow(dead_code)]

pub mod adapters;
#[path = "../../src/domain/mod.rs"]
pub mod domain;

use adapters::readers::entrances::{self, Entrance};
use libfuzzer_sys::fuzz_target;
use std::{
    env,
    panic::{self, AssertUnwindSafe, catch_unwind},
    process,
    sync::OnceLock,
};

/// Where our own code is; a panic elsewhere is a library's.
const OURS: [&str; 2] = ["src/domain/", "src/adapters/"];

/// The entrance that is fuzzed.
fn entrance() -> Entrance {
    static CHOSEN: OnceLock<Entrance> = OnceLock::new();
    *CHOSEN.get_or_init(|| {
        let asked = env::var("AP_INTAKE_ENTRANCE").unwrap_or_default();
        let found = entrances::ALL.iter().find(|(name, _)| *name == asked);
        let Some((_, entrance)) = found else {
            eprintln!("AP_INTAKE_ENTRANCE names no entrance: {asked:?}");
            process::exit(2);
        };
        *entrance
    })
}

/// A library's panic on a damaged document is an answer: the child process says that the file is damaged. One of ours
/// is a bug, whoever would catch it.
fn abort_on_our_panics() {
    panic::set_hook(Box::new(|info| {
        let file = info.location().map_or("", |location| location.file());
        if OURS.iter().any(|folder| file.contains(folder)) {
            eprintln!("{info}");
            process::abort();
        }
    }));
}

fuzz_target!(init: abort_on_our_panics(), |bytes: &[u8]| {
    let _ = catch_unwind(AssertUnwindSafe(|| entrance()(bytes)));
});
