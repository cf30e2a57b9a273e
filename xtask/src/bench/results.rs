//! What was measured, as a value and as a file.
//!
//! The file is JSON and holds the latest section of each measure: measures may be made one by one, and a long one that fails takes
//! nothing with it. Every section says when it was made, of which commit.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::bench::contest::Contest;
use crate::bench::machine::Machine;

/// Everything that was measured.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Results {
    /// By the name of the measure.
    pub(super) sections: BTreeMap<String, Section>,
}

/// What one measure found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) stamp: Stamp,
    /// Sentences that whoever reads the figures needs.
    pub(super) notes: Vec<String>,
    pub(super) contests: Vec<Contest>,
    pub(super) tables: Vec<Table>,
    /// Figures that goals look at; absent if what was measured is not what the goal speaks of.
    pub(super) facts: BTreeMap<String, f64>,
    /// Names of pictures in the folder of the results, with what they show.
    pub(super) charts: Vec<(String, String)>,
}

/// When and of what a section was made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// The day, UTC.
    pub(super) date: String,
    /// The commit, and whether the sources differ from it.
    pub(super) commit: String,
    pub(super) machine: Machine,
    /// Programs that took part, with their versions.
    pub(super) versions: BTreeMap<String, String>,
}

/// Figures that are no contest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) title: String,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Section {
    /// A section that has nothing yet.
    pub(super) fn new(title: &str, stamp: &Stamp) -> Self {
        Self {
            title: title.to_owned(),
            stamp: stamp.clone(),
            notes: Vec::new(),
            contests: Vec::new(),
            tables: Vec::new(),
            facts: BTreeMap::new(),
            charts: Vec::new(),
        }
    }

    /// Adds a sentence.
    pub(super) fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// Adds a figure for the goals.
    pub(super) fn fact(&mut self, name: &str, value: f64) {
        self.facts.insert(name.to_owned(), value);
    }
}

impl Results {
    /// Reads a file of results; one that is not there has none.
    pub(super) fn read(file: &Path) -> Result<Self> {
        if !file.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(file)?;
        serde_json::from_str(&text).with_context(|| {
            format!(
                "{} was written by another version of this command; delete it",
                file.display()
            )
        })
    }

    /// Writes the file anew.
    pub(super) fn write(&self, file: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        fs::write(file, text + "\n").with_context(|| format!("could not write {}", file.display()))
    }

    /// Returns a figure, whichever measure found it.
    pub(super) fn fact(&self, name: &str) -> Option<f64> {
        self.sections
            .values()
            .find_map(|section| section.facts.get(name).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::contest::{Missing, Standing};
    use crate::bench::cost::Cost;

    #[test]
    fn a_file_gives_back_what_was_measured() {
        let mut section = Section::new("Pull", &Stamp::default());
        section.fact("pull_cpu_s", 1.25);
        section.note("Pages of 100.");
        section.contests.push(Contest {
            title: "pull".to_owned(),
            standings: vec![Standing {
                name: "Margay".to_owned(),
                costs: vec![Cost {
                    cpu_seconds: Some(1.25),
                    wall_seconds: 2.5,
                    memory_mb: None,
                }],
            }],
            missing: vec![Missing {
                name: "other".to_owned(),
                reason: "not installed".to_owned(),
            }],
        });
        let mut results = Results::default();
        results.sections.insert("pull".to_owned(), section);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("results.json");
        results.write(&file).unwrap();
        assert_eq!(Results::read(&file).unwrap(), results);
        assert_eq!(results.fact("pull_cpu_s"), Some(1.25));
        assert_eq!(results.fact("idle_memory_mb"), None);
    }

    #[test]
    fn there_are_no_results_before_the_first() {
        assert_eq!(Results::read(Path::new("no/such/file")).unwrap(), Results::default());
    }
}
