//! Alarms: what of our own health deserves somebody's attention, decided from facts and a time.
//!
//! ```text
//!  Facts ──evaluate──▶ Verdict ──step──▶ Change: opened │ reminded │ recovered
//!          (settings)            (status)
//! ```
//! An **alarm** watches one thing about one source, or about this server. [`evaluate`] says how it stands now; it has no memory.
//! [`Status::step`] has the memory: it makes one incident of many evaluations, reminds of it and says when it is over. Whoever
//! calls this gathers the facts, keeps the status and sends what changed; nothing here reads a clock, a file or a database.
//!
//! What always holds:
//! - silence is only ever concluded from time that has been read to its end: a source that cannot be read, or is catching up,
//!   is never called quiet;
//! - the same facts at the same time give the same verdict, and evaluating again changes nothing;
//! - every verdict that raises an alarm names its cause, the evidence, what is blind meanwhile and what to do.
//!
//! Modules in reading order: [`Calendar`] says which time counts; `facts` what is known; `alarm` the kinds, their settings and
//! verdicts; `evaluate` how each stands; `drop_off` the silence alarm with its look into the past; `incident` what changes.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::needless_pass_by_value,
        reason = "a test that cannot go on should stop, and tables read as check(input, expect![..])"
    )
)]

mod alarm;
mod calendar;
mod drop_off;
mod evaluate;
mod facts;
mod incident;
mod text;

pub use alarm::{AlarmKind, AlarmSettings, Explanation, REMIND_EVERY_MIN, SettingsProblem, State, Thresholds, Verdict};
pub use calendar::{Calendar, CalendarProblem, HOLIDAYS_MAX, Hours, SPANS_PER_DAY_MAX, Span};
pub use drop_off::{Rehearsal, SILENCE_MAX, SILENCE_MIN, rehearse, suggest};
pub use evaluate::{DISK_FREE_BYTES_MIN, GRACE, REFUSED_POLLS_MIN, evaluate, evaluate_server};
pub use facts::{DeliveryFacts, DiskFacts, Holes, Landing, Reading, Rejects, ServerFacts, SourceFacts, Trouble};
pub use incident::{Change, RECOVER_AFTER, REOPEN_WITHIN, Status};
