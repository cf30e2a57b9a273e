//! A small seeded generator (splitmix64): the same key gives the same numbers on every machine and in every release.

/// Adds to the state on every draw; splitmix64's constant.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// A stream of numbers that is decided by its key.
#[derive(Debug, Clone)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// Returns the stream of `index` within `topic`, under `seed`. Streams of different keys are unrelated.
    pub(crate) fn of(seed: u64, topic: u64, index: u64) -> Self {
        Self {
            state: mix(mix(mix(seed) ^ topic) ^ index),
        }
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GAMMA);
        mix(self.state)
    }

    /// Returns a number in `[0, bound)`; 0 if the bound is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.number()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or_default()
    }

    /// Returns an index into something of `length` items.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        let bound = u64::try_from(length).unwrap_or(u64::MAX);
        usize::try_from(self.below(bound)).unwrap_or_default()
    }

    /// Returns one of `items`, which must not be empty.
    pub(crate) fn pick<'items, T>(&mut self, items: &'items [T]) -> &'items T {
        assert!(!items.is_empty(), "nothing to pick from");
        &items[self.index(items.len())]
    }

    /// Returns one of `texts`, which must not be empty.
    pub(crate) fn pick_text(&mut self, texts: &[&'static str]) -> &'static str {
        texts[self.index(texts.len())]
    }

    /// Returns true `hits` times out of `of`.
    pub(crate) fn chance(&mut self, hits: u64, of: u64) -> bool {
        self.below(of) < hits
    }

    /// Returns one of the choices, each as often as its weight says. The weights must not all be 0.
    pub(crate) fn weighted<T: Copy>(&mut self, choices: &[(u64, T)]) -> T {
        let total = choices.iter().map(|(weight, _)| weight).sum();
        let mut point = self.below(total);
        for (weight, choice) in choices {
            if point < *weight {
                return *choice;
            }
            point -= weight;
        }
        unreachable!("the point lies below the sum of the weights")
    }

    /// Puts `items` in an order decided by the stream.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.index(last + 1));
        }
    }
}

fn mix(mut value: u64) -> u64 {
    value = value.wrapping_add(GAMMA);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
