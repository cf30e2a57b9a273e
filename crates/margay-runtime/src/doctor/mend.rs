//! Mends a finding. Each way may run twice, and may be stopped anywhere: the next examination finds what is left.

use std::collections::HashSet;
use std::error::Error;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use margay_connector::Window;
use margay_connector::asana::RETENTION;
use margay_lake::{Batch, Effect, EventColumns};
use margay_schema::{RowId, SourceId};
use margay_store::{
    BackfillReason, Consumer, EntryText, HistoryKind, KEPT_IDS_MAX, Ledger, LookupError, NewNote, OWN_CONNECTOR,
    Reclaim, Reclaimed, Sequence, Source,
};
use tokio_util::sync::CancellationToken;

use super::agree::{PORTION_BYTES_MAX, absent_of, landed_entries};
use super::{Cure, Finding, Repair};
use crate::backfill::in_days;
use crate::error_chain::ErrorChain;
use crate::line::Line;
use crate::{coverage, land, own_log, replay};

/// An event is journalled after it happened, by our clock. So far the vendor's may be ahead of it.
const CLOCK_MARGIN: SignedDuration = SignedDuration::from_hours(24);

type Mended = Result<String, Box<dyn Error + Send + Sync>>;

pub(super) async fn mend(line: &Line, finding: &Finding) -> Repair {
    let outcome = match &finding.cure {
        Some(cure) => cured(line, cure).await,
        None => Err("it cannot be mended safely".into()),
    };
    let outcome = outcome.map_err(|error| ErrorChain(&*error).to_string());
    if let (Ok(done), Some(source_id)) = (&outcome, source_of(finding)) {
        let note = NewNote {
            at: line.clock.now(),
            kind: HistoryKind::Repaired,
            text: done.clone(),
        };
        if let Err(error) = line.store.note(source_id, note).await {
            tracing::warn!(error = %ErrorChain(&error), "a repair could not be noted");
        }
    }
    Repair {
        code: finding.code,
        place: finding.place.clone(),
        outcome,
    }
}

fn source_of(finding: &Finding) -> Option<SourceId> {
    match finding.cure.as_ref()? {
        Cure::Store(found) => found.source_id,
        Cure::Position(id) | Cure::Land(id) | Cure::LandAgain(id) | Cure::Reclaim(id) | Cure::Settled(id) => Some(*id),
        Cure::RepeatedRows | Cure::Open => None,
    }
}

async fn cured(line: &Line, cure: &Cure) -> Mended {
    match cure {
        Cure::Store(found) => {
            line.store.repair(found, line.clock.now()).await?;
            Ok(format!("the database mended it: {}", found.text))
        }
        Cure::RepeatedRows => {
            let removed = line.lake.remove_repeated_rows(Effect::Write).await?;
            tracing::info!(?removed, "equal rows became one");
            Ok("equal rows of a record became one".to_owned())
        }
        // The line is open.
        Cure::Open => Ok("what was not there was made anew".to_owned()),
        Cure::Position(id) => {
            let source = line.store.journalled_source(*id).await?;
            let landed = land::landed_sequence(line, &source.log_type, source.id).await?;
            line.store
                .advance(Consumer::Landing, source.id, Sequence::new(landed))
                .await?;
            Ok(format!("landing is noted up to entry {landed}"))
        }
        Cure::Land(id) => {
            let source = line.store.journalled_source(*id).await?;
            let landed = land::of_source(line, &source, &CancellationToken::new()).await?;
            Ok(format!(
                "{} events and {} classification failures landed from the journal",
                landed.events, landed.rejects
            ))
        }
        Cure::LandAgain(id) => land_again(line, &line.store.journalled_source(*id).await?).await,
        Cure::Reclaim(id) => reclaim(line, &line.store.journalled_source(*id).await?).await,
        Cure::Settled(id) => {
            let proven = line.store.ledger(*id).await?.proven_through().unwrap_or(Timestamp::MIN);
            // A range without length gives nothing up; what is settled is cut to what is proven.
            line.store.disclaim(*id, proven, proven).await?;
            Ok("what is settled ends where the proofs end".to_owned())
        }
    }
}

