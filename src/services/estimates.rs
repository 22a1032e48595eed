//! How long reading takes here: the median of the last documents, for the time left of the next one.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// Documents that count.
const KEPT: usize = 50;
/// Less is not worth saying.
const WORTH_SAYING_MS: i64 = 1_000;

/// The last documents of this process.
#[derive(Default)]
pub struct Estimates(Mutex<VecDeque<i64>>);

impl Estimates {
    /// A document was read in so many milliseconds.
    pub fn took(&self, ms: i64) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(ms.max(0));
    }

    /// Whole seconds that one begun `elapsed_ms` ago will still take. None: nothing is known, or it takes longer than
    /// others did, or it is as good as done.
    pub fn left(&self, elapsed_ms: i64) -> Option<u32> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sorted: Vec<i64> = kept.iter().copied().collect();
        sorted.sort_unstable();
        let left = sorted.get(sorted.len() / 2)? - elapsed_ms;
        (left >= WORTH_SAYING_MS).then(|| u32::try_from((left + 999) / 1_000).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_the_last_ones_less_what_is_over() {
        let estimates = Estimates::default();
        assert_eq!(estimates.left(0), None, "nothing is known");
        [9_000, 1_000, 5_000].into_iter().for_each(|ms| estimates.took(ms));
        assert_eq!(estimates.left(0), Some(5));
        assert_eq!(estimates.left(1_200), Some(4), "rounded up");
        assert_eq!(estimates.left(4_500), None, "as good as done");
        assert_eq!(estimates.left(60_000), None, "nobody knows");
        (0..KEPT).for_each(|_| estimates.took(2_000));
        assert_eq!(estimates.left(0), Some(2), "old ones are forgotten");
    }

    #[test]
    fn quick_ones_are_not_talked_about() {
        let estimates = Estimates::default();
        estimates.took(40);
        assert_eq!(estimates.left(0), None);
    }
}
