//! A range of event time.

use jiff::{SignedDuration, Timestamp};

/// A range of event time, `[from, to)`, in whole milliseconds.
///
/// Vendors filter by milliseconds. Bounds between two of them would claim what was never asked for, so both are cut to
/// the millisecond at or before them.
///
/// - **Invariant**: `from < to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    from: Timestamp,
    to: Timestamp,
}

impl Window {
    /// Returns the window `[from, to)`, or nothing if no millisecond begins in it.
    pub fn new(from: Timestamp, to: Timestamp) -> Option<Self> {
        let (from, to) = (whole_millisecond(from), whole_millisecond(to));
        (from < to).then_some(Self { from, to })
    }

    /// Returns where it begins, inclusive.
    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// Returns where it ends, exclusive.
    pub fn to(&self) -> Timestamp {
        self.to
    }

    /// Returns how long it is.
    pub fn duration(&self) -> SignedDuration {
        self.to.duration_since(self.from)
    }

    /// Cuts the window into `count` parts of about the same length; fewer where it has not so many milliseconds.
    pub fn parts(&self, count: u32) -> Vec<Self> {
        let (begin, end) = (self.from.as_millisecond(), self.to.as_millisecond());
        let length = i128::from(end - begin);
        let edge = |part: u32| -> Option<Timestamp> {
            let offset = length * i128::from(part) / i128::from(count.max(1));
            Timestamp::from_millisecond(begin + i64::try_from(offset).ok()?).ok()
        };
        let edges: Vec<Timestamp> = (0..=count.max(1)).filter_map(edge).collect();
        edges
            .windows(2)
            .filter_map(|pair| Self::new(*pair.first()?, *pair.last()?))
            .collect()
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

fn whole_millisecond(time: Timestamp) -> Timestamp {
    let milliseconds = time.as_nanosecond().div_euclid(1_000_000);
    i64::try_from(milliseconds)
        .ok()
        .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
        .unwrap_or(time)
}

#[cfg(test)]
mod tests;
