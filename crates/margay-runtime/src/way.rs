//! The way to a source's vendor, which every reading goes: through the gate, and held by what the vendor asked for.
//!
//! ```text
//! answer with a pause ─▶ the gate: holds every reading of this process
//!                    └─▶ the database: holds those of the next one, and of others beside us
//! ```
//! A process that is killed between the answer and the database is the only one that forgets a pause.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use margay_connector::asana::{Input, RoundEnd, WaitReason};
use margay_connector::{Errand, RETRY_AFTER_MAX, Request};
use margay_store::{LookupError, PAUSE_MAX, Source};
use tokio_util::sync::CancellationToken;

use crate::gate::{Gate, Paused, is_long};
use crate::line::Line;
use crate::poll::RoundResult;
use crate::pull::warn;
use crate::source::BoundSource;

// The longest pause that a connector names is one that the database keeps.
const _: () = assert!(RETRY_AFTER_MAX.as_secs() <= PAUSE_MAX.as_secs());

/// The way to one source's vendor.
#[derive(Clone, Copy)]
pub(crate) struct Way<'a> {
    pub(crate) line: &'a Line,
    pub(crate) source: &'a Source,
    pub(crate) gate: &'a Gate,
}

/// Why a reading does not go on, for a reason that is not in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Halt {
    /// We were told to stop.
    Stopped,
    /// The vendor told somebody else to wait, for longer than a round does.
    Paused(Paused),
}

impl Way<'_> {
    /// Sends a request when the gate lets it through, and returns the answer.
    pub(crate) async fn fetch(
        self,
        errand: Errand,
        request: &Request,
        bound: &BoundSource,
        stop: &CancellationToken,
    ) -> Result<Input, Halt> {
        let line = self.line;
        let fetching = async {
            let _under_way = self.gate.pass(errand, &line.clock).await?;
            line.progress.request_sent();
            crate::telemetry::request_sent(&self.source.label);
            Ok(line.http.get(request, &bound.token).await)
        };
        let outcome = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(Halt::Stopped),
            fetched = fetching => fetched.map_err(Halt::Paused)?,
        };
        Ok(Input::Fetched {
            now: line.clock.now(),
            outcome,
        })
    }

    /// Waits before a request is sent again.
    pub(crate) async fn wait(self, delay: Duration, why: &WaitReason, stop: &CancellationToken) -> Result<Input, Halt> {
        let clock = &self.line.clock;
        tracing::debug!(
            source = self.source.label,
            ?delay,
            ?why,
            "waiting before the next request"
        );
        // Begun before the pause is written down, which takes its time.
        let waiting = tokio::time::sleep(delay);
        if let Some(pause) = why.pause {
            self.pause(later(clock.now(), pause)).await;
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => Err(Halt::Stopped),
            () = waiting => Ok(Input::Waited { now: clock.now() }),
        }
    }

    /// Takes in how a reading ended: the vendor may have said when to come again.
    pub(crate) async fn ended(self, end: &RoundEnd) {
        if let RoundEnd::GaveUp(problem) = end
            && let Some(until) = problem.retry_not_before()
        {
            self.pause(until).await;
        }
    }

    /// Lets nobody ask the vendor before `until`: no reading of this process, nor of the next one.
    async fn pause(self, until: Timestamp) {
        let Self { line, source, gate } = self;
        gate.pause_until(until);
        if let Err(error) = line.store.pause(source.id, until, line.clock.now()).await {
            warn("a pause could not be written down", &source.label, &error);
        }
    }

    /// Takes over what the vendor told an earlier process, or one beside us; returns a pause that is longer than a round waits.
    pub(crate) async fn heed(self) -> Result<Option<Paused>, LookupError> {
        let now = self.line.clock.now();
        let status = self.line.store.poll_status(self.source.id).await?;
        let Some(until) = status.paused_until(now) else {
            return Ok(None);
        };
        self.gate.pause_until(until);
        Ok(is_long(until, now).then_some(Paused { until }))
    }
}

impl From<Paused> for RoundResult {
    fn from(Paused { until }: Paused) -> Self {
        RoundResult::Failed {
            problem: format!("an earlier reading was told to wait\nthe vendor asked not to be called before {until}"),
            retry_not_before: Some(until),
        }
    }
}

fn later(time: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}
