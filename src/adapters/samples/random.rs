//! A small generator of pseudo-random numbers whose sequence never changes, so that a seed means the same document in
//! every version of this program. (The `rand` crate keeps the right to change its sequences.)

/// SplitMix64, by Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included; `low` where the range is empty.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        match high.checked_sub(low) {
            Some(span) => low + self.next() % (span + 1),
            None => low,
        }
    }

    /// `count` decimal digits, the first not zero.
    pub(super) fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|place| self.between(u64::from(place == 0), 9))
            .map(|digit| char::from(b'0' + digit as u8))
            .collect()
    }

    /// Whether something that happens `per_cent` times in a hundred happens now.
    pub(super) fn chance(&mut self, per_cent: u64) -> bool {
        self.between(1, 100) <= per_cent
    }
}
