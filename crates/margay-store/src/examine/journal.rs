//! The journal of a source: its entries, the ids that are remembered, the totals, the consumers' positions.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use jiff::Timestamp;

use super::{FINDINGS_PER_KIND_MAX, FindingKind, Findings, Subject};
use crate::entry::{Entry, EntryProblem};
use crate::fault::StorageFault;
use crate::journal::EntriesError;
use crate::record_id;
use crate::retention::DEDUP_HORIZON;
use crate::row::row;
use crate::sequence::Sequence;
use crate::store::{OrFault, Store};
use crate::time::{before, day_of};

/// How much is unpacked at a time; one entry may be longer.
const BYTES_PER_STEP: usize = 8 * 1024 * 1024;

/// How many ids are held at a time to find one that stands twice, eight bytes each. A journal with more is read more often.
const IDS_PER_PASS: u64 = 4_000_000;

/// One step through a journal.
pub(super) enum Step {
    /// Entries that are whole.
    Entries(Vec<Entry>),
    /// One that is not.
    Damaged(Sequence, EntryProblem),
    /// There are no more, or the source is gone.
    End,
}

impl Store {
    /// Compares the number of entries with the sequences, and the totals with what is there.
    pub(super) async fn examine_counts(&self, findings: &mut Findings, subject: &Subject) -> Result<(), StorageFault> {
        let row: Option<CountsRow> = sqlx::query_as(
            "SELECT head, pruned_through, records_total, raw_bytes_total, stored_bytes_total, \
             count(sequence) AS entries, coalesce(min(sequence), 0) AS first, coalesce(max(sequence), 0) AS last, \
             coalesce(sum(CASE WHEN format = 3 THEN 0 ELSE record_count END), 0) AS records, coalesce(sum(raw_bytes), 0) AS raw_bytes, \
             coalesce(sum(length(records)), 0) AS stored_bytes \
             FROM journal LEFT JOIN entry ON entry.source = journal.source WHERE journal.source = ?1 \
             GROUP BY journal.source",
        )
        .bind(subject.number)
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        let Some(row) = row else { return Ok(()) }; // deleted a moment ago
        let expected = row.head - row.pruned_through;
        let is_in_bounds = row.entries == 0 || (row.first > row.pruned_through && row.last <= row.head);
        if row.entries != expected || !is_in_bounds {
            findings.add(
                FindingKind::EntriesMiscounted,
                subject,
                format_args!(
                    "{} entries from {} to {} are kept, and should be the {expected} from {} to {}\n\
                     hint: restore margay.db and lake/ from the same backup",
                    row.entries,
                    row.first,
                    row.last,
                    row.pruned_through + 1,
                    row.head
                ),
            );
        }
        let totals = [
            ("records", row.records_total, row.records),
            ("bytes", row.raw_bytes_total, row.raw_bytes),
            ("compressed bytes", row.stored_bytes_total, row.stored_bytes),
        ];
        for (what, total, kept) in totals.into_iter().filter(|total| total.1 < total.2) {
            findings.add(
                FindingKind::TotalTooLow,
                subject,
                format_args!("{total} {what} were counted, but {kept} are in its journal"),
            );
        }
        Ok(())
    }

