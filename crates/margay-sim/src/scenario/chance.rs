//! How likely something is, and which requests are meant: the two small words of the scenario language.

use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What a chance is counted in, so that it has an exact decimal form and two of them can be compared.
const MILLION: u32 = 1_000_000;

/// A share of requests, in whole millionths. A scenario file has it as a number from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chance {
    millionths: u32,
}

/// Numbers of requests, first and last included. A scenario file has `7` or `10-20`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requests {
    first: u64,
    last: u64,
}

impl Chance {
    /// Every time.
    pub const CERTAIN: Self = Self { millionths: MILLION };

    /// Returns so many millionths, at most all of them.
    pub fn per_million(millionths: u32) -> Self {
        Self {
            millionths: millionths.min(MILLION),
        }
    }

    /// Returns so many hundredths, at most all of them.
    pub fn percent(hundredths: u32) -> Self {
        Self::per_million(hundredths.saturating_mul(MILLION / 100))
    }

    pub(crate) fn millionths(self) -> u64 {
        u64::from(self.millionths)
    }

    pub(crate) fn of() -> u64 {
        u64::from(MILLION)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    pub(super) fn is_certain(&self) -> bool {
        *self == Self::CERTAIN
    }
}

impl Default for Chance {
    fn default() -> Self {
        Self::CERTAIN
    }
}

impl Serialize for Chance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.millionths) / f64::from(MILLION))
    }
}

impl<'de> Deserialize<'de> for Chance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let share = f64::deserialize(deserializer)?;
        if !(0.0..=1.0).contains(&share) {
            return Err(de::Error::custom("a chance is a number from 0 to 1"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to a million, as just checked"
        )]
        let millionths = (share * f64::from(MILLION)).round() as u32;
        Ok(Self { millionths })
    }
}

impl Requests {
    pub(crate) fn contain(self, number: u64) -> bool {
        (self.first..=self.last).contains(&number)
    }

    /// Returns the two ends if they are the wrong way round, or below the first request.
    pub(super) fn is_empty(self) -> bool {
        self.first == 0 || self.first > self.last
    }
}

impl From<RangeInclusive<u64>> for Requests {
    fn from(range: RangeInclusive<u64>) -> Self {
        Self {
            first: *range.start(),
            last: *range.end(),
        }
    }
}

impl fmt::Display for Requests {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            write!(formatter, "{}", self.first)
        } else {
            write!(formatter, "{}-{}", self.first, self.last)
        }
    }
}

impl Serialize for Requests {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.first == self.last {
            serializer.serialize_u64(self.first)
        } else {
            serializer.collect_str(self)
        }
    }
}

impl<'de> Deserialize<'de> for Requests {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (first, last) = text.split_once('-').unwrap_or((&text, &text));
        let number = |text: &str| text.trim().parse::<u64>().ok();
        match (number(first), number(last)) {
            (Some(first), Some(last)) if first >= 1 && first <= last => Ok(Self { first, last }),
            _ => Err(de::Error::custom(
                "requests are named by a number or a range, such as 7 or 10-20, counted from 1",
            )),
        }
    }
}
