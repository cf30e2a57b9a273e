//! Reading a window from the vendor without journalling it: what it shows is compared, not kept.
//!
//! The connector's state machine is the one that polls, so a window is read by the same rules and proven by the same empty page.
//! Every request goes through the source's gate, behind the live tail, and counts against what the audit may ask.

use std::collections::HashSet;
use std::sync::Arc;

use margay_connector::asana::{Action, Checkpoint, Input, PollLimits, Poller, RoundEnd};
use margay_connector::{Errand, Page, Record, Window};
use margay_store::{LookupError, Source};
use tokio_util::sync::CancellationToken;

use crate::gate::Gate;
use crate::line::Line;
use crate::poll::{RoundResult, result_of};
use crate::source::BoundSource;
use crate::way::{Halt, Way};

/// Records of one reading that are in memory at a time, with some two kilobytes each. A window with more is read in parts.
const RECORDS_MAX: usize = 100_000;
/// Bytes of their bodies, for records that are longer than usual.
const BODY_BYTES_MAX: usize = 128 * 1024 * 1024;

/// The way to the vendor of one audit.
pub(super) struct Vendor {
    pub(super) line: Line,
    pub(super) source: Source,
    pub(super) bound: Arc<BoundSource>,
    pub(super) gate: Arc<Gate>,
    /// Requests that may still be made.
    pub(super) requests_left: u64,
    /// Requests that were made.
    pub(super) requests: u64,
}

/// What reading a window came to.
pub(super) enum Collected {
    /// It was read to its empty page.
    Whole {
        /// Each record once, as the vendor shows it now.
        records: Vec<Record>,
        /// What the empty page proved.
        proven: Window,
    },
    /// It is too much for one reading, or its offsets do not last: smaller windows may be read.
    TooMuch,
    /// The audit may not ask any more.
    OutOfRequests,
    /// We were told to stop.
    Stopped,
    /// The vendor cannot be read.
    Failed(RoundResult),
}

/// What was collected so far.
#[derive(Default)]
struct Collection {
    seen: HashSet<String>,
    records: Vec<Record>,
    bytes: usize,
    proven: Option<Window>,
}

impl Collection {
    /// Takes a page's records and returns how many were not seen before.
    fn take(&mut self, page: Page) -> usize {
        let before = self.records.len();
        for record in page.records {
            if self.seen.insert(record.id.as_str().to_owned()) {
                self.bytes += record.body.len();
                self.records.push(record);
            }
        }
        self.proven = page.proven.or(self.proven);
        self.records.len() - before
    }

    fn is_full(&self) -> bool {
        self.records.len() > RECORDS_MAX || self.bytes > BODY_BYTES_MAX
    }
}

impl Vendor {
    /// Reads a window from its beginning to its empty page.
    ///
    /// # Errors
    /// When the database cannot tell whether the vendor wants a pause.
    pub(super) async fn collect(
        &mut self,
        window: Window,
        seed: u64,
        stop: &CancellationToken,
    ) -> Result<Collected, LookupError> {
        // What the vendor told another process meanwhile holds for us too.
        if let Some(paused) = self.way().heed().await? {
            return Ok(Collected::Failed(paused.into()));
        }
        let clock = self.line.clock.clone();
        let settings = self.bound.settings.clone();
        let mut poller = Poller::new(settings, Checkpoint::of_window(window), PollLimits::default(), seed);
        let mut collection = Collection::default();
        let mut input = Input::Begin { now: clock.now() };
        loop {
            let (stepped, action) = poller.step(input);
            poller = stepped;
            let next = match action {
                Action::Fetch(request) => {
                    if self.requests_left == 0 {
                        return Ok(Collected::OutOfRequests);
                    }
                    let fetched = self.way().fetch(Errand::Beside, &request, &self.bound, stop).await;
                    if fetched.is_ok() {
                        self.requests_left -= 1;
                        self.requests += 1;
                    }
                    fetched
                }
                Action::Journal(page) => {
                    let records_new = collection.take(page);
                    if collection.is_full() {
                        return Ok(Collected::TooMuch);
                    }
                    Ok(Input::Journalled {
                        now: clock.now(),
                        records_new,
                    })
                }
                Action::Wait { delay, why } => self.way().wait(delay, &why, stop).await,
                Action::Finish(end) => {
                    self.way().ended(&end).await;
                    return Ok(finished(end, window, collection));
                }
            };
            input = match next {
                Ok(input) => input,
                Err(Halt::Stopped) => return Ok(Collected::Stopped),
                Err(Halt::Paused(paused)) => return Ok(Collected::Failed(paused.into())),
            };
        }
    }

    fn way(&self) -> Way<'_> {
        Way {
            line: &self.line,
            source: &self.source,
            gate: &self.gate,
        }
    }
}

fn finished(end: RoundEnd, window: Window, collection: Collection) -> Collected {
    match (end, collection.proven) {
        (RoundEnd::GaveUp(problem), _) if problem.is_offset_refused() => Collected::TooMuch,
        (RoundEnd::Drained, Some(proven)) if proven.to() >= window.to() => Collected::Whole {
            records: collection.records,
            proven,
        },
        (RoundEnd::Drained, _) => Collected::Failed(RoundResult::Failed {
            problem: format!("the vendor's clock has not reached the end of {window} yet"),
            retry_not_before: None,
        }),
        (RoundEnd::DeadlineReached, _) => Collected::TooMuch,
        (end, _) => Collected::Failed(result_of(end)),
    }
}
