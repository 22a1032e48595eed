//! Files chosen in the dialog, until they are sent or taken out, and why some can not be sent.

use leptos::prelude::*;
use std::cell::RefCell;
use web_sys::File;

/// Files of one choice, and bytes of one file. The server refuses more; saying so before sending saves the wait.
const MAX_FILES: usize = 10;
const MAX_FILE_BYTES: f64 = 10.0 * 1024.0 * 1024.0;
/// Endings of names that readers understand. The server decides by content: a name without ending is sent.
const ENDINGS: [&str; 8] = ["pdf", "xml", "png", "jpg", "jpeg", "tif", "tiff", "eml"];

thread_local! {
    // Files belong to the page's thread, so they can not be in a signal.
    static FILES: RefCell<Vec<(u32, File)>> = const { RefCell::new(Vec::new()) };
}

/// A file that was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub key: u32,
    pub name: String,
    pub bytes: f64,
    /// Why it can not be sent.
    pub refused: Option<&'static str>,
}

#[derive(Clone, Copy)]
pub struct Chosen {
    pub rows: RwSignal<Vec<Candidate>>,
}

impl Chosen {
    pub fn find(self, key: u32) -> Option<Candidate> {
        self.rows.with_untracked(|rows| rows.iter().find(|row| row.key == key).cloned())
    }

    pub(super) fn new() -> Chosen {
        Chosen { rows: RwSignal::new(Vec::new()) }
    }

    /// Adds files to those chosen before. Browser only.
    pub fn add(self, files: Vec<File>) {
        let mut added = Vec::new();
        for file in files {
            let key = super::next_key();
            added.push(Candidate { key, name: file.name(), bytes: file.size(), refused: None });
            FILES.with_borrow_mut(|kept| kept.push((key, file)));
        }
        self.rows.update(|rows| {
            rows.append(&mut added);
            judge(rows);
        });
    }

    /// Takes one out, which may make room for another.
    pub fn remove(self, key: u32) {
        FILES.with_borrow_mut(|kept| kept.retain(|(kept, _)| *kept != key));
        self.rows.update(|rows| {
            rows.retain(|row| row.key != key);
            judge(rows);
        });
    }

    /// How many can be sent.
    pub fn sendable(self) -> usize {
        self.rows.with(|rows| rows.iter().filter(|row| row.refused.is_none()).count())
    }

    /// Gives all that is chosen, in its order, and forgets it.
    pub fn take(self) -> Vec<File> {
        let kept = FILES.with_borrow_mut(std::mem::take);
        let rows = self.rows.try_update(std::mem::take).unwrap_or_default();
        kept.into_iter().filter(|(key, _)| rows.iter().any(|row| row.key == *key)).map(|(_, file)| file).collect()
    }
}

fn judge(rows: &mut [Candidate]) {
    let refusals = refusals(rows.iter().map(|row| (row.name.clone(), row.bytes)));
    rows.iter_mut().zip(refusals).for_each(|(row, refused)| row.refused = refused);
}

/// Why each of the files, by name and bytes, can not be sent. Only those that can count towards the most at once.
pub(super) fn refusals(files: impl Iterator<Item = (String, f64)>) -> Vec<Option<&'static str>> {
    let mut good = 0;
    files
        .map(|(name, bytes)| {
            let refused = refused(&name, bytes).or((good >= MAX_FILES).then_some("Only 10 files can be sent at once"));
            good += usize::from(refused.is_none());
            refused
        })
        .collect()
}

fn refused(name: &str, bytes: f64) -> Option<&'static str> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("msg")) {
        Some("Outlook's own format: save the e-mail as .eml")
    } else if ending.is_some_and(|ending| ENDINGS.iter().all(|known| !known.eq_ignore_ascii_case(ending))) {
        Some("Not a PDF, XML, PNG, JPEG, TIFF or e-mail")
    } else if bytes > MAX_FILE_BYTES {
        Some("Larger than 10 MB")
    } else if bytes <= 0.0 {
        Some("The file is empty")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_too_large_and_empty_files_are_refused_with_the_reason() {
        assert_eq!(refused("a.PDF", MAX_FILE_BYTES), None);
        assert_eq!(refused("scan", 1.0), None);
        assert_eq!(refused("a.eml", 1.0), None);
        assert!(refused("a.msg", 1.0).is_some_and(|reason| reason.contains(".eml")));
        assert!(refused("a.docx", 1.0).is_some_and(|reason| reason.contains("Not a PDF")));
        assert!(refused("a.pdf", MAX_FILE_BYTES + 1.0).is_some_and(|reason| reason.contains("10 MB")));
        assert!(refused("a.pdf", 0.0).is_some_and(|reason| reason.contains("empty")));
    }

    #[test]
    fn ten_files_at_once_and_only_good_ones_count() {
        let names = std::iter::once("a.docx").chain(std::iter::repeat_n("a.pdf", 11));
        let refusals = refusals(names.map(|name| (name.to_owned(), 1.0)));
        assert!(refusals[0].is_some());
        assert!(refusals[1..11].iter().all(Option::is_none));
        assert!(refusals[11].is_some_and(|reason| reason.contains("10 files")));
    }
}
