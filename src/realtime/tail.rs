//! The newest events of a room as they were sent: when many come back at once, they need not all read the log.

use super::room::{MAX_REPLAY, MAX_REPLAY_BYTES};
use axum::extract::ws::Utf8Bytes;
use std::collections::VecDeque;

/// What one event was sent as.
pub type Frames = Vec<Utf8Bytes>;

/// Events without a gap, up to the newest; no more than one replay may have.
#[derive(Default)]
pub struct Tail {
    events: VecDeque<Frames>,
    bytes: usize,
    /// The offset of the newest.
    top: i64,
}

impl Tail {
    /// Begins anew at an offset, with the events that led to it.
    pub fn begin(&mut self, top: i64, events: Vec<Frames>) {
        *self = Tail { top: top - events.len() as i64, ..Tail::default() };
        events.into_iter().for_each(|frames| self.push(frames));
    }

    /// Takes the next event.
    pub fn push(&mut self, frames: Frames) {
        self.top += 1;
        self.bytes += size(&frames);
        self.events.push_back(frames);
        while self.events.len() > MAX_REPLAY || self.bytes > MAX_REPLAY_BYTES {
            let Some(oldest) = self.events.pop_front() else { break };
            self.bytes -= size(&oldest);
        }
    }

    /// How many events it holds.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// All that came after an offset; None: they are not all here.
    pub fn after(&self, offset: i64) -> Option<impl Iterator<Item = Utf8Bytes>> {
        let missed = usize::try_from(self.top.checked_sub(offset)?).ok()?;
        let known = self.events.len().checked_sub(missed)?;
        Some(self.events.iter().skip(known).flatten().cloned())
    }
}

fn size(frames: &Frames) -> usize {
    frames.iter().map(|frame| frame.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tail(top: i64, events: usize) -> Tail {
        let mut tail = Tail::default();
        let first = top - events as i64 + 1;
        tail.begin(top, (first..=top).map(|offset| vec![offset.to_string().into()]).collect());
        tail
    }

    fn after(tail: &Tail, offset: i64) -> Option<Vec<String>> {
        Some(tail.after(offset)?.map(|frame| frame.as_str().to_owned()).collect())
    }

    #[test]
    fn gives_all_after_an_offset_or_nothing() {
        let tail = tail(12, 3);
        assert_eq!(after(&tail, 12).unwrap(), [""; 0]);
        assert_eq!(after(&tail, 10).unwrap(), ["11", "12"]);
        assert_eq!(after(&tail, 9).unwrap(), ["10", "11", "12"]);
        assert_eq!(after(&tail, 8), None, "before what it holds");
        assert_eq!(after(&tail, 13), None, "past the top");
        assert_eq!(after(&tail, i64::MIN), None);
    }

    #[test]
    fn holds_no_more_than_one_replay() {
        let mut tail = tail(0, 0);
        for offset in 1..=MAX_REPLAY as i64 + 5 {
            tail.push(vec![offset.to_string().into()]);
        }
        assert_eq!(tail.len(), MAX_REPLAY);
        assert_eq!(after(&tail, 4), None);
        assert_eq!(after(&tail, 5).unwrap().len(), MAX_REPLAY);
        tail.push(vec!["x".repeat(MAX_REPLAY_BYTES - 2).into()]);
        assert_eq!(tail.len(), 1, "older ones make room");
        tail.push(vec!["x".repeat(MAX_REPLAY_BYTES + 1).into()]);
        assert_eq!(tail.len(), 0, "one too large for any replay");
        tail.push(vec!["next".into()]);
        assert_eq!(after(&tail, MAX_REPLAY as i64 + 7).unwrap(), ["next"]);
    }
}
