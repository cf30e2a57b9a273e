//! Attend: everything that a running server does for one source, under its lease.
//!
//! ```text
//! tail      a round, then the interval        wakes the others when the vendor can be read
//! backfill  waiting windows                   never waited for by the tail
//! re-read   recent time, for late events      now and then
//! audit     a sample, against the vendor      once a day
//! ```
//! The tail alone finds out whether the vendor can be read, and tells the story of it; while it cannot, the others rest.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use margay_detect::REFUSED_POLLS_MIN;
use margay_store::{RoundKind, Source};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::error_chain::ErrorChain;
use crate::lease::{self, LeaseProblem};
use crate::line::Line;
use crate::poll::{self, RoundResult};
use crate::pull::{delay_until, warn};
use crate::reader::Reader;
use crate::status::Status;
use crate::{audit, backfill, coverage, late, round_log, story};

/// How long a source that somebody has to mend waits before it is tried again: the mending happens at the vendor, unseen.
const OPERATOR_RETRY_INTERVAL: Duration = Duration::from_secs(5 * 60);
/// A poll that failed is tried again after this long at most, however rarely the source is polled: the alarms conclude from how long polls
/// have failed, and one failure is not to stand until the next hour's poll.
const FAILED_RETRY_INTERVAL_MAX: Duration = Duration::from_secs(60);
/// How often a source that another server polls is asked for again: well within the life of a lease.
const STAND_BY_INTERVAL: Duration = Duration::from_secs(30);
/// How often waiting windows are looked at without being woken: one that failed becomes due by time alone.
const BACKFILL_LOOK_INTERVAL: Duration = Duration::from_secs(15);

/// What attending needs to know.
#[derive(Clone)]
pub(crate) struct Attendance {
    pub(crate) line: Line,
    pub(crate) source: Source,
    pub(crate) poll_interval: Duration,
    pub(crate) status: Arc<Status>,
    pub(crate) stop: CancellationToken,
}

