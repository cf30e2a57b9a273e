//! What can go wrong with one request, and when it does.
//!
//! - **Invariant**: every number that says how long or how much has a limit, which
//!   [`Scenario::check`](super::Scenario::check) holds it to: no fault lasts for ever, but the two whose point that is.

use std::ops::RangeInclusive;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::chance::{Chance, Requests};

/// The longest wait that a 429 may ask for, in seconds: an hour, which no vendor's minute quota needs.
pub const RETRY_AFTER_S_MAX: u32 = 3_600;
/// The longest that an answer is held back or dribbled, in milliseconds: ten minutes, beyond every client's patience.
pub const DELAY_MS_MAX: u64 = 600_000;

/// What goes wrong with one request.
///
/// Faults act at four places, and of each place at most one meets a request: the first of the list that matches. So a
/// late answer may be dribbled, repeat a page, and break off as well.
///
/// | place | faults |
/// |---|---|
/// | before the answer | `delay` |
/// | instead of the API | `rate_limit`, `server_error`, `html`, `unauthorized`, `forbidden`, `plan_refused`, `hang`, `reset` |
/// | in the page | `expired_offset`, `foreign_offset`, `repeat_page`, `short_page` |
/// | on the way back | `cut_body`, `stall_body`, `slow_body` |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The answer is held back; then it is what it would have been. Real time, not the simulation's.
    Delay {
        /// For so long, at most [`DELAY_MS_MAX`].
        ms: u64,
    },
    /// 429 with `Retry-After`. One answer: the next request is served, though the client should still be waiting, and
    /// [`Served::calls_while_told_to_wait`](crate::Served::calls_while_told_to_wait) counts it.
    RateLimit {
        /// At most [`RETRY_AFTER_S_MAX`].
        retry_after_s: u32,
    },
    /// A 5xx in the vendor's own form.
    ServerError {
        /// 500 to 599.
        status: u16,
        /// The specification has a phrase on faults of the vendor's code and none on overload (2026-06-11, "Errors").
        phrase: Phrase,
    },
    /// The page of a proxy in front of the vendor.
    Html {
        /// 200 to 599; with 200 it is the page of a captive portal.
        status: u16,
    },
    /// 401, as to a token that was revoked. Over a range of requests or a time: revoked, and restored.
    Unauthorized,
    /// 403, as to an address that the organisation's allowlist lacks.
    Forbidden,
    /// 402 or 403, as the configuration says, as to an organisation whose plan lost the audit log.
    PlanRefused,
    /// The request is read and never answered, until the client or the simulation ends.
    Hang,
    /// The connection is reset, a real RST.
    Reset {
        /// After so many bytes of the answer, its headers included; 0 for before any.
        after_bytes: u64,
    },
    /// 400, "Your pagination token has expired". Meets only requests that carry an offset.
    ExpiredOffset,
    /// 400, "Your pagination token is invalid", as to the offset of another query. Meets only requests that carry one.
    ForeignOffset,
    /// The page is right, but its next page is itself again. Meets only requests that carry an offset.
    RepeatPage {
        /// How the page says so.
        offset: RepeatedOffset,
    },
    /// The page holds fewer events than asked for, though there are more. The vendor never called that an end.
    ShortPage {
        /// At least 1: an empty page would be the end.
        events_max: u32,
    },
    /// The body ends early, with the connection; the headers promised more.
    CutBody {
        /// After so much of it, 0 to 99.
        percent: u8,
    },
    /// The body stops early, and the connection stays open until the client or the simulation ends.
    StallBody {
        /// After so much of it, 0 to 99.
        percent: u8,
    },
    /// The body comes in dribs and drabs. Real time, not the simulation's.
    SlowBody {
        /// Over so long, at most [`DELAY_MS_MAX`].
        over_ms: u64,
    },
}

/// Whether a 5xx has the vendor's phrase, which its support asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phrase {
    /// With one.
    #[default]
    Given,
    /// Without one.
    Missing,
}

/// How a repeated page names its next page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepeatedOffset {
    /// By a new offset for the old place.
    #[default]
    New,
    /// By the very offset that was sent.
    Same,
}

/// The name of a fault, as counts and scenario files have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the fault of the same name")]
pub enum FaultKind {
    Delay,
    RateLimit,
    ServerError,
    Html,
    Unauthorized,
    Forbidden,
    PlanRefused,
    Hang,
    Reset,
    ExpiredOffset,
    ForeignOffset,
    RepeatPage,
    ShortPage,
    CutBody,
    StallBody,
    SlowBody,
    /// A second use of an offset that the scenario lets be used once.
    UsedOffset,
}

/// Where a fault acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Before,
    Instead,
    Page,
    Body,
}

