//! Collect: entries, normalised one after the other, become the columns of a batch. Each is let go of once it is normalised: neither
//! the text nor the events of a batch are ever in memory all at once.

use std::sync::Arc;

use jiff::Timestamp;
use margay_lake::{EventColumns, LandError, RejectRow, RowKey, Settlement};
use margay_schema::{Event, RowId, SourceId};
use margay_store::{Entry, EntryText, Sequence, Source};

use super::LandingError;
use crate::content::VersionedSchema;
use crate::flow::Flow;
use crate::normalise::{self, Sink};

/// What entries have become so far.
///
/// Rejects are committed before events, so a crash between the two leaves entries whose rejects are there already, by the
/// schema of that time. What becomes of them is the settlement, if there are such entries; their rejects are in it and not among
/// the others. An entry without text becomes nothing, and so do the rejects that it has left.
pub(super) struct Collected {
    versioned: VersionedSchema,
    pub(super) events: EventColumns,
    pub(super) rejects: Vec<RejectRow>,
    pub(super) settlement: Option<Settlement>,
    /// Entries without text: whoever had it ended before it was in the lake.
    pub(super) lost: Vec<(SourceId, Sequence)>,
    pub(super) flow: Flow,
    /// For measuring how far behind the lake is.
    pub(super) newest_event_time: Option<Timestamp>,
    pub(super) after: Vec<(SourceId, u64)>,
    pub(super) through: Vec<(SourceId, u64)>,
    pub(super) entry_count: usize,
    /// Text of the records.
    pub(super) bytes: usize,
    source: Option<Current>,
}

/// The source whose entries are being collected.
struct Current {
    label: String,
    /// The last sequence whose rejects the lake has.
    rejects_landed: u64,
}

impl Collected {
    pub(super) fn new(versioned: &VersionedSchema) -> Result<Box<Self>, LandingError> {
        let events = EventColumns::new(Arc::clone(&versioned.schema)).map_err(|cause| LandingError::Commit {
            log_type: versioned.schema.log_type().clone(),
            cause: LandError::Lake(cause),
        })?;
        Ok(Box::new(Self {
            versioned: versioned.clone(),
            events,
            rejects: Vec::new(),
            settlement: None,
            lost: Vec::new(),
            flow: Flow::default(),
            newest_event_time: None,
            after: Vec::new(),
            through: Vec::new(),
            entry_count: 0,
            bytes: 0,
            source: None,
        }))
    }

    /// Says that the next entries are this source's, the first of them the one after `after`.
    pub(super) fn begin_source(&mut self, source: &Source, after: u64, rejects_landed: u64) {
        self.flow.begin(source);
        self.after.push((source.id, after));
        self.through.push((source.id, after));
        self.source = Some(Current {
            label: source.label.clone(),
            rejects_landed,
        });
    }

    /// Normalises these entries at `now`, on a thread where that may take its time: a portion is some milliseconds of work.
    pub(super) async fn with(
        mut self: Box<Self>,
        entries: Vec<Entry>,
        now: Timestamp,
    ) -> Result<Box<Self>, LandingError> {
        tokio::task::spawn_blocking(move || {
            for entry in entries {
                self.add(&entry, now)?;
            }
            Ok(self)
        })
        .await?
    }

    /// Normalises an entry of the source that was begun.
    ///
    /// # Panics
    ///
    /// If it is another source's.
    fn add(&mut self, entry: &Entry, now: Timestamp) -> Result<(), LandingError> {
        let source = self.source.as_ref().expect("a source was begun");
        let (of, through) = self.through.last_mut().expect("a source was begun");
        assert_eq!(*of, entry.source_id, "entries are of the source that was begun");
        *through = entry.sequence.get();
        let is_settled = entry.sequence.get() <= source.rejects_landed;
        let rejects_before = self.rejects.len();
        let bytes: usize = entry.records.iter().map(|record| record.body.len()).sum();
        self.bytes += bytes;
        self.entry_count += 1;
        self.flow.add_bytes(entry.source_id, bytes);
        if is_settled {
            self.settlement.get_or_insert_default();
        }
        match entry.text {
            EntryText::Kept => {
                let mut sink = Collecting {
                    events: &mut self.events,
                    rejects: &mut self.rejects,
                    landed: self.settlement.as_mut().filter(|_| is_settled),
                    flow: &mut self.flow,
                    newest_event_time: &mut self.newest_event_time,
                    now,
                    misfit: None,
                };
                normalise::entry(&self.versioned, entry, &source.label, &mut sink);
                if let Some(reason) = sink.misfit {
                    return Err(LandingError::Commit {
                        log_type: self.versioned.schema.log_type().clone(),
                        cause: LandError::Malformed { reason },
                    });
                }
            }
            EntryText::NotKept => self.lost.push((entry.source_id, entry.sequence)),
        }
        if let Some(settlement) = self.settlement.as_mut().filter(|_| is_settled) {
            settlement.rejects.extend(self.rejects.drain(rejects_before..));
            if entry.text == EntryText::NotKept {
                settlement.landed.extend(entry.records.iter().map(|record| RowKey {
                    row_id: RowId::of(entry.source_id, &record.id),
                    parse_time: entry.journalled_at,
                }));
            }
        }
        for reject in &self.rejects[rejects_before..] {
            self.flow.add_reject(reject);
        }
        Ok(())
    }
}

/// Takes what the records of one entry become.
struct Collecting<'c> {
    events: &'c mut EventColumns,
    rejects: &'c mut Vec<RejectRow>,
    /// Where events are noted whose rejects may be in the lake.
    landed: Option<&'c mut Settlement>,
    flow: &'c mut Flow,
    newest_event_time: &'c mut Option<Timestamp>,
    now: Timestamp,
    /// Why an event is not among the others: a defect.
    misfit: Option<String>,
}

impl Sink for Collecting<'_> {
    fn event(&mut self, event: Event) {
        let standard = &event.standard;
        if let Err(misfit) = self.events.push(&event) {
            self.misfit.get_or_insert_with(|| misfit.to_string());
            return;
        }
        self.flow.add_event(standard, self.now);
        *self.newest_event_time = (*self.newest_event_time).max(Some(standard.event_time));
        if let Some(settlement) = &mut self.landed {
            settlement.landed.push(RowKey {
                row_id: standard.row_id,
                parse_time: standard.parse_time,
            });
        }
    }

    fn reject(&mut self, reject: RejectRow) {
        self.rejects.push(reject);
    }
}
