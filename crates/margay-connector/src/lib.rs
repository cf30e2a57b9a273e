//! How vendors' audit logs are read, as pure state machines.
//!
//! A connector decides which URL to ask, how pages follow one another, when to wait and for how long, what a refusal
//! means and where to resume. It never touches a socket, a clock or a disk: the shell carries each [`Request`] out and
//! hands back a [`Response`] or a [`TransportFailure`], together with the time. So every case a vendor can put us in is a
//! line in a test.
//!
//! ```text
//!            ┌───────────── Fetch(Request) ────────────▶ HTTP
//!  Poller ───┼───────────── Journal(Page) ─────────────▶ one transaction: new records, their ids, the checkpoint
//!            ├───────────── Wait { delay } ────────────▶ timer
//!            └───────────── Finish(RoundEnd)
//! ```
//!
//! What always holds:
//! - no [`Request`] contains a secret, and each goes to the host that the user configured and to no other;
//! - a checkpoint moves only with the page it belongs to, after the shell says that the page is journalled;
//! - texts meant for people hold no tokens and no control characters, whatever the vendor sent.
//!
//! Modules, in the order a page meets them:
//! [`Request`] → [`Response`] | [`TransportFailure`] → [`Record`] → [`Page`]; [`Remedy`] says what a failure asks for;
//! [`Window`] is a range of event time, [`Budget`] how much a vendor may be asked; [`asana`] is the first vendor.

#![cfg_attr(
    test,
    allow(
        clippy::needless_raw_string_hashes,
        clippy::needless_pass_by_value,
        clippy::unnecessary_wraps,
        reason = "tables read as check(input, expect![..]), and expect-test writes the expectations"
    )
)]

mod backoff;
mod budget;
mod excerpt;
mod page;
mod record;
mod remedy;
mod request;
mod response;
mod retry_after;
mod transport;
mod window;

pub mod asana;

pub use budget::{Admission, Budget, BudgetLimits, Errand};
pub use page::Page;
pub use record::{RECORD_ID_BYTES_MAX, Record, RecordId};
pub use remedy::Remedy;
pub use request::Request;
pub use response::Response;
pub use retry_after::{RETRY_AFTER_MAX, parse_retry_after};
pub use transport::{TransportFailure, TransportFailureKind};
pub use window::Window;
