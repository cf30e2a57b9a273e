//! Flow: what a landing and a poll add to a source's measures. A failure to write them down is logged and changes nothing: they are
//! for people, and the lake has what matters.

use std::collections::HashMap;

use jiff::Timestamp;
use margay_lake::RejectRow;
use margay_schema::{SourceId, StandardFields};
use margay_store::{Measures, RoundKind, Source};

use crate::line::Line;
use crate::pull::warn;

/// What one batch adds, by source.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    by_source: HashMap<SourceId, OfSource>,
}

#[derive(Debug)]
struct OfSource {
    label: String,
    created_at: Timestamp,
    measures: Measures,
    last_reject: Option<String>,
}

impl Flow {
    /// Starts to count for a source; what is of others is not counted.
    pub(crate) fn begin(&mut self, source: &Source) {
        self.by_source.entry(source.id).or_insert_with(|| OfSource {
            label: source.label.clone(),
            created_at: source.created_at,
            measures: Measures::default(),
            last_reject: None,
        });
    }

    pub(crate) fn add_bytes(&mut self, source_id: SourceId, bytes: usize) {
        if let Some(one) = self.by_source.get_mut(&source_id) {
            one.measures.bytes += bytes as u64;
        }
    }

    /// Counts an event that is about to land at `now`. One from before the source was added is its past, and lags behind nothing.
    pub(crate) fn add_event(&mut self, event: &StandardFields, now: Timestamp) {
        let Some(one) = self.by_source.get_mut(&event.source_id) else {
            return;
        };
        one.measures.events += 1;
        if event.event_time >= one.created_at {
            let lag = now.duration_since(event.event_time).as_millis();
            let lag = u64::try_from(lag).unwrap_or(0);
            one.measures.lag_events += 1;
            one.measures.lag_ms_total += lag;
            one.measures.lag_ms_max = one.measures.lag_ms_max.max(lag);
        }
    }

    pub(crate) fn add_reject(&mut self, reject: &RejectRow) {
        if let Some(one) = self.by_source.get_mut(&reject.source_id) {
            one.measures.rejects += 1;
            one.last_reject = Some(reject.error.clone());
        }
    }

    pub(crate) async fn keep(self, line: &Line, now: Timestamp) {
        for (source_id, one) in self.by_source {
            if one.measures == Measures::default() {
                continue;
            }
            if let Err(error) = line.store.measure(source_id, now, &one.measures).await {
                warn("what landed could not be counted", &one.label, &error);
            }
            if let Some(reason) = one.last_reject
                && let Err(error) = line.store.note_reject(source_id, now, reason).await
            {
                warn("a classification failure could not be noted", &one.label, &error);
            }
        }
    }
}

/// What a poll that ended so adds.
pub(crate) fn of_poll(kind: RoundKind) -> Measures {
    let is_error = matches!(
        kind,
        RoundKind::GaveUp | RoundKind::NeedsOperator | RoundKind::TokenRefused
    );
    Measures {
        polls: 1,
        poll_errors: u64::from(is_error),
        ..Measures::default()
    }
}
