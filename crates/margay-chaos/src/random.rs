//! Random numbers that are a function of a seed, a topic and an index: no state, so any part of a plan can be drawn alone.

/// The increment of `SplitMix64` (Steele, Lea, Flood 2014).
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// A stream of numbers.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// Returns the stream of `index` within `topic`.
    pub(crate) fn of(seed: u64, topic: u64, index: u64) -> Self {
        let mut random = Self(seed);
        random.0 ^= random.next() ^ topic.rotate_left(32);
        random.0 ^= random.next() ^ index;
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `bound`, which must not be 0. The tiny bias of the remainder is of no matter here.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Returns true once in `parts` times, on average.
    pub(crate) fn one_in(&mut self, parts: u64) -> bool {
        self.below(parts) == 0
    }
}
