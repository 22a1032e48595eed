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

/// Where our own code is, and libraries that only do what it asks: a panic there is a bug of ours.
const OURS: [&str; 4] = ["src/domain/", "src/adapters/", "rust_decimal", "/time-"];
/// Entrances where documents are opened by libraries that may panic on damage.
const OPENED_BY_LIBRARIES: [&str; 2] = ["pdf", "picture"];

/// The entrance that is fuzzed, with its name.
fn chosen() -> (&'static str, Entrance) {
    static CHOSEN: OnceLock<(&str, Entrance)> = OnceLock::new();
    *CHOSEN.get_or_init(|| {
        let asked = env::var("AP_INTAKE_ENTRANCE").unwrap_or_default();
        let Some(found) = entrances::ALL.into_iter().find(|(name, _)| *name == asked) else {
            eprintln!("AP_INTAKE_ENTRANCE names no entrance: {asked:?}");
            process::exit(2);
        };
        found
    })
}

/// A library's panic on a damaged document is an answer: the child process says that the file is damaged. Any other is a
/// bug, whoever would catch it.
fn abort_on_our_panics() {
    let (entrance, _) = chosen();
    panic::set_hook(Box::new(move |info| {
        let file = info.location().map_or("", |location| location.file());
        if !OPENED_BY_LIBRARIES.contains(&entrance) || OURS.iter().any(|place| file.contains(place)) {
            eprintln!("{info}");
            process::abort();
        }
    }));
}

fuzz_target!(init: abort_on_our_panics(), |bytes: &[u8]| {
    let _ = catch_unwind(AssertUnwindSafe(|| chosen().1(bytes)));
});
