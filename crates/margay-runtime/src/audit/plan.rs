//! Which windows an audit reads: the range is cut into windows of an hour, and a seeded sample of them is drawn.
//!
//! The sample is in the order in which it was drawn. An audit that ends early has then read a random sample too, only a smaller
//! one, and what it says of the rest stays true.

use jiff::{SignedDuration, Timestamp};
use margay_connector::Window;

/// How long a window is unless the range is very long: few events, so that a difference is found with few requests.
pub const WINDOW_SPAN: SignedDuration = SignedDuration::from_hours(1);
/// The most windows of one audit: all the hours that the vendor keeps, and some. A longer range has longer windows.
pub const WINDOWS_MAX: i64 = 2_400;

/// How much of a range is read.
///
/// - **Units**: thousandths; 1,000 is all.
/// - **Invariant**: 1 to 1,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample(u16);

impl Sample {
    /// Everything.
    pub const ALL: Self = Self(1_000);

    /// Returns a sample of so many thousandths; nothing if there are none or more than 1,000.
    pub fn permille(permille: u16) -> Option<Self> {
        (1..=1_000).contains(&permille).then_some(Self(permille))
    }

    /// Returns how many thousandths it is.
    pub fn get(self) -> u16 {
        self.0
    }
}

/// What an audit reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// How long its windows are; the first and the last may be shorter.
    pub(super) span: SignedDuration,
    /// Windows of which the sample was drawn.
    pub(super) windows_total: usize,
    /// The sample, in the order in which it was drawn.
    pub(super) windows: Vec<Window>,
}

/// Cuts `range` and draws a sample of at least one window. The same arguments draw the same one.
pub(super) fn plan(range: Window, sample: Sample, seed: u64) -> Plan {
    let span = span_of(range);
    let mut windows = cut(range, span);
    let windows_total = windows.len();
    let wanted = (windows_total * usize::from(sample.get())).div_ceil(1_000).max(1);
    let mut random = Random(seed);
    for place in 0..wanted.min(windows_total) {
        let left = windows_total - place;
        windows.swap(place, place + random.below(left));
    }
    windows.truncate(wanted);
    Plan {
        span,
        windows_total,
        windows,
    }
}

/// Whole hours, so many that the range has few enough windows.
fn span_of(range: Window) -> SignedDuration {
    let hours = (range.duration().as_hours() / WINDOWS_MAX).saturating_add(1);
    WINDOW_SPAN
        .checked_mul(i32::try_from(hours).unwrap_or(i32::MAX))
        .unwrap_or(SignedDuration::MAX)
}

/// Cuts at whole multiples of `span` since 1970, so that audits of overlapping ranges have the same windows.
fn cut(range: Window, span: SignedDuration) -> Vec<Window> {
    let length = i64::try_from(span.as_millis()).unwrap_or(i64::MAX).max(1);
    let mut windows = Vec::new();
    let mut begin = range.from().as_millisecond();
    let end = range.to().as_millisecond();
    while begin < end {
        let next = begin
            .div_euclid(length)
            .saturating_add(1)
            .saturating_mul(length)
            .min(end);
        let edge = |at| Timestamp::from_millisecond(at).ok();
        windows.extend(edge(begin).zip(edge(next)).and_then(|(from, to)| Window::new(from, to)));
        begin = next;
    }
    windows
}

/// `SplitMix64` (Steele, Lea and Flood 2014): small, and the same on every machine, so that a seed draws the same windows for ever.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not zero. The bias is 2^-50 for the few thousand windows that there are.
    fn below(&mut self, bound: usize) -> usize {
        let product = u128::from(self.next()) * (bound as u128);
        usize::try_from(product >> 64).unwrap_or_default()
    }
}
