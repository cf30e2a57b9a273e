//! Random scenarios: each kind of fault is in or out, those that are in have random chances.
//!
//! Leaving kinds out matters as much as having them ("Swarm testing", Groce and others, 2012): a fault that comes all the time
//! hides what only its absence would reach.

use super::{
    Chance, EventGroup, Fault, FaultsEnd, LATE_S_MAX, OffsetUses, Phrase, PlannedFault, RepeatedOffset, Scenario,
};
use crate::config::LimitMode;
use crate::log::LateMode;
use crate::random::Random;

const TOPIC_SWARM: u64 = 0x7377_726d;
/// The most likely that one fault of a swarm is, in millionths: beyond it hardly any request would get through.
const CHANCE_MAX: u64 = 80_000;
/// A fault that holds a client for its whole patience happens so often at most, so that a run takes minutes, not hours.
const STILL_COUNT_MAX: u64 = 2;
/// The longest run of requests that are refused for good reasons (401, 402, 403): these stop a client for minutes.
const REFUSED_REQUESTS_MAX: u64 = 2;
/// Requests after which a swarm is healthy, at least and in addition at most.
const SWARM_REQUESTS: (u64, u64) = (200, 800);

impl Scenario {
    /// Draws a random scenario: the same seed gives the same one in every build of this version.
    ///
    /// It suits runs of a minute or so: waits are short, what hangs does so at most a few times, late events become visible
    /// within half a minute of the start, and the vendor is healthy after a thousand requests at the latest.
    pub fn swarm(seed: u64) -> Self {
        let mut random = Random::of(seed, TOPIC_SWARM, 0);
        let requests = SWARM_REQUESTS.0 + random.below(SWARM_REQUESTS.1);
        let mut faults = Vec::new();
        for kind in 0..KINDS {
            if random.chance(1, 2) {
                faults.push(planned(kind, requests, &mut random));
            }
        }
        random.shuffle(&mut faults);
        let mut events = Vec::new();
        for kind in 0..GROUP_KINDS {
            if random.chance(1, 2) {
                events.push(group(kind, &mut random));
            }
        }
        let is_skewed = random.chance(1, 3);
        let skew_s = i64::try_from(random.below(241)).unwrap_or_default() - 120;
        Self {
            seed,
            faults_end: FaultsEnd {
                requests,
                after_s: None,
            },
            clock_skew_s: if is_skewed { skew_s } else { 0 },
            limit: random.weighted(&[(3, None), (1, Some(LimitMode::Lenient)), (1, Some(LimitMode::Clamp))]),
            offset_lifetime_s: random.weighted(&[(3, None), (1, Some(2)), (1, Some(20))]),
            offset_uses: random.weighted(&[(2, OffsetUses::Unlimited), (1, OffsetUses::Once)]),
            organization: super::OrganizationLife::Lively,
            events,
            faults,
        }
    }
}

/// How many kinds [`planned`] knows.
const KINDS: u64 = 16;

fn planned(kind: u64, requests: u64, random: &mut Random) -> PlannedFault {
    let millionths = u32::try_from(2_000 + random.below(CHANCE_MAX - 2_000)).unwrap_or_default();
    let likely = |fault: Fault| PlannedFault::from(fault).with_chance(Chance::per_million(millionths));
    let percent = u8::try_from(random.below(100)).unwrap_or_default();
    let refused = |fault: Fault, random: &mut Random| {
        let first = 1 + random.below(requests);
        PlannedFault::from(fault).at(first..=first + random.below(REFUSED_REQUESTS_MAX))
    };
    match kind {
        0 => likely(Fault::Delay {
            ms: 1 + random.below(400),
        }),
        1 => likely(Fault::RateLimit {
            retry_after_s: u32::try_from(1 + random.below(2)).unwrap_or(1),
        }),
        2 => likely(Fault::ServerError {
            status: random.weighted(&[(2, 500), (1, 502), (2, 503), (1, 504)]),
            phrase: random.weighted(&[(1, Phrase::Given), (1, Phrase::Missing)]),
        }),
        3 => likely(Fault::Html {
            status: random.weighted(&[(1, 200), (2, 502), (1, 503)]),
        }),
        4 => refused(Fault::Unauthorized, random),
        5 => refused(Fault::Forbidden, random),
        6 => refused(Fault::PlanRefused, random),
        7 => likely(Fault::Hang).at_most(STILL_COUNT_MAX),
        8 => likely(Fault::Reset {
            after_bytes: random.weighted(&[(1, 0), (1, 40), (1, 2_000)]),
        }),
        9 => likely(Fault::ExpiredOffset),
        10 => likely(Fault::ForeignOffset),
        11 => likely(Fault::RepeatPage {
            offset: random.weighted(&[(1, RepeatedOffset::New), (1, RepeatedOffset::Same)]),
        }),
        12 => likely(Fault::ShortPage {
            events_max: u32::try_from(1 + random.below(20)).unwrap_or(1),
        }),
        13 => likely(Fault::CutBody { percent }),
        14 => likely(Fault::StallBody { percent }).at_most(STILL_COUNT_MAX),
        _ => likely(Fault::SlowBody {
            over_ms: 50 + random.below(1_000),
        }),
    }
}

/// How many kinds [`group`] knows.
const GROUP_KINDS: u64 = 4;

fn group(kind: u64, random: &mut Random) -> EventGroup {
    let count = u32::try_from(1 + random.below(300)).unwrap_or(1);
    // Before the start, so that a copy that is made at once has them.
    let before_s = i64::try_from(60 + random.below(80 * 24 * 60 * 60)).unwrap_or(60);
    match kind {
        0 => EventGroup::Storm {
            count: count * 10,
            from_s: -before_s,
            span_s: 60,
        },
        1 => EventGroup::Tie { count, at_s: -before_s },
        _ => {
            // Created in 20 seconds that lie so far back that all become visible within half a minute of the start.
            let back_s = u32::try_from(60 + random.below(LATE_S_MAX - 80)).unwrap_or(60);
            EventGroup::Late {
                count: 1 + count / 10,
                from_s: -i64::from(back_s),
                span_s: 20,
                delay_s_min: back_s,
                delay_s_max: back_s + 10,
                mode: if kind == 2 {
                    LateMode::Skipped
                } else {
                    LateMode::DeliveredLate
                },
            }
        }
    }
}
