//! One window of an audit: read from the vendor, compared with the lake, and what is missing repaired where we may.
//!
//! ```text
//! t0  vendor    the window, page by page, to its empty page
//! t1  landed    the last sequence in the table
//! t2  lake      missing? extra? different?
//! t3  ids       which of the missing are journalled, and so had landed unless they wait
//! t4  journal   what was journalled after t1 is not missing: it waits to be landed
//! ```
//! t1 comes before t2, so that what lands in between is either seen in the table or found in the journal; and t3 before t4, so
//! that what is journalled in between is not taken for something that had landed.
//!
//! What looks missing or extra is looked at twice, from t0 on: between t0 and t2 an event may have become visible, or a replay
//! may have been moving a row from one table to the other.

use std::collections::{HashMap, HashSet};

use margay_connector::{Record, Window};
use margay_lake::{Compared, Comparing};
use margay_schema::RowId;
use margay_store::Sequence;
use tokio_util::sync::CancellationToken;

use super::collect::{Collected, Vendor};
use super::kept::Kept;
use super::report::{AuditEnd, Counts, Finding, FindingKind};
use super::{AuditError, FINDINGS_KEPT_MAX, Right, repair};
use crate::content::VersionedSchema;
use crate::land;
use crate::late::Lateness;
use crate::normalise::{self, Outcome};

/// A window that is too much for one reading is read in so many parts.
const SPLIT_PARTS: u32 = 8;

/// What a window came to.
#[derive(Default)]
pub(super) struct Checked {
    pub(super) counts: Counts,
    pub(super) findings: Vec<Finding>,
    /// What was proven of it and misses nothing any more.
    pub(super) sound: Vec<Window>,
    /// Parts of which something is missing still that was never journalled.
    pub(super) wanting: Vec<Window>,
    /// Parts of which rows are missing still that had landed.
    pub(super) gone: Vec<Window>,
    /// How late the events were that nobody had journalled.
    pub(super) lateness: Lateness,
}

/// One reading of a span, compared.
struct Look {
    records: Vec<Record>,
    proven: Window,
    compared: Compared,
    /// Rows that are journalled and not landed.
    waiting: HashSet<RowId>,
    /// Missing rows that had landed.
    gone: HashSet<RowId>,
}

/// Reads and compares `window`; with it comes why it was not read to its end, if it was not. What was found by then is told too.
pub(super) async fn check(
    vendor: &mut Vendor,
    right: &Right<'_>,
    versioned: &VersionedSchema,
    window: Window,
    seed: u64,
    stop: &CancellationToken,
) -> Result<(Checked, Option<AuditEnd>), AuditError> {
    let mut checked = Checked::default();
    let mut left = vec![window];
    while let Some(span) = left.pop() {
        let look = match look_at(vendor, versioned, span, seed, stop).await? {
            Ok(look) => look,
            Err(Unread::TooMuch) => {
                let parts = span.parts(SPLIT_PARTS);
                if parts.len() < 2 {
                    return Ok((checked, Some(too_dense(span))));
                }
                left.extend(parts);
                continue;
            }
            Err(Unread::Ended(end)) => return Ok((checked, Some(end))),
        };
        let look = if look.is_suspicious() {
            match look_at(vendor, versioned, span, seed, stop).await? {
                Ok(second) => second,
                // Better a finding seen once than none.
                Err(_) => look,
            }
        } else {
            look
        };
        settle(vendor, right, versioned, look, stop, &mut checked).await?;
    }
    Ok((checked, None))
}

enum Unread {
    TooMuch,
    Ended(AuditEnd),
}

fn too_dense(span: Window) -> AuditEnd {
    AuditEnd::Vendor(crate::poll::RoundResult::Failed {
        problem: format!("the events of {span} cannot be read in one go, and it cannot be cut further"),
        retry_not_before: None,
    })
}

impl Look {
    fn is_suspicious(&self) -> bool {
        !self.compared.extra.is_empty() || self.missing().next().is_some()
    }

    /// Finds out which of the missing rows the journal knows: they wait to be landed if they were journalled after `landed`, and
    /// are gone otherwise.
    async fn ask_journal(&mut self, vendor: &Vendor, landed: u64) -> Result<(), AuditError> {
        if self.compared.missing.is_empty() {
            return Ok(());
        }
        let (line, source_id) = (&vendor.line, vendor.source.id);
        let row_of = |id: &str| RowId::of(source_id, id);
        let is_missing: HashSet<&RowId> = self.compared.missing.iter().collect();
        let missing = self.records.iter();
        let missing: Vec<&Record> = missing
            .filter(|record| is_missing.contains(&row_of(record.id.as_str())))
            .collect();
        let ids: Vec<&str> = missing.iter().map(|record| record.id.as_str()).collect();
        let known = line.store.known_records(source_id, &ids).await?;
        let mut kept = Kept::open(line, source_id, Sequence::new(landed), &missing).await?;
        while let Some(entries) = kept.next(line).await? {
            let records = entries.iter().flat_map(|entry| &entry.records);
            self.waiting.extend(records.map(|record| row_of(&record.id)));
        }
        let known = known.iter().map(|id| row_of(id));
        self.gone = known.filter(|row| !self.waiting.contains(row)).collect();
        Ok(())
    }

    fn missing(&self) -> impl Iterator<Item = &RowId> {
        self.compared.missing.iter().filter(|id| !self.waiting.contains(id))
    }
}

