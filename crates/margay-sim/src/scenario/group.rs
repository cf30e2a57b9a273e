//! Events that a scenario adds to the organisation's ordinary ones: storms, ties, late ones.
//!
//! Times are seconds of the vendor's clock after the start; negative ones lie in the history. An event of the future
//! appears when the clock gets there.

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::log::LateMode;
use crate::random::Random;

/// The longest that an event may be late, in seconds: the 30 minutes that AWS `AppFabric` allows for in Asana's log
/// (docs.aws.amazon.com/appfabric, "Asana", read 2026-11-23).
pub const LATE_S_MAX: u64 = 1_800;
/// How far from the start a group may lie, in seconds either way: the vendor's 90 days.
pub const GROUP_S_MAX: i64 = 90 * 24 * 60 * 60;

const TOPIC_GROUP: u64 = 0x6772;

/// Some more events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum EventGroup {
    /// Many events within a short time.
    Storm {
        /// How many.
        count: u32,
        /// When it begins.
        from_s: i64,
        /// How long it lasts.
        span_s: u32,
    },
    /// Many events on one millisecond, so that page borders fall between equal times.
    Tie {
        /// How many.
        count: u32,
        /// On which second the millisecond lies; which one of the thousand, the seed decides.
        at_s: i64,
    },
    /// Events that can be read only some time after they were created.
    Late {
        /// How many.
        count: u32,
        /// They are created from here on.
        from_s: i64,
        /// For so long.
        span_s: u32,
        /// The least that one is late.
        delay_s_min: u32,
        /// The most, at most [`LATE_S_MAX`].
        delay_s_max: u32,
        /// What an offset does that has passed their time.
        mode: LateMode,
    },
}

/// When one event is created and when it can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) created_ms: i64,
    pub(crate) late: Option<(i64, LateMode)>,
}

/// Reads groups and checks each at once, so that the mistake is named where it stands.
pub(super) fn within_limits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<EventGroup>, D::Error> {
    struct Checked(EventGroup);

    impl<'de> Deserialize<'de> for Checked {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let group = EventGroup::deserialize(deserializer)?;
            match group.problem() {
                Some(problem) => Err(de::Error::custom(problem)),
                None => Ok(Self(group)),
            }
        }
    }

    let groups = Vec::<Checked>::deserialize(deserializer)?;
    Ok(groups.into_iter().map(|Checked(group)| group).collect())
}

impl EventGroup {
    /// Returns how many events these are.
    pub fn count(self) -> u32 {
        match self {
            Self::Storm { count, .. } | Self::Tie { count, .. } | Self::Late { count, .. } => count,
        }
    }

    /// Returns why this cannot be.
    pub(super) fn problem(self) -> Option<String> {
        let (from_s, span_s) = match self {
            Self::Storm { from_s, span_s, .. } | Self::Late { from_s, span_s, .. } => (from_s, span_s),
            Self::Tie { at_s, .. } => (at_s, 0),
        };
        if from_s < -GROUP_S_MAX || from_s.saturating_add(i64::from(span_s)) > GROUP_S_MAX {
            return Some(format!("must lie within {GROUP_S_MAX} seconds of the start"));
        }
        match self {
            Self::Late {
                delay_s_min,
                delay_s_max,
                ..
            } if delay_s_min > delay_s_max => Some("delay_s_min is above delay_s_max".to_owned()),
            Self::Late { delay_s_max, .. } if u64::from(delay_s_max) > LATE_S_MAX => {
                Some(format!("delay_s_max is at most {LATE_S_MAX}"))
            }
            Self::Storm { .. } | Self::Tie { .. } | Self::Late { .. } => None,
        }
    }

    /// Returns the moments of all events, in no order; `place` is the group's in its scenario.
    pub(crate) fn moments(self, seed: u64, place: usize, start_ms: i64) -> impl Iterator<Item = Moment> {
        let topic = TOPIC_GROUP + ((place as u64) << 16);
        let tie_ms = Random::of(seed, topic, u64::MAX).below(1000);
        (0..u64::from(self.count())).map(move |index| {
            let mut random = Random::of(seed, topic, index);
            let (from_s, within_ms) = match self {
                Self::Storm { from_s, span_s, .. } | Self::Late { from_s, span_s, .. } => {
                    (from_s, random.below(u64::from(span_s) * 1000))
                }
                Self::Tie { at_s, .. } => (at_s, tie_ms),
            };
            let created_ms = start_ms
                .saturating_add(from_s.saturating_mul(1000))
                .saturating_add_unsigned(within_ms);
            let late = match self {
                Self::Late {
                    delay_s_min,
                    delay_s_max,
                    mode,
                    ..
                } => {
                    let spread_ms = u64::from(delay_s_max.saturating_sub(delay_s_min)) * 1000;
                    let delay_ms = u64::from(delay_s_min) * 1000 + random.below(spread_ms + 1);
                    Some((created_ms.saturating_add_unsigned(delay_ms), mode))
                }
                Self::Storm { .. } | Self::Tie { .. } => None,
            };
            Moment { created_ms, late }
        })
    }
}
