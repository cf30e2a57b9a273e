//! Repairing: records that the vendor shows and the copy has not.
//!
//! | the journal | what happens |
//! |---|---|
//! | never had the record | it is journalled, and lands like every other |
//! | has it, it landed, and its row is gone | its row is put back from the journal, as a replay does |
//! | had it, it landed, its row is gone, and its entry too | its row is put back as the vendor shows it now |
//! | has it, and it has not landed | nothing: it lands |
//!
//! What landed is not journalled again: a lake that is one day made anew from the journal would have it twice. A row that an entry
//! still stands for has that entry's time, since doctor and replay look for it by this time only, and would add a second one.
//! Putting a row back is what a replay does, and doing it twice finds it done.

use std::collections::HashSet;
use std::time::Duration;

use jiff::Timestamp;
use margay_connector::Record;
use margay_lake::{Effect, Replacement, Settlement};
use margay_store::{Entry, NewEntry, NewRecord, Progress, Sequence};
use tokio_util::sync::CancellationToken;

use super::kept::Kept;
use super::{AuditError, Landing};
use crate::content::VersionedSchema;
use crate::land;
use crate::late::Lateness;
use crate::normalise::{self, Outcome};
use crate::reader::Reader;
use crate::replay;

/// Records of one entry, and their bytes: as of a large page.
const RECORDS_PER_ENTRY_MAX: usize = 1_000;
const BYTES_PER_ENTRY_MAX: usize = 8 * 1024 * 1024;
/// How often it is looked whether a server's landing has come to what was journalled, and how long in between: a minute
/// altogether. What has not landed by then is not repaired yet, and the report says so.
const LANDING_LOOKS_MAX: u32 = 120;
const LANDING_LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// Journals records, or puts their rows back, and sees to it that they land.
pub(super) async fn repair(
    reader: &Reader,
    versioned: &VersionedSchema,
    records: &[&Record],
    landing: Landing,
    lateness: &mut Lateness,
    stop: &CancellationToken,
) -> Result<(), AuditError> {
    let ledger = reader.line.store.ledger(reader.source_id()).await?;
    let mut known: Vec<&Record> = Vec::new();
    let mut last = None;
    for chunk in chunks(records) {
        let now = reader.line.clock.now();
        let appended = reader
            .line
            .store
            .append(reader.source_id(), entry_of(reader, chunk, now))
            .await?;
        let new: HashSet<usize> = appended.new.iter().copied().collect();
        let times = appended.new.iter().filter_map(|place| chunk.get(*place)?.event_time);
        lateness.count(times, now, &ledger);
        let is_known = |(place, _): &(usize, &&Record)| !new.contains(place);
        known.extend(chunk.iter().enumerate().filter(is_known).map(|(_, record)| *record));
        last = appended.sequence.or(last);
    }
    let last = restore(reader, versioned, &known).await?.max(last);
    if let Some(sequence) = last {
        land_through(reader, landing, sequence, stop).await?;
    }
    Ok(())
}

fn chunks<'a, 'r>(mut records: &'a [&'r Record]) -> Vec<&'a [&'r Record]> {
    let mut chunks = Vec::new();
    while !records.is_empty() {
        let mut bytes = 0;
        let fit = records.iter().take(RECORDS_PER_ENTRY_MAX).take_while(|record| {
            bytes += record.body.len();
            bytes <= BYTES_PER_ENTRY_MAX
        });
        // One that is too long for its company goes alone; the connector bounds its page.
        let (chunk, rest) = records.split_at(fit.count().max(1));
        chunks.push(chunk);
        records = rest;
    }
    chunks
}

fn entry_of(reader: &Reader, records: &[&Record], now: Timestamp) -> NewEntry {
    let to_journal = records.iter().map(|record| NewRecord {
        id: record.id.as_str().to_owned(),
        body: record.body.clone(),
    });
    NewEntry {
        log_type: reader.source().log_type.clone(),
        records: to_journal.collect(),
        progress: Progress::Nothing,
        claim: None,
        fence: reader.token,
        newest_event_time: records.iter().filter_map(|record| record.event_time).max(),
        now,
    }
}

/// Puts rows back that had landed; returns the last entry that has some of the records and has not landed yet.
async fn restore(
    reader: &Reader,
    versioned: &VersionedSchema,
    records: &[&Record],
) -> Result<Option<Sequence>, AuditError> {
    if records.is_empty() {
        return Ok(None);
    }
    let (line, source) = (&reader.line, reader.source());
    // Asked before the journal is read: what lands in between is left alone, and is there.
    let landed = Sequence::new(land::landed_sequence(line, &source.log_type, source.id).await?);
    let mut kept = Kept::open(line, source.id, Sequence::ZERO, records).await?;
    let (mut rows, mut waiting) = (0, None);
    while let Some(entries) = kept.next(line).await? {
        // Landing would add the rows of what waits once more.
        let (entries, later): (Vec<Entry>, Vec<Entry>) =
            entries.into_iter().partition(|entry| entry.sequence <= landed);
        waiting = later.last().map(|entry| entry.sequence).max(waiting);
        rows += entries.iter().map(|entry| entry.records.len()).sum::<usize>();
        if !entries.is_empty() {
            replay::land_again(line, source, entries).await?;
        }
    }
    let pruned = kept.into_sought();
    let pruned: Vec<&Record> = records
        .iter()
        .filter(|record| pruned.contains(record.id.as_str()))
        .copied()
        .collect();
    restore_pruned(reader, versioned, &pruned).await?;
    rows += pruned.len();
    if rows > 0 {
        tracing::error!(
            source = reader.label(),
            rows,
            "rows that had landed were gone from the lake; they were put back"
        );
    }
    Ok(waiting)
}

/// Puts rows back of records that no entry keeps any more, with the present as their time: when they were journalled nobody
/// knows, and neither doctor nor a replay looks for them.
async fn restore_pruned(reader: &Reader, versioned: &VersionedSchema, records: &[&Record]) -> Result<(), AuditError> {
    let mut outcome = Outcome::default();
    let now = reader.line.clock.now();
    for record in records {
        normalise::record(versioned, record, reader.source(), now, &mut outcome);
    }
    let lake = &reader.line.lake;
    if !outcome.events.is_empty() {
        let replacement = Replacement {
            schema: &versioned.schema,
            events: outcome.events,
            sought: Vec::new(),
        };
        lake.replace(replacement, Effect::Write).await?;
    }
    if !outcome.rejects.is_empty() {
        let settlement = Settlement {
            landed: Vec::new(),
            rejects: outcome.rejects,
        };
        lake.settle(settlement, Effect::Write).await?;
    }
    Ok(())
}

async fn land_through(
    reader: &Reader,
    landing: Landing,
    through: Sequence,
    stop: &CancellationToken,
) -> Result<(), AuditError> {
    let (line, source) = (&reader.line, reader.source());
    if landing == Landing::Ours {
        land::of_source(line, source, stop).await?;
        return Ok(());
    }
    for _ in 0..LANDING_LOOKS_MAX {
        line.journalled.notify_one();
        let landed = land::landed_sequence(line, &source.log_type, source.id).await?;
        if landed >= through.get() {
            return Ok(());
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(LANDING_LOOK_INTERVAL) => {}
        }
    }
    Ok(())
}
