//! Settled: which mailboxes of a delivery need no further try, kept with it between its tries.

use std::collections::BTreeSet;

use lettre::address::Address;
use serde::{Deserialize, Serialize};

/// The mailboxes of one delivery that are done with.
///
/// - **Shape**: what is stored is `{"took": ["a@example.com"], "refused": []}`.
/// - **Invariant**: who is refused for good is done with only while others are not: if nobody takes it, all are tried again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settled {
    /// They have it.
    took: BTreeSet<String>,
    /// The mail server refused it for them, for good.
    refused: BTreeSet<String>,
}

impl Settled {
    /// Reads what is stored. What cannot be read counts as nothing: better told twice than not at all.
    pub fn from_json(json: &str) -> Self {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// Returns what is stored.
    ///
    /// # Panics
    /// Never: addresses are JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("addresses are JSON")
    }

    /// Whether somebody has it.
    pub(crate) fn is_taken(&self) -> bool {
        !self.took.is_empty()
    }

    /// Returns whom it has still to be sent to.
    pub(crate) fn left_of(&self, wanted: &[Address]) -> Vec<Address> {
        let is_done = |address: &&Address| {
            let address = address.to_string();
            self.took.contains(&address) || self.refused.contains(&address)
        };
        let left: Vec<Address> = wanted.iter().filter(|address| !is_done(address)).cloned().collect();
        if left.is_empty() && !self.is_taken() {
            return wanted.to_vec();
        }
        left
    }

    /// Adds what one try settled.
    pub(crate) fn with<'a>(&self, took: &[Address], refused: impl Iterator<Item = &'a Address>) -> Self {
        let mut settled = self.clone();
        settled.took.extend(took.iter().map(Address::to_string));
        settled.refused.extend(refused.map(Address::to_string));
        settled
    }
}