/// Attends to one source until `stop`.
pub(crate) async fn attend(attendance: Attendance) {
    let Attendance { line, source, stop, .. } = &attendance;
    let mut stands_by = false;
    while !stop.is_cancelled() {
        let held = lease::holding(line, source, async |token| Box::pin(attended(&attendance, token)).await).await;
        let delay = match held {
            Ok(delay) => {
                stands_by = false;
                delay
            }
            Err(problem) => {
                if problem.is_stand_by() && !stands_by {
                    begin_to_stand_by(&attendance, &problem).await;
                }
                stands_by = problem.is_stand_by();
                without_lease(&attendance, &problem).await
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(delay) => {}
        }
    }
}

/// Another server polls the source. Told once; how the source's polls go is the other one's to write down.
async fn begin_to_stand_by(attendance: &Attendance, problem: &LeaseProblem) {
    let Attendance { line, source, .. } = attendance;
    tracing::info!(source = source.label, %problem, "standing by");
    round_log::note(line, source, story::stand_by(problem)).await;
}

/// Another server polls the source, or our own database cannot say who does.
async fn without_lease(attendance: &Attendance, problem: &LeaseProblem) -> Duration {
    let Attendance { source, status, .. } = attendance;
    if problem.is_stand_by() {
        status.round_ended(&source.label, None);
    } else {
        cannot_begin(attendance, RoundKind::GaveUp, problem).await;
    }
    STAND_BY_INTERVAL
}

/// Our own side keeps a source from being polled: that counts as a poll that failed, so that somebody is called.
async fn cannot_begin(attendance: &Attendance, kind: RoundKind, error: &(dyn Error + Send + Sync + 'static)) {
    let Attendance {
        line, source, status, ..
    } = attendance;
    warn("the source cannot be polled", &source.label, error);
    let problem = ErrorChain(error).to_string();
    status.round_ended(&source.label, Some(problem.clone()));
    round_log::keep_problem(line, source, kind, problem).await;
}

/// Does everything for the source while the lease lasts; returns how long to wait if it has to be begun anew.
async fn attended(attendance: &Attendance, token: margay_store::LeaseToken) -> Duration {
    // Stopped with the process, and as soon as the tail finds that another server has the source.
    let attendance = &Attendance {
        stop: attendance.stop.child_token(),
        ..attendance.clone()
    };
    let Attendance { line, source, .. } = attendance;
    let reader = match Reader::open(line, source.clone(), token).await {
        Ok(reader) => reader,
        Err(error) => {
            cannot_begin(attendance, RoundKind::NeedsOperator, &error).await;
            return OPERATOR_RETRY_INTERVAL;
        }
    };
    let (readable, is_readable) = watch::channel(false);
    tokio::join!(
        keep_polling(attendance, &reader, &readable),
        keep_backfilling(attendance, &reader, is_readable.clone()),
        keep_rereading(attendance, &reader, is_readable.clone()),
        // By far the largest future of them.
        Box::pin(audit::keep_auditing(&reader, is_readable, &attendance.stop)),
    );
    Duration::ZERO
}

async fn keep_polling(attendance: &Attendance, reader: &Reader, readable: &watch::Sender<bool>) {
    let mut refusals = 0;
    loop {
        let Some(delay) = poll_once(attendance, reader, readable, &mut refusals).await else {
            readable.send_replace(false);
            attendance.stop.cancel();
            return;
        };
        tokio::select! {
            () = attendance.stop.cancelled() => return,
            () = tokio::time::sleep(delay) => {}
        }
    }
}

/// One round; returns how long to wait before the next, and nothing if another server has the source by now. `refusals` counts those in a
/// row that somebody has to mend: the first is tried again at once, since a vendor that errs once should call nobody.
async fn poll_once(
    attendance: &Attendance,
    reader: &Reader,
    readable: &watch::Sender<bool>,
    refusals: &mut u64,
) -> Option<Duration> {
    let Attendance {
        line,
        source,
        poll_interval,
        status,
        stop,
    } = attendance;
    if let Err(error) = reader.refresh().await {
        cannot_begin(attendance, RoundKind::NeedsOperator, &error).await;
        readable.send_replace(false);
        return Some(OPERATOR_RETRY_INTERVAL);
    }
    let retry_interval = (*poll_interval).min(FAILED_RETRY_INTERVAL_MAX);
    let round = poll::round(reader, stop).await;
    round_log::keep(line, source, &round).await;
    let (problem, delay) = match round.map(|report| report.result) {
        Ok(RoundResult::More) => (None, Duration::ZERO),
        Ok(RoundResult::Drained | RoundResult::Stopped) => (None, *poll_interval),
        Ok(RoundResult::StandBy { .. }) => return None,
        Ok(RoundResult::Failed {
            problem,
            retry_not_before,
        }) => (
            Some(problem),
            delay_until(line.clock.now(), retry_not_before, retry_interval),
        ),
        Ok(RoundResult::NeedsOperator { diagnosis } | RoundResult::TokenRefused { diagnosis }) => {
            *refusals += 1;
            let is_sure = *refusals >= REFUSED_POLLS_MIN;
            (
                Some(diagnosis),
                if is_sure {
                    OPERATOR_RETRY_INTERVAL
                } else {
                    retry_interval
                },
            )
        }
        Err(error) => (Some(ErrorChain(&error).to_string()), retry_interval),
    };
    let is_readable = problem.is_none();
    if is_readable {
        *refusals = 0;
    }
    let mut holes = None;
    if is_readable && !stop.is_cancelled() {
        match coverage::look(reader).await {
            Ok(found) => holes = found,
            Err(error) => warn("could not look for holes", &source.label, &error),
        }
    }
    // Wakes the backfill, which may have a hole to read now.
    readable.send_replace(is_readable);
    // What it journals does not land, or something is missing: polling goes on, and the source is shown as one with a problem.
    let problem = problem
        .or_else(|| line.content().problem_of(&source.log_type))
        .or(holes);
    status.round_ended(&source.label, problem);
    Some(delay)
}

async fn keep_backfilling(attendance: &Attendance, reader: &Reader, mut is_readable: watch::Receiver<bool>) {
    let Attendance { source, stop, .. } = attendance;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = readable(&mut is_readable) => {}
        }
        match backfill::run(reader, stop).await {
            Ok(report) => {
                if let Some(problem) = report.problem {
                    tracing::info!(source = source.label, ?problem, "the backfill rests");
                }
            }
            Err(error) => warn("the backfill could not go on", &source.label, &error),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            // Each round of the tail may have found a hole.
            _ = is_readable.changed() => {}
            () = tokio::time::sleep(BACKFILL_LOOK_INTERVAL) => {}
        }
    }
}

async fn keep_rereading(attendance: &Attendance, reader: &Reader, mut is_readable: watch::Receiver<bool>) {
    let Attendance { source, stop, .. } = attendance;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = readable(&mut is_readable) => {}
        }
        let wait = match late::reread_if_due(reader, stop).await {
            Ok(wait) => wait,
            Err(error) => {
                warn("recent time could not be read again", &source.label, &error);
                OPERATOR_RETRY_INTERVAL
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Completes when the tail has found that the vendor can be read; never, once the tail has ended.
pub(crate) async fn readable(is_readable: &mut watch::Receiver<bool>) {
    if is_readable.wait_for(|is_readable| *is_readable).await.is_err() {
        std::future::pending::<()>().await;
    }
}
