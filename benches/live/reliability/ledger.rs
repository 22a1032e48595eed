//! What all sockets heard together, and what they should not have: the account that is compared with the log.

use std::collections::HashMap;

/// Findings that are told in words; more are only counted.
const TOLD: usize = 20;

/// The account of a run.
#[derive(Default)]
pub struct Ledger {
    /// The event at each offset, as the first socket heard it.
    events: HashMap<i64, String>,
    /// Where each change was heard.
    changes: HashMap<u32, i64>,
    /// Events that sockets took.
    pub heard: u64,
    /// Events that came to a socket which had them. A client drops them; there should be none.
    pub copies: u64,
    /// Events that a socket was not told and did not know to be missing.
    pub lost: u64,
    /// What should not have happened, in words.
    pub findings: Vec<String>,
}

/// An event of the log as a socket heard it.
pub struct Told<'a> {
    pub offset: i64,
    pub event_id: &'a str,
    pub change: Option<u32>,
}

impl Ledger {
    /// Takes an event that socket `who` heard after `last`; where the socket stands now.
    pub fn follow(&mut self, who: usize, last: i64, told: &Told) -> i64 {
        let Told { offset, event_id, change } = *told;
        if offset <= last {
            self.copies += 1;
            self.find(format!("socket {who} stood at {last} and was told {offset} again"));
            return last;
        }
        let skipped = offset - last - 1;
        if skipped > 0 {
            self.lost += skipped.unsigned_abs();
            self.find(format!("socket {who} stood at {last} and was told {offset} ({event_id}) next: {skipped} lost"));
        }
        self.heard += 1;
        let known = self.events.entry(offset).or_insert_with(|| event_id.to_owned());
        if known != event_id {
            let words = format!("socket {who} was told {event_id} at {offset}, others {known}");
            self.lost += 1;
            self.find(words);
        }
        if let Some(change) = change {
            let known = *self.changes.entry(change).or_insert(offset);
            if known != offset {
                self.find(format!("change {change} was told at {known} and to socket {who} at {offset}"));
            }
        }
        offset
    }

    pub fn find(&mut self, words: String) {
        if self.findings.len() < TOLD {
            eprintln!("  found: {words}");
            self.findings.push(words);
        }
    }

    /// Where a change was heard.
    pub fn offset_of(&self, change: u32) -> Option<i64> {
        self.changes.get(&change).copied()
    }

    /// Whether what was heard at this offset is what the log holds there, if anybody heard it.
    pub fn agrees(&self, offset: i64, event_id: &str) -> bool {
        self.events.get(&offset).is_none_or(|known| known == event_id)
    }

    /// The newest offset that anybody heard.
    pub fn newest(&self) -> i64 {
        self.events.keys().copied().max().unwrap_or(0)
    }
}