/// Lands the records that have landed by the sequences and have no row. Those that have one are not touched.
async fn land_again(line: &Line, source: &Source) -> Mended {
    let through = land::landed_sequence(line, &source.log_type, source.id).await?;
    let mut after = Sequence::ZERO;
    let (mut landed, mut failing, mut withdrawn) = (0, 0, 0);
    loop {
        let mut entries = landed_entries(&line.store, source.id, after, through).await?;
        let Some(last) = entries.last() else { break };
        after = last.sequence;
        let absent: HashSet<RowId> = absent_of(&line.lake, source, &entries).await?.into_iter().collect();
        if absent.is_empty() {
            continue;
        }
        let is_absent = |id: &str| absent.contains(&RowId::of(source.id, id));
        for entry in &mut entries {
            entry.records.retain(|record| is_absent(&record.id));
            // Nobody has their text but the file they came from: from there they may come again.
            if entry.text == EntryText::NotKept {
                withdrawn += line.store.withdraw(source.id, entry.sequence, is_absent).await?;
            }
        }
        entries.retain(|entry| entry.text == EntryText::Kept);
        let replayed = replay::land_again(line, source, entries).await?;
        landed += replayed.landed;
        failing += replayed.failing;
    }
    let to_import = match withdrawn {
        0 => String::new(),
        count => format!("; {count} records were imported without the journal: import their file again"),
    };
    Ok(format!(
        "{landed} events and {failing} classification failures that had no row landed again{to_import}"
    ))
}

/// Makes a table that lost everything go on from what the journal keeps.
///
/// ```text
/// t0  ids without an entry are forgotten, their time is given up and asked for again     (one transaction)
/// t1  the table says that it has everything up to the journal's beginning
/// t2  what the journal keeps lands
/// ```
/// Stopped before t1, the table is behind the journal as before, and all is done again. After t1 the rest is a landing like any
/// other.
async fn reclaim(line: &Line, source: &Source) -> Mended {
    let now = line.clock.now();
    let Some(versioned) = line.content().schema(&source.log_type).cloned() else {
        return Err(line.content().problem_of(&source.log_type).unwrap_or_default().into());
    };
    // What was read before the promised beginning counts too: its records are lost like the others.
    let ledger = ledger_of(line, source).await?;
    let deleted_before = coverage::deleted_before(&ledger, now);
    let first_proven = ledger.coverage.first().map(|row| row.from);
    let beginning = ledger.since.into_iter().chain(first_proven).min();
    // A source that nobody has said a beginning of, and that has proven nothing, has all that is kept before it.
    let beginning = beginning.map_or_else(|| now.saturating_sub(RETENTION), Ok)?;
    let from = beginning.max(deleted_before);
    let to = match line.store.oldest_entry_at(source.id).await? {
        Some(oldest) => oldest.saturating_add(CLOCK_MARGIN)?.min(now),
        None => now,
    };
    let backfill = Window::new(from, to).map(|window| in_days(window, BackfillReason::Hole, now));
    let reclaim = Reclaim {
        // No vendor has our own log, of which what the database still has is journalled again below, nor what was imported.
        backfill: backfill.filter(|_| source.has_vendor()),
        lost_before: if source.has_vendor() {
            deleted_before
        } else {
            Timestamp::MIN
        },
        kept_ids: failed_ids(line, source.id).await?,
        now,
    };
    let reclaimed = line.store.reclaim(source.id, reclaim).await?;
    let pruned = line.store.journal_status(source.id).await?.pruned_through.get();
    line.lake
        .land(Batch {
            events: EventColumns::new(Arc::clone(&versioned.schema))?,
            rejects: Vec::new(),
            after: vec![(source.id, 0)],
            through: vec![(source.id, pruned)],
        })
        .await?;
    if source.connector == OWN_CONNECTOR {
        line.store.reread_own_log().await?;
        own_log::journal(line).await?;
    }
    let landed = land::of_source(line, source, &CancellationToken::new()).await?;
    Ok(told(&reclaimed, landed.events, from, to))
}

/// Returns what is proven of a source; nothing is of what no vendor has.
async fn ledger_of(line: &Line, source: &Source) -> Result<Ledger, LookupError> {
    if !source.has_vendor() {
        return Ok(Ledger::default());
    }
    line.store.ledger(source.id).await
}

fn told(reclaimed: &Reclaimed, events: usize, from: Timestamp, to: Timestamp) -> String {
    let asked = match reclaimed.backfill {
        Some(_) => format!("; the time from {from} to {to} will be read again"),
        None => String::new(),
    };
    let lost = match reclaimed.lost {
        Some((from, to)) => format!("; what happened from {from} to {to} is lost: Asana has deleted it"),
        None => String::new(),
    };
    format!("{events} events landed again from the journal{asked}{lost}")
}

/// Returns the ids of the source's records that are classification failures: the lake has them, so they are not asked for again.
async fn failed_ids(line: &Line, source_id: SourceId) -> Result<Vec<String>, Box<dyn Error + Send + Sync>> {
    let mut ids = Vec::new();
    let mut failures = line.lake.failures(source_id, None).await?;
    while let Some(rejects) = failures.next(PORTION_BYTES_MAX).await? {
        ids.extend(rejects.into_iter().map(|reject| reject.record_id));
        if ids.len() > KEPT_IDS_MAX {
            // The store refuses so many, and says what to do.
            break;
        }
    }
    Ok(ids)
}