    /// Compares the consumers' positions with the entries there are.
    pub(super) async fn examine_positions(
        &self,
        findings: &mut Findings,
        subject: &Subject,
    ) -> Result<(), StorageFault> {
        let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
            "SELECT consumer, sequence, head, pruned_through FROM consumer_position \
             JOIN journal ON journal.source = consumer_position.source WHERE journal.source = ?1 ORDER BY consumer",
        )
        .bind(subject.number)
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        for (consumer, position, head, pruned_through) in rows {
            if position > head {
                findings.add(
                    FindingKind::PositionBeyondHead,
                    subject,
                    format_args!(
                        "{consumer} is at entry {position}, but the last one is {head}\n\
                         hint: the database is older than what was made of it; restore margay.db and lake/ from the same backup"
                    ),
                );
            } else if position < pruned_through {
                findings.add(
                    FindingKind::PositionBelowKept,
                    subject,
                    format_args!("{consumer} is at entry {position}, but entries up to {pruned_through} were removed"),
                );
            }
        }
        Ok(())
    }

    /// Unpacks every entry, and looks for ids that are forgotten or stand twice.
    pub(super) async fn examine_entries(
        &self,
        findings: &mut Findings,
        subject: &Subject,
        now: Timestamp,
    ) -> Result<(), StorageFault> {
        let mut after = Sequence::ZERO;
        let (mut records, mut forgotten, mut example) = (0, 0, None);
        loop {
            match self.step(subject, &mut after).await? {
                Step::End => break,
                Step::Damaged(sequence, problem) => findings.add(
                    FindingKind::EntryDamaged,
                    subject,
                    format_args!(
                        "entry {sequence} cannot be read: {problem}\n\
                         hint: keep a copy of the database with its -wal and -shm companions, then restore margay.db and \
                         lake/ from the same backup"
                    ),
                ),
                Step::Entries(entries) => {
                    records += entries.iter().map(|entry| entry.records.len() as u64).sum::<u64>();
                    let ids = self.forgotten_ids(subject, &entries, now).await?;
                    forgotten += ids.len();
                    example = example.or(ids.into_iter().next());
                }
            }
        }
        if let Some(example) = example {
            findings.add(
                FindingKind::IdForgotten,
                subject,
                format_args!("{forgotten} journalled record(s) are not remembered, such as {example:?}"),
            );
        }
        self.examine_repeats(findings, subject, records).await
    }

    /// Reads the next entries and moves `after` behind them.
    pub(super) async fn step(&self, subject: &Subject, after: &mut Sequence) -> Result<Step, StorageFault> {
        match self.entries(subject.id, *after, BYTES_PER_STEP).await {
            Ok(entries) => match entries.last() {
                Some(last) => {
                    *after = last.sequence;
                    Ok(Step::Entries(entries))
                }
                None => Ok(Step::End),
            },
            Err(EntriesError::EntryDamaged { sequence, problem, .. }) => {
                *after = sequence;
                Ok(Step::Damaged(sequence, problem))
            }
            Err(EntriesError::SourceUnknown(_)) => Ok(Step::End), // deleted a moment ago
            Err(EntriesError::Storage(fault)) => Err(fault),
        }
    }

    /// Returns the ids in entries that should be remembered and are not. Those that retention may have forgotten by now are
    /// passed over.
    pub(super) async fn forgotten_ids(
        &self,
        subject: &Subject,
        entries: &[Entry],
        now: Timestamp,
    ) -> Result<Vec<String>, StorageFault> {
        let mut forgotten = Vec::new();
        for entry in entries {
            let keys: Vec<_> = entry
                .records
                .iter()
                .map(|record| record_id::key_of(&record.id))
                .collect();
            let keys = serde_json::to_string(&keys).expect("a list of texts is JSON");
            // The day from which on ids are remembered is read with them: retention may move it at any time.
            let row: Option<(i64, String)> = sqlx::query_as(
                "SELECT ids_since_day, (SELECT json_group_array(value) FROM json_each(?2) \
                 WHERE NOT EXISTS (SELECT 1 FROM record_id WHERE source = ?1 AND record_id = value)) \
                 FROM journal WHERE source = ?1",
            )
            .bind(subject.number)
            .bind(keys)
            .fetch_optional(self.readers())
            .await
            .or_fault(self)?;
            let Some((since_day, missing)) = row else { break }; // deleted a moment ago
            // Retention first removes ids and then notes since when, so that what it may remove does not count either.
            let remembered_since = since_day.max(day_of(before(now, DEDUP_HORIZON)));
            if day_of(entry.journalled_at) >= remembered_since {
                let missing: Vec<String> =
                    serde_json::from_str(&missing).map_err(|_| self.damaged("ids are not text"))?;
                forgotten.extend(missing);
            }
        }
        Ok(forgotten)
    }

    /// Looks for ids that stand twice, a share of all ids at a time.
    async fn examine_repeats(
        &self,
        findings: &mut Findings,
        subject: &Subject,
        records: u64,
    ) -> Result<(), StorageFault> {
        let passes = records.div_ceil(IDS_PER_PASS).max(1);
        for pass in 0..passes {
            let mut hashes: Vec<u64> = Vec::new();
            self.each_id(subject, |hash, _, _| {
                if hash % passes == pass {
                    hashes.push(hash);
                }
            })
            .await?;
            hashes.sort_unstable();
            let suspects: HashSet<u64> = hashes
                .windows(2)
                .filter(|pair| pair[0] == pair[1])
                .map(|pair| pair[0])
                .take(FINDINGS_PER_KIND_MAX)
                .collect();
            if suspects.is_empty() {
                continue;
            }
            // Two ids may share a hash: look at the ids themselves.
            let mut places: HashMap<String, Vec<Sequence>> = HashMap::new();
            self.each_id(subject, |hash, id, sequence| {
                if suspects.contains(&hash) {
                    places.entry(id.to_owned()).or_default().push(sequence);
                }
            })
            .await?;
            let mut repeated: Vec<(String, Vec<Sequence>)> =
                places.into_iter().filter(|place| place.1.len() > 1).collect();
            repeated.sort();
            for (id, sequences) in repeated {
                let (first, last) = (sequences[0], sequences[sequences.len() - 1]);
                findings.add(
                    FindingKind::IdTwice,
                    subject,
                    format_args!(
                        "record {id:?} stands in its journal {} times, in entries {first} to {last}",
                        sequences.len()
                    ),
                );
            }
        }
        Ok(())
    }

    async fn each_id(&self, subject: &Subject, mut look: impl FnMut(u64, &str, Sequence)) -> Result<(), StorageFault> {
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let mut after = Sequence::ZERO;
        loop {
            match self.step(subject, &mut after).await? {
                Step::End => return Ok(()),
                Step::Damaged(..) => {}
                Step::Entries(entries) => {
                    for entry in &entries {
                        for record in &entry.records {
                            look(hasher.hash_one(&record.id), &record.id, entry.sequence);
                        }
                    }
                }
            }
        }
    }
}

row! {
    struct CountsRow {
        head: i64,
        pruned_through: i64,
        records_total: i64,
        raw_bytes_total: i64,
        stored_bytes_total: i64,
        entries: i64,
        first: i64,
        last: i64,
        records: i64,
        raw_bytes: i64,
        stored_bytes: i64,
    }
}
