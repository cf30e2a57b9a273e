//! What a version of a table has of its sources, remembered. The log says it too, but has to be read back for it, to the source's last
//! commit: milliseconds for each source that has been silent for long.

use std::collections::HashMap;

use margay_schema::SourceId;

/// Sequences of one version of a table: the newest that was asked about or committed.
#[derive(Debug, Default)]
pub(super) struct Landed {
    version: Option<u64>,
    /// 0 where the version has nothing of that source.
    by_source: HashMap<SourceId, u64>,
}

impl Landed {
    /// Returns what this version has of the source, 0 if nothing, if that is known.
    pub(super) fn get(&self, version: u64, source_id: SourceId) -> Option<u64> {
        if self.version != Some(version) {
            return None;
        }
        self.by_source.get(&source_id).copied()
    }

    /// Takes down what this version has of a source, as its log says.
    pub(super) fn note(&mut self, version: u64, source_id: SourceId, landed: u64) {
        if self.version > Some(version) {
            return;
        }
        self.begin(version);
        self.by_source.insert(source_id, landed);
    }

    /// Takes down a commit of ours, which made this version. What the version right before it had of other sources it has too.
    pub(super) fn committed(&mut self, version: u64, sequences: impl Iterator<Item = (SourceId, u64)>) {
        if self.version > Some(version) {
            return;
        }
        if self.version.is_some() && self.version == version.checked_sub(1) {
            self.version = Some(version);
        }
        self.begin(version);
        self.by_source.extend(sequences);
    }

    /// Forgets everything: the table is not what it was.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    fn begin(&mut self, version: u64) {
        if self.version != Some(version) {
            self.version = Some(version);
            self.by_source.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(number: u8) -> SourceId {
        format!("5c4f2f0e-1f5b-4a8e-9d4c-0000000000{number:02x}")
            .parse()
            .unwrap()
    }

    #[test]
    fn a_version_answers_for_itself_only() {
        let mut landed = Landed::default();
        landed.note(7, source(1), 3);
        landed.note(7, source(2), 0);
        assert_eq!(landed.get(7, source(1)), Some(3));
        assert_eq!(landed.get(7, source(2)), Some(0));
        assert_eq!(landed.get(7, source(3)), None, "never asked about");
        assert_eq!(landed.get(8, source(1)), None);
        landed.note(6, source(1), 2);
        assert_eq!(landed.get(7, source(1)), Some(3), "older news change nothing");
        landed.note(8, source(2), 1);
        assert_eq!(
            landed.get(8, source(1)),
            None,
            "somebody else's commit may have moved it"
        );
    }

    #[test]
    fn the_next_version_has_what_its_commit_did_not_touch() {
        let mut landed = Landed::default();
        landed.note(7, source(1), 3);
        landed.note(7, source(2), 0);
        landed.committed(8, [(source(1), 5)].into_iter());
        assert_eq!(landed.get(8, source(1)), Some(5));
        assert_eq!(landed.get(8, source(2)), Some(0));
        landed.committed(10, [(source(2), 1)].into_iter());
        assert_eq!(landed.get(10, source(2)), Some(1));
        assert_eq!(landed.get(10, source(1)), None, "version 9 was somebody else's");
        landed.forget();
        assert_eq!(landed.get(10, source(2)), None);
        landed.committed(0, [(source(2), 1)].into_iter());
        assert_eq!(landed.get(0, source(2)), Some(1));
    }
}
