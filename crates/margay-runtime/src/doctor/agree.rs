//! Whether journal, lake and ledger agree, source by source.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use margay_connector::Window;
use margay_lake::{Examined, FindingCode, Lake, LakeError, RowKey};
use margay_schema::{RowId, SourceId};
use margay_store::{Consumer, EntriesError, Entry, Ledger, LookupError, Sequence, Source, Store, WINDOWS_WAITING_MAX};

use super::{Cure, Finding, LakeFate, Patient, Severity};
use crate::content::Content;
use crate::coverage;
use crate::error_chain::ErrorChain;

/// Raw bytes of records that are looked for at a time. Their ids are a small part of that.
pub(super) const PORTION_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Our clock may have been set by some seconds; more is told.
const CLOCK_BACK_MAX: Duration = Duration::from_mins(5);

/// How far landing says it is, asked before the tables are.
pub(super) async fn positions(store: &Store, sources: &[Source]) -> HashMap<SourceId, u64> {
    let mut positions = HashMap::new();
    for source in sources {
        // A source that was deleted a moment ago is passed over later, too.
        if let Ok(position) = store.position(Consumer::Landing, source.id).await {
            positions.insert(source.id, position.get());
        }
    }
    positions
}

/// What a source is compared with.
pub(super) struct Agreement<'a> {
    pub(super) patient: &'a Patient,
    pub(super) store: &'a Store,
    pub(super) content: &'a Option<Content>,
    pub(super) examined: &'a Examined,
}

/// Why a source could not be compared.
enum Unknown {
    /// It was deleted meanwhile.
    Gone,
    /// It was found and told already: an entry is damaged.
    Told,
    Failed(String),
}

impl From<LookupError> for Unknown {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::SourceUnknown(_) => Self::Gone,
            error @ LookupError::Storage(_) => Self::Failed(ErrorChain(&error).to_string()),
        }
    }
}

impl From<EntriesError> for Unknown {
    fn from(error: EntriesError) -> Self {
        match error {
            EntriesError::SourceUnknown(_) => Self::Gone,
            EntriesError::EntryDamaged { .. } => Self::Told,
            error @ EntriesError::Storage(_) => Self::Failed(ErrorChain(&error).to_string()),
        }
    }
}

impl From<LakeError> for Unknown {
    fn from(error: LakeError) -> Self {
        Self::Failed(ErrorChain(&error).to_string())
    }
}