/// A fault and when it happens: all that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedFault {
    /// What happens.
    #[serde(deserialize_with = "within_limits")]
    pub fault: Fault,
    /// To this share of the requests that the rest of this plan leaves.
    #[serde(default, skip_serializing_if = "Chance::is_certain")]
    pub chance: Chance,
    /// To requests of these numbers, counted from 1 over everything that is asked for; to all if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<Requests>,
    /// From so many seconds of the simulation's clock after the start, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_s: Option<u64>,
    /// Until so many seconds, exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_s: Option<u64>,
    /// So many times at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count_max: Option<u64>,
}

impl Fault {
    /// Returns the fault's name.
    pub fn kind(self) -> FaultKind {
        match self {
            Self::Delay { .. } => FaultKind::Delay,
            Self::RateLimit { .. } => FaultKind::RateLimit,
            Self::ServerError { .. } => FaultKind::ServerError,
            Self::Html { .. } => FaultKind::Html,
            Self::Unauthorized => FaultKind::Unauthorized,
            Self::Forbidden => FaultKind::Forbidden,
            Self::PlanRefused => FaultKind::PlanRefused,
            Self::Hang => FaultKind::Hang,
            Self::Reset { .. } => FaultKind::Reset,
            Self::ExpiredOffset => FaultKind::ExpiredOffset,
            Self::ForeignOffset => FaultKind::ForeignOffset,
            Self::RepeatPage { .. } => FaultKind::RepeatPage,
            Self::ShortPage { .. } => FaultKind::ShortPage,
            Self::CutBody { .. } => FaultKind::CutBody,
            Self::StallBody { .. } => FaultKind::StallBody,
            Self::SlowBody { .. } => FaultKind::SlowBody,
        }
    }

    pub(crate) fn place(self) -> Place {
        match self {
            Self::Delay { .. } => Place::Before,
            Self::RateLimit { .. }
            | Self::ServerError { .. }
            | Self::Html { .. }
            | Self::Unauthorized
            | Self::Forbidden
            | Self::PlanRefused
            | Self::Hang
            | Self::Reset { .. } => Place::Instead,
            Self::ExpiredOffset | Self::ForeignOffset | Self::RepeatPage { .. } | Self::ShortPage { .. } => Place::Page,
            Self::CutBody { .. } | Self::StallBody { .. } | Self::SlowBody { .. } => Place::Body,
        }
    }

    /// Returns which number is out of its limits, and what it may be.
    pub(super) fn problem(self) -> Option<String> {
        let (name, value, limits) = match self {
            Self::Delay { ms } => ("ms", ms, 0..=DELAY_MS_MAX),
            Self::SlowBody { over_ms } => ("over_ms", over_ms, 0..=DELAY_MS_MAX),
            Self::RateLimit { retry_after_s } => (
                "retry_after_s",
                u64::from(retry_after_s),
                0..=u64::from(RETRY_AFTER_S_MAX),
            ),
            Self::ServerError { status, .. } => ("status", u64::from(status), 500..=599),
            Self::Html { status } => ("status", u64::from(status), 200..=599),
            Self::CutBody { percent } | Self::StallBody { percent } => ("percent", u64::from(percent), 0..=99),
            Self::ShortPage { events_max } => ("events_max", u64::from(events_max), 1..=u64::from(u32::MAX)),
            Self::Reset { .. }
            | Self::Unauthorized
            | Self::Forbidden
            | Self::PlanRefused
            | Self::Hang
            | Self::ExpiredOffset
            | Self::ForeignOffset
            | Self::RepeatPage { .. } => return None,
        };
        let (first, last) = (limits.start(), limits.end());
        (!limits.contains(&value)).then(|| format!("{name} is {value}, not within {first} to {last}"))
    }
}

/// Reads a fault and checks it at once, so that the mistake is named where it stands.
fn within_limits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fault, D::Error> {
    let fault = Fault::deserialize(deserializer)?;
    match fault.problem() {
        Some(problem) => Err(de::Error::custom(problem)),
        None => Ok(fault),
    }
}

impl From<Fault> for PlannedFault {
    /// Plans a fault for every request.
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            chance: Chance::CERTAIN,
            at: Vec::new(),
            from_s: None,
            until_s: None,
            count_max: None,
        }
    }
}

impl PlannedFault {
    /// Plans it for a share of the requests.
    #[must_use]
    pub fn with_chance(mut self, chance: Chance) -> Self {
        self.chance = chance;
        self
    }

    /// Plans it for requests of these numbers too.
    #[must_use]
    pub fn at(mut self, requests: RangeInclusive<u64>) -> Self {
        self.at.push(Requests::from(requests));
        self
    }

    /// Plans it for `[from_s, until_s)` after the start.
    #[must_use]
    pub fn between(mut self, from_s: u64, until_s: u64) -> Self {
        (self.from_s, self.until_s) = (Some(from_s), Some(until_s));
        self
    }

    /// Lets it happen so often at most.
    #[must_use]
    pub fn at_most(mut self, count: u64) -> Self {
        self.count_max = Some(count);
        self
    }
}
