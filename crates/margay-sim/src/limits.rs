//! The vendor's request limits ("Rate limits", read 2026-11-23), per token: so many calls a minute, rejected ones
//! counted too, and so many at once.
//!
//! The vendor looks more often than once a minute and does not say how. Here a call is let through when fewer than the
//! quota arrived in the 60 seconds up to now, counted in whole seconds. A client that ignores `Retry-After` therefore
//! keeps itself out, as the vendor warns. The vendor's third limit, by cost, is not simulated: nobody has published what
//! an audit page costs.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::token::TokenKind;

const WINDOW_S: i64 = 60;
/// What a client is told to wait when too many calls are in flight: long enough for all of them to end or time out,
/// says the vendor without a number; its example of a 429 has 30.
const CONCURRENCY_RETRY_AFTER: Duration = Duration::from_secs(30);

/// The limits of all tokens.
#[derive(Debug)]
pub(crate) struct Limits {
    requests_per_minute: Option<NonZeroU32>,
    concurrent_max: u32,
    meters: [Arc<Mutex<Meter>>; TokenKind::ALL.len()],
}

/// What one token has done lately.
#[derive(Debug, Default)]
struct Meter {
    in_flight: u32,
    /// Calls by second, oldest first; at most one entry for each second of the window.
    calls: VecDeque<(i64, u32)>,
}

/// A call in flight; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct InFlight {
    meter: Arc<Mutex<Meter>>,
}

impl Limits {
    pub(crate) fn new(requests_per_minute: Option<NonZeroU32>, concurrent_max: u32) -> Self {
        Self {
            requests_per_minute,
            concurrent_max,
            meters: Default::default(),
        }
    }

    /// Lets a call in, or returns how long to stay away.
    pub(crate) fn admit(&self, kind: TokenKind, now_ms: i64) -> Result<InFlight, Duration> {
        let token_meter = &self.meters[kind.place()];
        let second = now_ms.div_euclid(1000);
        let mut meter = lock(token_meter);
        meter.count_call(second);
        if let Some(retry_after) = self
            .requests_per_minute
            .and_then(|quota| meter.over_quota(quota, second))
        {
            return Err(retry_after);
        }
        if meter.in_flight >= self.concurrent_max {
            return Err(CONCURRENCY_RETRY_AFTER);
        }
        meter.in_flight += 1;
        drop(meter);
        Ok(InFlight {
            meter: Arc::clone(token_meter),
        })
    }
}

impl Meter {
    fn count_call(&mut self, now_s: i64) {
        // A clock that was set back starts a new window.
        self.calls
            .retain(|(second, _)| (now_s - WINDOW_S + 1..=now_s).contains(second));
        match self.calls.back_mut() {
            Some((second, calls)) if *second == now_s => *calls = calls.saturating_add(1),
            _ => self.calls.push_back((now_s, 1)),
        }
    }

    /// Returns how long to wait if the calls of the window, the present one included, are too many: until so many have
    /// left the window that one more would pass.
    fn over_quota(&self, quota: NonZeroU32, now_s: i64) -> Option<Duration> {
        let quota = u64::from(quota.get());
        let mut calls: u64 = self.calls.iter().map(|(_, calls)| u64::from(*calls)).sum();
        if calls <= quota {
            return None;
        }
        let mut wait_s = WINDOW_S;
        for (second, leaving) in &self.calls {
            calls -= u64::from(*leaving);
            wait_s = second + WINDOW_S - now_s;
            if calls < quota {
                break;
            }
        }
        Some(Duration::from_secs(wait_s.unsigned_abs()))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut meter = lock(&self.meter);
        meter.in_flight = meter.in_flight.saturating_sub(1);
    }
}

fn lock(meter: &Mutex<Meter>) -> MutexGuard<'_, Meter> {
    meter.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