impl Agreement<'_> {
    pub(super) async fn look(
        &self,
        sources: &[Source],
        positions: &HashMap<SourceId, u64>,
        findings: &mut Vec<Finding>,
    ) {
        let lake = match Lake::open_read_only(&self.patient.data_dir.lake(), &[]).await {
            Ok(lake) => lake,
            Err(error) => {
                // A lake of a new data directory has no tables before the first pull opens it.
                findings.push(Finding::broken("lake_unreadable", "lake", ErrorChain(&error)).cured_by(Cure::Open));
                return;
            }
        };
        for source in sources {
            let Some(position) = positions.get(&source.id) else {
                continue;
            };
            match self.look_at(&lake, source, *position, findings).await {
                Ok(()) | Err(Unknown::Gone | Unknown::Told) => {}
                Err(Unknown::Failed(problem)) => {
                    findings.push(Finding::broken("source_unreadable", place_of(source), problem));
                }
            }
        }
    }

    async fn look_at(
        &self,
        lake: &Lake,
        source: &Source,
        position: u64,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Unknown> {
        let journal = self.store.journal_status(source.id).await?;
        self.look_at_clock(source, journal.entry_at, findings);
        self.look_at_ledger(source, findings).await?;
        let name = format!("margay_logs.{}", source.log_type.table_name());
        if self.is_unreadable(&name) || self.is_unreadable("margay_monitor.classification_failures") {
            return Ok(());
        }
        let table = self.examined.tables.iter().find(|table| table.name == name);
        let landed = table
            .and_then(|table| table.sources.get(&source.id)?.landed)
            .unwrap_or(0);
        let (head, pruned) = (journal.head.get(), journal.pruned_through.get());
        let place = place_of(source);
        if landed > head {
            findings.push(Finding::broken("lake_ahead_of_journal", place, format_args!(
                "its table has landed journal entries up to {landed}, and the journal ends at {head}: the database is older than \
                 the lake\nhint: restore margay.db and lake/ from the same backup")));
            return Ok(());
        }
        if landed < pruned {
            findings.push(behind(&place, source, landed, pruned, self.patient.lake_fate));
            return Ok(());
        }
        if position > landed {
            findings.push(
                Finding::broken("landed_entries_missing", place.clone(), format_args!(
                    "entries up to {position} had landed, and its table has them up to {landed} only; the journal keeps them\n\
                     hint: the next `margay serve` or `margay pull` lands them again"))
                .cured_by(Cure::Land(source.id)),
            );
        }
        self.look_at_position(source, landed, findings).await?;
        let is_usable = self
            .content
            .as_ref()
            .is_some_and(|content| content.schema(&source.log_type).is_some());
        let absent = absent(self.store, lake, source, landed).await?;
        if absent > 0 {
            let finding = Finding::broken(
                "rows_absent",
                place,
                format_args!(
                    "{absent} records of its journal have landed, and are neither events nor classification failures\n\
                 hint: a repair lands them again"
                ),
            );
            findings.push(if is_usable {
                finding.cured_by(Cure::LandAgain(source.id))
            } else {
                finding
            });
        }
        Ok(())
    }

    /// Whether what a table has cannot be known, which was told already.
    fn is_unreadable(&self, name: &str) -> bool {
        self.examined.findings.iter().any(|found| {
            let is_reading = matches!(
                found.code,
                FindingCode::LogMissing
                    | FindingCode::LogUnreadable
                    | FindingCode::FileMissing
                    | FindingCode::FileSize
                    | FindingCode::FileUnreadable
            );
            found.table == name && is_reading
        })
    }

    /// A position that stands where it stood before a commit of a while ago keeps entries from being pruned.
    async fn look_at_position(&self, source: &Source, landed: u64, findings: &mut Vec<Finding>) -> Result<(), Unknown> {
        let position = self.store.position(Consumer::Landing, source.id).await?.get();
        if position < landed {
            findings.push(
                Finding::broken(
                    "position_behind",
                    place_of(source),
                    format_args!(
                        "its table has entries up to {landed}, and landing is noted up to {position} only\n\
                     hint: harmless: the next landing notes it"
                    ),
                )
                .cured_by(Cure::Position(source.id)),
            );
        }
        Ok(())
    }

    fn look_at_clock(&self, source: &Source, entry_at: Option<Timestamp>, findings: &mut Vec<Finding>) {
        let now = self.patient.clock.now();
        let latest = now.saturating_add(CLOCK_BACK_MAX).unwrap_or(Timestamp::MAX);
        if let Some(at) = entry_at.filter(|at| *at > latest) {
            findings.push(Finding::new(
                "clock_set_back",
                Severity::Notice,
                place_of(source),
                format_args!(
                    "its newest entry was journalled at {at}, and it is {now} now\n\
                 hint: check this machine's clock; nothing is lost by it, and times of arrival are wrong"
                ),
            ));
        }
    }

    async fn look_at_ledger(&self, source: &Source, findings: &mut Vec<Finding>) -> Result<(), Unknown> {
        if !source.has_vendor() {
            return Ok(());
        }
        let ledger = self.store.ledger(source.id).await?;
        let settled_beyond = ledger
            .settled_through
            .filter(|settled| Some(*settled) > ledger.proven_through());
        if let Some(settled) = settled_beyond {
            findings.push(
                Finding::broken(
                    "settled_beyond_proven",
                    place_of(source),
                    format_args!(
                        "everything before {settled} counts as read again for late events, and less is proven"
                    ),
                )
                .cured_by(Cure::Settled(source.id)),
            );
        }
        let waiting = self.store.waiting_windows(source.id, WINDOWS_WAITING_MAX).await?;
        for (from, to) in open_holes(
            &ledger,
            waiting.iter().filter_map(|wait| Window::new(wait.from, wait.to)),
            self.patient.clock.now(),
        ) {
            findings.push(Finding::new("hole", Severity::Notice, place_of(source), format_args!(
                "nothing proves that the copy is complete from {from} to {to}\n\
                 hint: a running `margay serve` reads it again within a minute; `margay source coverage` shows all of it")));
        }
        Ok(())
    }
}

