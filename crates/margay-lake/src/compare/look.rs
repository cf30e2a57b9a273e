//! Looking for the vendor's records in the files of both tables.

use std::collections::{HashMap, HashSet};

use deltalake::DeltaTableError;
use deltalake::arrow::array::{Array, AsArray, PrimitiveArray, RecordBatch, StringArray};
use deltalake::arrow::datatypes::{Int32Type, SchemaRef, TimestampMicrosecondType};
use deltalake::arrow::error::ArrowError;
use margay_schema::{Event, Field, RowId, ValueType};

use super::difference::columns_that_differ;
use super::{Compared, Differing, numbers};
use crate::columns::EVENT_TIME;
use crate::data_file::{DataFile, OpenFile, ROW_ID};
use crate::incoming::{Comparable, Incoming};
use crate::reject::RejectRow;
use crate::window::{SCHEMA_VERSION, SOURCE_ID, Window, columns_of};

/// A record that the vendor shows.
pub(super) struct Shown {
    pub(super) row_id: RowId,
    kind: Kind,
    verdict: Verdict,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Event {
        schema_version: u32,
        /// Whether the record says when it happened. If not, its row stands at the time at which it was read.
        has_time: bool,
    },
    Reject,
}

/// What was found of a record.
#[derive(Clone, PartialEq, Eq)]
enum Verdict {
    Missing,
    Same,
    Outdated,
    /// With the columns that differ.
    Different(Vec<usize>),
}

impl Shown {
    pub(super) fn event(event: &Event) -> Self {
        let standard = &event.standard;
        Self {
            row_id: standard.row_id,
            kind: Kind::Event {
                schema_version: standard.schema_version,
                has_time: standard.event_time != standard.parse_time,
            },
            verdict: Verdict::Missing,
        }
    }

    pub(super) fn reject(reject: &RejectRow) -> Self {
        Self {
            row_id: reject.row_id,
            kind: Kind::Reject,
            verdict: Verdict::Missing,
        }
    }
}

/// A row that a record became: where it is in its group, the record's number, and the revision of the schema that made it.
struct Met {
    row: usize,
    number: usize,
    schema_version: Option<i32>,
}

/// Where looking stands.
pub(super) struct Look {
    /// Events in the order of the incoming rows, then rejects.
    shown: Vec<Shown>,
    numbers: HashMap<RowId, usize>,
    incoming: Incoming,
    comparable: Comparable,
    /// Which of the incoming rows' columns hold JSON.
    is_json: Vec<bool>,
    window: Window,
    /// Row groups of the table of events that were looked at, by the number of their file.
    looked_at: HashSet<(usize, usize)>,
    /// How many records have the verdict [`Verdict::Missing`].
    missing: usize,
    extra: Vec<RowId>,
    foreign: u64,
}

impl Look {
    /// Begins looking for these records, of which the events come first, in the order of the incoming rows.
    pub(super) fn new(
        shown: Vec<Shown>,
        incoming: Incoming,
        fields: &[Field],
        window: Window,
    ) -> Result<Self, ArrowError> {
        let in_order = shown
            .iter()
            .zip(incoming.keys())
            .all(|(shown, key)| shown.row_id == key.row_id);
        assert!(in_order, "the events were in order of time, each once");
        let is_json = |name: &str| {
            let is_json = |field: &Field| field.name == name && field.value == ValueType::Json;
            name == "p_unmapped" || fields.iter().any(is_json)
        };
        let columns = incoming.schema().fields().iter();
        Ok(Self {
            numbers: numbers(&shown),
            missing: shown.len(),
            shown,
            comparable: incoming.comparable()?,
            is_json: columns.map(|column| is_json(column.name())).collect(),
            incoming,
            window,
            looked_at: HashSet::new(),
            extra: Vec::new(),
            foreign: 0,
        })
    }

    pub(super) fn is_anything_missing(&self) -> bool {
        self.missing > 0
    }

    /// Looks at the rows of the window.
    pub(super) fn at_window(&mut self, files: &[DataFile]) -> Result<(), DeltaTableError> {
        for (number, file) in files.iter().enumerate() {
            if !self.window.may_concern(file.event_times()) {
                continue;
            }
            let open = file.open(self.incoming.schema())?;
            for group in 0..open.groups() {
                if self.window.may_concern(open.event_times_of(group)) {
                    self.at_group(&open, group)?;
                    self.looked_at.insert((number, group));
                }
            }
        }
        Ok(())
    }

    /// Looks at all rows that [`Look::at_window`] passed over, until nothing is missing any more.
    pub(super) fn elsewhere(&mut self, files: &[DataFile]) -> Result<(), DeltaTableError> {
        for (number, file) in files.iter().enumerate() {
            let open = file.open(self.incoming.schema())?;
            for group in 0..open.groups() {
                if !self.is_anything_missing() {
                    return Ok(());
                }
                if self.looked_at.insert((number, group)) {
                    self.at_group(&open, group)?;
                }
            }
        }
        Ok(())
    }

