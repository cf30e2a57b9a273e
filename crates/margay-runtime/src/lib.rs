//! The imperative shell: one small loop per stage of the line, the clock and the HTTP client.
//!
//! Follow a record: [`poll`] asks the vendor and journals each page, [`normalise`] turns entries into events and rejects,
//! [`land`] commits them to the lake. [`pull`] and [`serve`] are the two ways of running these; [`replay`] goes over
//! records again with another schema; [`import`] takes them from files; [`mod@audit`] compares the copy with the vendor; [`source`] is how a log source is checked,
//! added and made ready; [`schema`] is how a custom schema is; [`mod@line`] puts the parts together. [`doctor`] finds what does
//! not agree and mends it, [`mod@copy`] backs everything up.
//!
//! What is absent: decisions. What to fetch and when to give up is the connector's, what fits is the schema's; a loop here
//! asks, does the effect, and tells the outcome. No SQL, no Arrow, no vendor's field name.

#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that cannot go on should stop"))]

pub mod alarm;
mod attend;
mod attendants;
pub mod audit;
pub mod backfill;
pub mod clock;
pub mod content;
pub mod copy;
pub mod coverage;
pub mod data_dir;
pub mod deliver;
pub mod disk;
pub mod doctor;
pub mod error_chain;
mod flow;
mod gate;
pub mod health;
pub mod http;
pub mod import;
pub mod land;
pub mod late;
pub mod lease;
pub mod line;
pub mod measure;
pub mod normalise;
pub mod own_log;
pub mod payload;
pub mod poll;
pub mod progress;
pub mod pull;
pub mod query;
pub mod raw;
mod read;
pub mod reader;
pub mod rehearse;
pub mod remove;
pub mod replay;
mod round_log;
pub mod row_text;
pub mod sample;
pub mod schema;
pub mod serve;
pub mod source;
pub mod status;
pub mod step;
pub mod story;
pub mod telemetry;
pub mod watch;
mod way;

pub use clock::Clock;
pub use content::{BrokenSchema, Content, ContentError, SchemaOrigin, VersionedSchema};
pub use data_dir::{DataDir, DataDirError, DataDirLock};
pub use error_chain::ErrorChain;
pub use http::{HttpClient, HttpClientError, HttpSettings};
pub use late::Lateness;
pub use line::{Line, LineError, LineSettings, Tenancy};
pub use payload::{Compression, Payload, PayloadError};
pub use progress::{Progress, Totals};
pub use reader::Reader;
pub use status::{Readiness, Status};
