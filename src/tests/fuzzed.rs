//! What fuzzing found (`make fuzz`), kept small: each file goes through the entrance that its folder is named after.

use ap_intake::adapters::readers::entrances;
use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    thread,
};

/// That of a child process that reads documents.
const STACK: usize = 64 * 1024 * 1024;

#[test]
fn what_fuzzing_found_breaks_no_reader() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/fuzzed");
    for (name, entrance) in entrances::ALL {
        let files = fs::read_dir(folder.join(name)).into_iter().flatten().flatten();
        for file in files {
            let bytes = fs::read(file.path()).expect("the file is there");
            let read = move || catch_unwind(AssertUnwindSafe(|| entrance(&bytes)));
            let thread = thread::Builder::new().stack_size(STACK).spawn(read).expect("a thread");
            assert!(thread.join().is_ok_and(|read| read.is_ok()), "{} is read without a panic", file.path().display());
        }
    }
}