/// Returns the holes that nothing reads yet, lost ones that are not written down included.
fn open_holes(ledger: &Ledger, waiting: impl Iterator<Item = Window>, now: Timestamp) -> Vec<(Timestamp, Timestamp)> {
    let mut waiting: Vec<Window> = waiting.collect();
    waiting.sort_unstable();
    let holes = coverage::holes(ledger, &waiting, now);
    let all = holes.lost.iter().chain(&holes.open);
    all.map(|hole| (hole.from(), hole.to())).collect()
}

/// The table has less than the journal no longer keeps.
fn behind(place: &str, source: &Source, landed: u64, pruned: u64, lake_fate: LakeFate) -> Finding {
    let hint = match (landed, lake_fate) {
        (0, LakeFate::MayReturn) => {
            "if the lake is on a disk that is not mounted, stop Margay, remove the empty `lake` that was made in its place, and mount it: \
             nothing is lost. If there is a backup of it, restore that. If it is gone for good, `margay doctor --repair --lake-is-gone` \
             lands what the journal keeps, and has Asana asked again for the rest, as far back as it keeps it (90 days)"
        }
        (0, LakeFate::Gone) => {
            "a repair lands what the journal keeps, and asks Asana again for the rest, as far back as it keeps it (90 days)"
        }
        _ => {
            "restore the lake from a backup if there is one. Otherwise move the table's folder away, keep it, and run `margay doctor \
             --repair --lake-is-gone`: what the journal keeps lands again, and Asana is asked for the rest"
        }
    };
    let finding = Finding::broken(
        "lake_behind_journal",
        place,
        format_args!(
            "its table ends at journal entry {landed}, and the journal keeps none up to {pruned}: what is between is in neither\nhint: {hint}"
        ),
    );
    // Of a table that has some of these records nobody knows which: asked again, they would land twice. So would those of a table
    // that comes back.
    if landed == 0 && lake_fate == LakeFate::Gone {
        finding.cured_by(Cure::Reclaim(source.id))
    } else {
        finding
    }
}

pub(super) fn place_of(source: &Source) -> String {
    format!("log source `{}`", source.label)
}

/// Returns how many records of entries up to `landed` have no row.
async fn absent(store: &Store, lake: &Lake, source: &Source, landed: u64) -> Result<u64, Unknown> {
    let mut count = 0;
    let mut after = Sequence::ZERO;
    loop {
        let entries = landed_entries(store, source.id, after, landed).await?;
        let Some(last) = entries.last() else { return Ok(count) };
        after = last.sequence;
        count += absent_of(lake, source, &entries).await?.len() as u64;
    }
}

/// Returns the next entries up to `landed`, a portion of them.
pub(super) async fn landed_entries(
    store: &Store,
    source_id: SourceId,
    after: Sequence,
    landed: u64,
) -> Result<Vec<Entry>, EntriesError> {
    let mut entries = store.entries(source_id, after, PORTION_BYTES_MAX).await?;
    entries.retain(|entry| entry.sequence.get() <= landed);
    Ok(entries)
}

/// Returns the rows that these entries should have and that are in no table. A replay beside us moves rows from one table to the
/// other, so those that were not seen are looked for once more.
pub(super) async fn absent_of(lake: &Lake, source: &Source, entries: &[Entry]) -> Result<Vec<RowId>, LakeError> {
    let keys = entries.iter().flat_map(|entry| {
        entry.records.iter().map(|record| RowKey {
            row_id: RowId::of(source.id, &record.id),
            parse_time: entry.journalled_at,
        })
    });
    let keys: Vec<RowKey> = keys.collect();
    let absent = lake.absent(&source.log_type, &keys).await?;
    if absent.is_empty() {
        return Ok(absent);
    }
    let is_absent: std::collections::HashSet<RowId> = absent.into_iter().collect();
    let keys: Vec<RowKey> = keys.into_iter().filter(|key| is_absent.contains(&key.row_id)).collect();
    lake.absent(&source.log_type, &keys).await
}
