//! The log schema language: YAML → [`Schema`], and a record's bytes → [`Event`] or [`Reject`].
//!
//! A schema is written by people, so reading one ([`Schema::from_yaml`]) finds every mistake of the file at once and
//! says where each is. A record is written by a vendor, so reading one ([`Schema::normalise`]) never fails: what does
//! not fit comes back as a [`Reject`] that says why, and what the schema does not name is kept in `p_unmapped`.
//!
//! ```
//! use margay_schema::{Normalised, Origin, Schema, SourceId};
//!
//! let schema = Schema::from_yaml(
//!     "schema: Example.Login
//! fields:
//!   - name: at
//!     type: timestamp
//!     isEventTime: true
//!   - name: address
//!     type: string
//!     indicators: [ip]
//! ",
//! )?;
//! let origin = Origin {
//!     source_id: "5c4f2f0e-1f5b-4a8e-9d4c-0a6f7b1c2d3e".parse::<SourceId>()?,
//!     source_label: "my logins",
//!     record_id: "1",
//!     parse_time: "2026-01-02T03:04:06Z".parse()?,
//!     schema_version: 1,
//! };
//! let record = br#"{"at": "2026-01-02T03:04:05Z", "address": "192.0.2.7", "new": 12345678901234567890}"#;
//! let Normalised::Event(event) = schema.normalise(record, &origin) else { panic!("the record fits the schema") };
//! assert_eq!(event.standard.unmapped.as_deref(), Some(r#"{"new":12345678901234567890}"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The crate is pure: no IO, no clock, no randomness, no threads. The same bytes, schema and [`Origin`] always give the
//! same event, down to its `p_row_id`; everything after the journal relies on that when it replays.
//!
//! Modules, in the order a record meets them:
//!
//! | module | what it holds |
//! |---|---|
//! | `log_type`, `id` | [`LogType`], [`SourceId`], [`RowId`] |
//! | `schema` | [`Schema`], [`Field`], [`ValueType`]; the YAML language and its checks |
//! | [`evolution`] | what may replace what when a schema changes |
//! | `transformations`, `validation` | [`Transformations`], [`Validation`]: what a field's attributes ask for |
//! | `plan` | a schema compiled for reading records: one lookup table per object |
//! | [`limits`] | every limit, with its reason |
//! | `json` | the JSON reader: no tree, no copies, numbers as text |
//! | `stream` | a file → its records |
//! | `parser` | a line of text → JSON: csv, fastmatch, regex, script |
//! | `normalise` | record → event or reject: coercions, `required`, unmapped fields |
//! | `time` | time formats |
//! | `indicator` | the `p_any_…` columns and the scanners that fill them |
//! | `event` | [`Event`], its [`Values`], [`StandardFields`]; printing as JSON |
//! | `reject` | [`Reject`], [`Problem`] |
//! | [`test_file`] | files that say which events a schema makes, and running them |
//! | `infer` | [`Inference`]: samples → the text of a schema |

#![cfg_attr(
    test,
    expect(
        clippy::needless_pass_by_value,
        clippy::format_collect,
        reason = "`check(input, expect![..])` reads best with the expectation by value; test inputs are small"
    )
)]

mod event;
pub mod evolution;
mod id;
mod indicator;
mod infer;
mod json;
pub mod limits;
mod log_type;
mod normalise;
mod parser;
#[doc(hidden)]
pub mod parts;
mod plan;
mod reject;
mod schema;
mod stream;
pub mod test_file;
mod time;
mod transformations;
mod validation;

pub use event::{Event, StandardFields, Value, Values};
pub use id::{RowId, RowIdError, SourceId, SourceIdError};
pub use indicator::{Indicator, IndicatorColumn, Indicators};
pub use infer::{Inference, InferenceNote, Inferred, NothingInferred, SampleError};
pub use log_type::{LogType, LogTypeError};
pub use normalise::{Normalised, Origin};
pub use parser::{Csv, Fastmatch, Line, Parser, ParserKind, RegexParser, Session, Skip};
pub use reject::{Problem, Reject};
pub use schema::hint::did_you_mean;
pub use schema::{CheckedSchema, Field, Schema, SchemaError, SchemaOptions, SchemaProblem, UnknownKeys, ValueType};
pub use stream::{Envelope, Record, Records, StreamError, StreamErrorCause, StreamType, StreamTypeError};
pub use time::{Pattern, TimeFormat};
pub use transformations::{Concat, EventPath, Mask, Split, Transformations};
pub use validation::{AddressFamily, Validation};