async fn look_at(
    vendor: &mut Vendor,
    versioned: &VersionedSchema,
    span: Window,
    seed: u64,
    stop: &CancellationToken,
) -> Result<Result<Look, Unread>, AuditError> {
    let (records, proven) = match vendor.collect(span, seed, stop).await? {
        Collected::Whole { records, proven } => (records, proven),
        Collected::TooMuch => return Ok(Err(Unread::TooMuch)),
        Collected::OutOfRequests => return Ok(Err(Unread::Ended(AuditEnd::OutOfRequests))),
        Collected::Stopped => return Ok(Err(Unread::Ended(AuditEnd::Stopped))),
        Collected::Failed(problem) => return Ok(Err(Unread::Ended(AuditEnd::Vendor(problem)))),
    };
    let is_proven = |record: &Record| {
        record
            .event_time
            .is_none_or(|time| proven.from() <= time && time < proven.to())
    };
    let records: Vec<Record> = records.into_iter().filter(is_proven).collect();
    compare(vendor, versioned, records, proven).await.map(Ok)
}

async fn compare(
    vendor: &Vendor,
    versioned: &VersionedSchema,
    records: Vec<Record>,
    proven: Window,
) -> Result<Look, AuditError> {
    let (line, source) = (&vendor.line, &vendor.source);
    let landed = land::landed_sequence(line, &source.log_type, source.id).await?;
    let (now, for_blocking, owner) = (line.clock.now(), versioned.clone(), source.clone());
    // A busy hour is tens of milliseconds of CPU and more: it leaves the async threads.
    let normalising = move || {
        let mut outcome = Outcome::default();
        let mut is_by_time = true;
        for record in &records {
            let before = outcome.events.len();
            normalise::record(&for_blocking, record, &owner, now, &mut outcome);
            if let (Some(event), Some(time)) = (outcome.events.get(before), record.event_time) {
                is_by_time &= event.standard.event_time.as_microsecond() == time.as_microsecond();
            }
        }
        (records, outcome, is_by_time)
    };
    let (records, outcome, is_by_time) = tokio::task::spawn_blocking(normalising).await?;
    let comparing = Comparing {
        schema: &versioned.schema,
        source_id: source.id,
        from: proven.from(),
        to: proven.to(),
        events: outcome.events,
        rejects: outcome.rejects,
    };
    let mut compared = line.lake.compare(comparing).await?;
    if !is_by_time {
        // The schema takes an event's time from elsewhere than the vendor's query does, so rows of other windows stand in this
        // one, and nobody can say which are too many.
        compared.extra.clear();
    }
    let mut look = Look {
        records,
        proven,
        compared,
        waiting: HashSet::new(),
        gone: HashSet::new(),
    };
    look.ask_journal(vendor, landed).await?;
    Ok(look)
}

/// Counts what was found, and repairs what is missing if we hold the source.
async fn settle(
    vendor: &Vendor,
    right: &Right<'_>,
    versioned: &VersionedSchema,
    look: Look,
    stop: &CancellationToken,
    checked: &mut Checked,
) -> Result<(), AuditError> {
    let missing: HashSet<RowId> = look.missing().copied().collect();
    checked.note(vendor, &look, &missing);
    let (gone, proven) = (look.gone.len(), look.proven);
    let mut still_missing = missing.len();
    if let Right::Held(reader, landing) = right
        && !missing.is_empty()
    {
        let is_missing = |record: &&Record| missing.contains(&RowId::of(vendor.source.id, record.id.as_str()));
        let lost: Vec<&Record> = look.records.iter().filter(is_missing).collect();
        repair::repair(reader, versioned, &lost, *landing, &mut checked.lateness, stop).await?;
        let after = compare(vendor, versioned, look.records, proven).await?;
        still_missing = after.compared.missing.iter().filter(|id| missing.contains(id)).count();
    }
    checked.counts.repaired += (missing.len() - still_missing) as u64;
    if still_missing == 0 {
        checked.sound.push(proven);
        return Ok(());
    }
    if gone < missing.len() {
        checked.wanting.push(proven);
    }
    if gone > 0 {
        checked.gone.push(proven);
    }
    Ok(())
}

impl Checked {
    fn note(&mut self, vendor: &Vendor, look: &Look, missing: &HashSet<RowId>) {
        let compared = &look.compared;
        self.counts.add(Counts {
            events: look.records.len() as u64,
            missing: missing.len() as u64,
            gone: look.gone.len() as u64,
            repaired: 0,
            extra: compared.extra.len() as u64 + compared.foreign,
            different: compared.different.len() as u64,
            outdated: compared.outdated,
            waiting: (compared.missing.len() - missing.len()) as u64,
        });
        if missing.is_empty() && compared.extra.is_empty() && compared.different.is_empty() {
            return;
        }
        let ids: HashMap<RowId, &str> = look
            .records
            .iter()
            .map(|record| (RowId::of(vendor.source.id, record.id.as_str()), record.id.as_str()))
            .collect();
        let id_of = |row: &RowId| ids.get(row).copied();
        let found = |kind: FindingKind, row: &RowId| Finding::new(kind, row, id_of(row));
        let lost = compared.missing.iter().filter(|row| missing.contains(row));
        self.findings.extend(lost.map(|row| found(FindingKind::Missing, row)));
        let extra = compared.extra.iter().map(|row| found(FindingKind::Extra, row));
        self.findings.extend(extra);
        let different = compared.different.iter().map(|differing| Finding {
            fields: differing.fields.clone(),
            ..found(FindingKind::Different, &differing.row_id)
        });
        self.findings.extend(different);
        self.findings.truncate(FINDINGS_KEPT_MAX);
    }
}