    /// Looks for what is missing among the classification failures.
    pub(super) fn at_failures(&mut self, files: &[DataFile]) -> Result<(), DeltaTableError> {
        let columns = columns_of(&[ROW_ID]);
        for file in files {
            let open = file.open(&columns)?;
            for group in 0..open.groups() {
                for ids in open.read_column(group, ROW_ID)? {
                    for id in ids?.as_string::<i32>().iter().flatten() {
                        let number = id.parse().ok().and_then(|id: RowId| self.numbers.get(&id));
                        let Some(shown) = number.map(|number| &mut self.shown[*number]) else {
                            continue;
                        };
                        if shown.verdict == Verdict::Missing {
                            self.missing -= 1;
                            shown.verdict = match shown.kind {
                                Kind::Reject => Verdict::Same,
                                Kind::Event { .. } => Verdict::Outdated,
                            };
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn at_group(&mut self, open: &OpenFile, group: usize) -> Result<(), DeltaTableError> {
        let mut met = Vec::new();
        let columns = Marks::columns();
        let mut first = 0;
        for rows in open.read_columns(group, None, &columns)? {
            let rows = rows?;
            self.meet(&rows, first, &mut met);
            first += rows.num_rows();
        }
        let places = |met: &[&Met]| met.iter().map(|met| (met.row, met.number)).collect::<Vec<_>>();
        let all: Vec<&Met> = met.iter().collect();
        let same = self.comparable.compare(open, group, &places(&all))?;
        let mut others = Vec::new();
        for (met, is_same) in all.into_iter().zip(same) {
            if is_same {
                self.shown[met.number].verdict = Verdict::Same;
            } else {
                others.push(met);
            }
        }
        let differing = columns_that_differ(&self.incoming, open, group, &places(&others), &self.is_json)?;
        for (met, columns) in others.into_iter().zip(differing) {
            self.shown[met.number].verdict = self.judge(met, columns);
        }
        Ok(())
    }

    /// Notes which rows of the batch are the vendor's, and which are of the window and not the vendor's.
    fn meet(&mut self, rows: &RecordBatch, first: usize, met: &mut Vec<Met>) {
        let marks = Marks::of(rows);
        for at in 0..rows.num_rows() {
            let row_id = marks.row_id(at);
            let number = row_id.and_then(|id| self.numbers.get(&id).copied());
            match (number, row_id) {
                (Some(number), _) if self.shown[number].verdict == Verdict::Missing => {
                    self.missing -= 1;
                    // Until it has been compared; a reject is not, as it has a row that today's schema would not make.
                    self.shown[number].verdict = Verdict::Outdated;
                    if let Kind::Event { .. } = self.shown[number].kind {
                        met.push(Met {
                            row: first + at,
                            number,
                            schema_version: marks.schema_version(at),
                        });
                    }
                }
                (Some(_), Some(id)) => self.extra.push(id),
                (None, Some(id)) if marks.is_in(at, &self.window) => self.extra.push(id),
                (None, None) if marks.is_in(at, &self.window) => self.foreign += 1,
                _ => {}
            }
        }
    }

    /// Judges a row by the columns in which it differs from the event.
    fn judge(&self, met: &Met, mut columns: Vec<usize>) -> Verdict {
        let Kind::Event {
            schema_version,
            has_time,
        } = self.shown[met.number].kind
        else {
            return Verdict::Outdated;
        };
        if !has_time {
            columns.retain(|column| self.column(*column) != EVENT_TIME);
        }
        if columns.is_empty() {
            Verdict::Same
        } else if met.schema_version.map(i64::from) == Some(i64::from(schema_version)) {
            Verdict::Different(columns)
        } else {
            Verdict::Outdated
        }
    }

    fn column(&self, column: usize) -> &str {
        self.incoming.schema().field(column).name()
    }

    pub(super) fn into_compared(self) -> Compared {
        let mut compared = Compared {
            foreign: self.foreign,
            ..Compared::default()
        };
        for shown in &self.shown {
            match &shown.verdict {
                Verdict::Missing => compared.missing.push(shown.row_id),
                Verdict::Same => compared.same += 1,
                Verdict::Outdated => compared.outdated += 1,
                Verdict::Different(columns) => compared.different.push(Differing {
                    row_id: shown.row_id,
                    fields: columns.iter().map(|column| self.column(*column).to_owned()).collect(),
                }),
            }
        }
        compared.extra = self.extra;
        compared
    }
}

/// The columns of a batch by which a row is known and placed.
struct Marks<'a> {
    ids: &'a StringArray,
    sources: &'a StringArray,
    times: &'a PrimitiveArray<TimestampMicrosecondType>,
    versions: &'a PrimitiveArray<Int32Type>,
}

impl<'a> Marks<'a> {
    fn columns() -> SchemaRef {
        columns_of(&[ROW_ID, SOURCE_ID, EVENT_TIME, SCHEMA_VERSION])
    }

    fn of(rows: &'a RecordBatch) -> Self {
        Self {
            ids: rows.column(0).as_string(),
            sources: rows.column(1).as_string(),
            times: rows.column(2).as_primitive(),
            versions: rows.column(3).as_primitive(),
        }
    }

    fn row_id(&self, at: usize) -> Option<RowId> {
        self.ids.is_valid(at).then(|| self.ids.value(at).parse().ok()).flatten()
    }

    fn schema_version(&self, at: usize) -> Option<i32> {
        self.versions.is_valid(at).then(|| self.versions.value(at))
    }

    fn is_in(&self, at: usize, window: &Window) -> bool {
        self.sources.is_valid(at)
            && self.times.is_valid(at)
            && window.contains(self.sources.value(at), self.times.value(at))
    }
}
