//! One answer of a vendor, ready for the journal.

use crate::asana::Checkpoint;
use crate::record::Record;
use crate::window::Window;

/// The records of one answer and the checkpoint that follows them. Both are stored in one transaction, or neither.
///
/// - **Shape**: `records` may be empty. An empty page whose cursor is new still has to be stored: the vendor asks to go on
///   from the latest cursor (Asana reference, "Get audit log events", read 2026-11-23).
/// - **Order**: as sent, which the vendor documents as oldest first.
/// - **Duplicates**: the same id twice on one page stays twice; the journal keeps one.
/// - **Invariant**: `checkpoint` covers exactly these records and everything before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The records, as sent.
    pub records: Vec<Record>,
    /// Where to go on once these records are journalled. Asana's, as long as it is the only connector.
    pub checkpoint: Checkpoint,
    /// The event time that is read completely, as far as the vendor showed it when it was asked: from where the chain of
    /// pages began up to the moment of its empty page. Only that page has it.
    pub proven: Option<Window>,
    /// Length of the body that carried the page, in bytes.
    pub body_bytes: usize,
}
