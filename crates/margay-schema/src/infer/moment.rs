//! Which strings are moments, and in which time format.
//!
//! A string is taken for a moment only if the column would hold exactly that moment: no digits finer than a
//! microsecond, no leap second. How it was written, its offset above all, is not kept.

use std::sync::LazyLock;

use crate::time::{GO_ZERO_TIME, TimeFormat};

/// What RFC 3339 makes of a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rfc3339 {
    /// A moment, exactly.
    Moment {
        /// Written with another offset than UTC's.
        is_local: bool,
        /// What Go writes for no time at all.
        is_go_zero: bool,
    },
    /// A moment that a column would not hold exactly.
    TooFine,
    No,
}

/// Classifies a string.
pub(super) fn rfc3339(text: &str) -> Rfc3339 {
    let Ok(microseconds) = TimeFormat::Rfc3339.read_string(text, 0) else {
        return Rfc3339::No;
    };
    if is_finer_than_microseconds(text) || is_leap_second(text) {
        return Rfc3339::TooFine;
    }
    Rfc3339::Moment {
        is_local: !text.ends_with(['Z', 'z']) && !text.ends_with("00:00"),
        is_go_zero: microseconds == GO_ZERO_TIME,
    }
}

/// Digits of a second's fraction that a time keeps.
const FRACTION_DIGITS_MAX: usize = 6;

fn is_finer_than_microseconds(text: &str) -> bool {
    text.split(['.', ',']).skip(1).any(|fraction| {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit);
        digits.skip(FRACTION_DIGITS_MAX).any(|digit| digit != b'0')
    })
}

/// A leap second is read as the second before it.
fn is_leap_second(text: &str) -> bool {
    text.contains(":60") || (text.ends_with("60Z") && !text.contains([':', '.']))
}

/// A way to write times that has no name.
pub(super) struct Custom {
    /// Tried in order.
    pub(super) formats: Vec<TimeFormat>,
    /// Another way that reads many of the same strings, and makes other moments of them.
    rival: Option<usize>,
    /// Whether it says how far the clock is from UTC.
    pub(super) has_offset: bool,
}

/// The ways, the one that says more before the one that reads more: the first that reads every string is taken.
///
/// Where there are fractions of a second, the same without one follows: many programs leave out a fraction that is
/// zero. Day and month cannot be told apart by looking at one of two slashed forms alone, hence the rivals.
static CUSTOMS: LazyLock<Vec<Custom>> = LazyLock::new(|| {
    let listed: [(&[&str], Option<usize>); 23] = [
        (&["%Y-%m-%d %H:%M:%S"], None),
        (&["%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S"], None),
        (&["%Y-%m-%d %H:%M:%S,%f", "%Y-%m-%d %H:%M:%S"], None),
        (&["%Y-%m-%d %H:%M:%S UTC"], None),
        (&["%Y-%m-%d %H:%M:%S.%f UTC", "%Y-%m-%d %H:%M:%S UTC"], None),
        (&["%Y-%m-%d %H:%M:%S %z"], None),
        (&["%Y-%m-%d %H:%M:%S.%f %z", "%Y-%m-%d %H:%M:%S %z"], None),
        (&["%Y-%m-%dT%H:%M:%S"], None),
        (&["%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S"], None),
        (&["%Y-%m-%dT%H:%M:%S,%f", "%Y-%m-%dT%H:%M:%S"], None),
        (&["%Y-%m-%dT%H:%M:%S%z"], None),
        (&["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z"], None),
        (&["%Y%m%dT%H%M%SZ"], None),
        (&["%Y/%m/%d %H:%M:%S"], None),
        (&["%d/%b/%Y:%H:%M:%S %z"], None),
        (&["%a, %d %b %Y %H:%M:%S %z"], None),
        (&["%a, %d %b %Y %H:%M:%S GMT"], None),
        (&["%a %b %d %H:%M:%S %Y"], None),
        (&["%m/%d/%Y %H:%M:%S"], Some(19)),
        (&["%d/%m/%Y %H:%M:%S"], Some(18)),
        (&["%m/%d/%Y %I:%M:%S %p"], Some(21)),
        (&["%d/%m/%Y %I:%M:%S %p"], Some(20)),
        (&["%d.%m.%Y %H:%M:%S"], None),
    ];
    let custom = |(patterns, rival): (&[&str], Option<usize>)| Custom {
        formats: patterns
            .iter()
            .filter_map(|pattern| TimeFormat::of_name(pattern).ok())
            .collect(),
        rival,
        has_offset: ["%z", "UTC", "GMT", "Z"].iter().any(|zone| patterns[0].contains(zone)),
    };
    listed.into_iter().map(custom).collect()
});

/// A set of ways, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Customs(u32);

/// The answer about a set of ways.
pub(super) enum Choice {
    One(&'static Custom),
    /// Every string can be read with the day or with the month first.
    DayOrMonth,
    Nothing,
}

/// Bytes of the longest text that any of the ways writes, with room for odd spaces.
const CUSTOM_BYTES_MAX: usize = 48;

impl Customs {
    /// All of them.
    pub(super) const ALL: Self = Self(u32::MAX);
    pub(super) const NONE: Self = Self(0);

    /// Returns those of the set that read `text`.
    pub(super) fn that_read(self, text: &str) -> Self {
        let is_possible = text.len() <= CUSTOM_BYTES_MAX
            && text.bytes().any(|byte| byte.is_ascii_digit())
            && !is_finer_than_microseconds(text)
            && !is_leap_second(text);
        if self == Self::NONE || !is_possible {
            return Self::NONE;
        }
        let reads = |custom: &Custom| custom.formats.iter().any(|format| format.read_string(text, 0).is_ok());
        let mut left = 0;
        for (index, custom) in CUSTOMS.iter().enumerate() {
            if self.has(index) && reads(custom) {
                left |= 1 << index;
            }
        }
        Self(left)
    }

    fn has(self, index: usize) -> bool {
        self.0 & (1 << index) != 0
    }

    /// Returns the way to take if strings were read by all of this set.
    pub(super) fn choose(self) -> Choice {
        let mut is_ambiguous = false;
        for (index, custom) in CUSTOMS.iter().enumerate() {
            match custom.rival {
                _ if !self.has(index) => {}
                Some(rival) if self.has(rival) => is_ambiguous = true,
                _ => return Choice::One(custom),
            }
        }
        if is_ambiguous {
            Choice::DayOrMonth
        } else {
            Choice::Nothing
        }
    }
}
