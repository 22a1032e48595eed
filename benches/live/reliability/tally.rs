//! What was done to the sockets, and how they came back.

use std::{collections::BTreeMap, time::Duration};

/// How a socket is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cut {
    /// Closed without a close frame.
    Dropped,
    /// With a reset, which takes what is on the way with it.
    Reset,
    /// Its writing side is closed; it hears on until it comes back.
    HalfClosed,
    /// It stops reading for seconds; what waited unread is gone with it.
    Stalled,
}

impl Cut {
    pub fn words(self) -> &'static str {
        match self {
            Cut::Dropped => "dropped",
            Cut::Reset => "reset",
            Cut::HalfClosed => "half closed",
            Cut::Stalled => "stopped reading, then dropped",
        }
    }
}

/// Counts of a run.
#[derive(Default)]
pub struct Tally {
    pub cuts: BTreeMap<Cut, usize>,
    /// Cuts of sockets that were on their way back.
    pub cut_on_the_way: usize,
    /// Sockets that were open when their server was killed.
    pub lost_server: usize,
    /// Times to being caught up, from the first try to come back: after a cut, and after a kill.
    pub after_cuts: Vec<Duration>,
    pub after_kills: Vec<Duration>,
    /// Returns that were told to load again: too far behind to be told everything.
    pub told_to_load: usize,
    /// Events that those were spared.
    pub spared: i64,
    /// `reset`: the log was cut under listeners.
    pub resets: usize,
    /// Tries that nobody answered, the server being down.
    pub unanswered: usize,
    /// What the server said when it ended sockets by itself, or refused something.
    pub refusals: BTreeMap<String, usize>,
}

impl Tally {
    pub fn all_cuts(&self) -> usize {
        self.cuts.values().sum()
    }

    /// Cuts, and sockets that lost their server.
    pub fn losses(&self) -> usize {
        self.all_cuts() + self.lost_server
    }

    pub fn returns(&self) -> usize {
        self.after_cuts.len() + self.after_kills.len()
    }

    pub fn refused(&mut self, words: &str) {
        *self.refusals.entry(words.to_owned()).or_default() += 1;
    }
}
