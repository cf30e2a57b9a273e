//! The lake: every event that Margay keeps, as Delta tables that the user owns.
//!
//! - [`Lake`] opens the folder and holds one table per log type plus `classification_failures`.
//! - [`Batch`], its events collected as [`EventColumns`], goes in through [`Lake::land`]: one commit per table, exactly once per journal sequence.
//! - [`Lake::replace`] and [`Lake::settle`] let rows give way to what another schema makes of their records.
//! - [`Lake::compare`] says how a table differs from what the vendor says now.
//! - [`Lake::examine`] says whether the tables are whole, [`Lake::remove_repeated_rows`] mends what is safe.
//! - [`Lake::backup`] copies every table as it was at one moment.
//! - [`Lake::maintain`] keeps the number of files and log entries bounded.
//! - [`Lake::query`] answers read-only SQL with [`Rows`] of [`Cell`]s.
//!
//! This crate is the only home of Arrow, Parquet, Delta and DataFusion, and none of their types is public:
//! the next version of any of them is a change of this crate alone.
//!
//! What always holds:
//! - Work that encodes, decodes or computes runs on the lake's own threads, never on the caller's executor.
//! - A table only ever gains columns. A column that would change its type is refused by name.
//! - The sequence that a commit stands for is in the same commit as its rows, so a restart can always ask
//!   the table what it has ([`Lake::landed`]).

mod backup;
mod batch;
mod catalog;
mod cell;
mod columns;
mod commit;
mod compaction;
mod compare;
mod data_file;
mod describe;
mod durable;
mod event_columns;
mod examine;
mod failure;
mod incoming;
mod json;
mod json_text;
mod lake;
mod landing;
mod macros;
mod maintenance;
mod query;
mod reject;
mod replace;
mod table;
mod window;
mod workers;

pub use backup::{BackedUp, BackupError};
pub use cell::{Cell, Column, ColumnType};
pub use compare::{COMPARED_RECORDS_MAX, CompareError, Compared, Comparing, Differing};
pub use describe::{ColumnDescription, TableDescription};
pub use event_columns::{EventColumns, EventMisfit};
pub use examine::{Examined, ExaminedTable, FINDING_ROWS_MAX, Finding, FindingCode, RepeatedRemoved, SourceRows};
pub use failure::{LakeError, Obstacle, Remedy};
pub use lake::Lake;
pub use landing::{Batch, LandError, Landed};
pub use maintenance::MaintenanceReport;
pub use query::{Multipliers, Place, QueryContext, QueryError, QueryErrorKind, Rows};
pub use reject::RejectRow;
pub use replace::{Effect, Failures, FilesChanged, ReplaceError, Replaced, Replacement, RowKey, Settled, Settlement};
