//! Notices a vendor whose pages go on for ever without going anywhere.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::asana::problem::PollProblemKind;
use crate::record::Record;

/// So often in a row the same page may come again. Twice can be a hiccup between two of the vendor's servers.
const PAGE_REPEATS_MAX: u32 = 3;
/// So many pages in a row may give an offset that this round has seen before.
const OFFSET_REPEATS_MAX: u32 = 3;

/// What a round has seen. Hashes only: a clash needs [`OFFSET_REPEATS_MAX`] more in a row to matter. Bounded by the pages
/// of a round, 8 bytes each.
#[derive(Debug, Clone, Default)]
pub(super) struct Guard {
    last_page: Option<u64>,
    page_repeats: u32,
    offsets: HashSet<u64>,
    offset_repeats: u32,
}

impl Guard {
    /// Takes in a page with records that was asked for with `sent` and is followed by `next`.
    pub(super) fn see(&mut self, records: &[Record], sent: Option<&str>, next: &str) -> Result<(), PollProblemKind> {
        let page = hash(&records.iter().map(|record| record.id.as_str()).collect::<Vec<_>>());
        self.page_repeats = if self.last_page == Some(page) {
            self.page_repeats + 1
        } else {
            0
        };
        self.last_page = Some(page);
        if self.page_repeats > PAGE_REPEATS_MAX {
            return Err(PollProblemKind::PageRepeated {
                times: self.page_repeats + 1,
            });
        }
        if let Some(sent) = sent {
            self.offsets.insert(hash(&sent));
        }
        let is_new = self.offsets.insert(hash(&next));
        self.offset_repeats = if is_new { 0 } else { self.offset_repeats + 1 };
        if self.offset_repeats > OFFSET_REPEATS_MAX {
            return Err(PollProblemKind::OffsetRepeated {
                times: self.offset_repeats,
            });
        }
        Ok(())
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
