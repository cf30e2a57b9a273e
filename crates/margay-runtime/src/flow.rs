//! Flow: what a landing and a poll add to a source's measures. A failure to write them down is logged and changes nothing: they are
//! for people, and the lake has what matters.

use std::collections::HashMap;

use jiff::Timestamp;
use margay_lake::RejectRow;
use margay_schema::{Event, SourceId};
use margay_store::{Entry, Measures, RoundKind, Source};

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
    pub(crate) fn of<'a>(sources: impl IntoIterator<Item = &'a Source>) -> Self {
        let of_source = |source: &Source| OfSource {
            label: source.label.clone(),
            created_at: source.created_at,
            measures: Measures::default(),
            last_reject: None,
        };
        Self {
            by_source: sources
                .into_iter()
                .map(|source| (source.id, of_source(source)))
                .collect(),
        }
    }

    pub(crate) fn add_bytes(&mut self, entries: &[Entry]) {
        for entry in entries {
            if let Some(one) = self.by_source.get_mut(&entry.source_id) {
                let bytes: usize = entry.records.iter().map(|record| record.body.len()).sum();
                one.measures.bytes += bytes as u64;
            }
        }
    }

    /// Counts what landed at `now`. Events from before the source was added are its past, and lag behind nothing.
    pub(crate) fn add(&mut self, events: &[Event], rejects: &[RejectRow], now: Timestamp) {
        for event in events {
            let standard = &event.standard;
            let Some(one) = self.by_source.get_mut(&standard.source_id) else {
                continue;
            };
            one.measures.events += 1;
            if standard.event_time >= one.created_at {
                let lag = now.duration_since(standard.event_time).as_millis();
                let lag = u64::try_from(lag).unwrap_or(0);
                one.measures.lag_ms_total += lag;
                one.measures.lag_ms_max = one.measures.lag_ms_max.max(lag);
            }
        }
        for reject in rejects {
            if let Some(one) = self.by_source.get_mut(&reject.source_id) {
                one.measures.rejects += 1;
                one.last_reject = Some(reject.error.clone());
            }
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
