//! What Margay promises of its speed, and whether what was measured keeps it.

use crate::bench::results::Results;

/// One promise.
pub(super) struct Goal {
    /// The measure that finds out.
    measure: &'static str,
    what: &'static str,
    /// The figure that is looked at.
    fact: &'static str,
    bound: Bound,
    unit: &'static str,
}

/// What the figure may be.
enum Bound {
    AtMost(f64),
    /// At most what a peer needed in the same run.
    AtMostPeer {
        peer: &'static str,
        fact: &'static str,
    },
}

/// A goal, held against what was measured.
#[derive(Debug, PartialEq)]
pub(super) struct Verdict {
    pub(super) measure: &'static str,
    pub(super) what: &'static str,
    /// Who or what it is held against.
    pub(super) against: String,
    /// Nothing if it was not measured.
    pub(super) measured: Option<String>,
    pub(super) is_met: Option<bool>,
}

/// All of them. The goal of normalising, a share of the parser's speed, is measured elsewhere (`docs/performance.md`, "Normalising").
pub(super) const GOALS: &[Goal] = &[
    Goal {
        measure: "pull",
        what: "50,000 events from a local API, pages of 100",
        fact: "pull_cpu_s",
        bound: Bound::AtMost(1.1),
        unit: "CPU s",
    },
    Goal {
        measure: "import",
        what: "500,000 events, through the journal",
        fact: "import_cpu_s",
        bound: Bound::AtMostPeer {
            peer: "DuckDB",
            fact: "import_duckdb_cpu_s",
        },
        unit: "CPU s",
    },
    Goal {
        measure: "import",
        what: "500,000 events, `--no-journal`",
        fact: "import_bulk_cpu_s",
        bound: Bound::AtMostPeer {
            peer: "DuckDB",
            fact: "import_duckdb_cpu_s",
        },
        unit: "CPU s",
    },
    Goal {
        measure: "search",
        what: "cold: an indicator and an actor, the worse of the two",
        fact: "search_cold_ratio",
        bound: Bound::AtMost(1.0),
        unit: "× DuckDB's time",
    },
    Goal {
        measure: "search",
        what: "cold: event types by hour",
        fact: "histogram_cold_ratio",
        bound: Bound::AtMost(1.0),
        unit: "× DuckDB's time",
    },
    Goal {
        measure: "search",
        what: "warm: an indicator and an actor, the worse of the two",
        fact: "search_warm_ratio",
        bound: Bound::AtMost(1.0),
        unit: "× DuckDB's time",
    },
    Goal {
        measure: "search",
        what: "warm: event types by hour",
        fact: "histogram_warm_ratio",
        bound: Bound::AtMost(1.0),
        unit: "× DuckDB's time",
    },
    Goal {
        measure: "memory",
        what: "peak memory of a backfill",
        fact: "memory_pull_mb",
        bound: Bound::AtMost(150.0),
        unit: "MB",
    },
    Goal {
        measure: "memory",
        what: "peak memory of an import",
        fact: "memory_import_mb",
        bound: Bound::AtMost(150.0),
        unit: "MB",
    },
    Goal {
        measure: "memory",
        what: "the same, against a fifth of the events",
        fact: "memory_growth",
        // Flat, but for the noise of an allocator.
        bound: Bound::AtMost(1.2),
        unit: "×",
    },
    Goal {
        measure: "live",
        what: "from visible at the vendor to a row in SQL, p99, without the poll interval",
        fact: "live_p99_s",
        bound: Bound::AtMost(5.0),
        unit: "s",
    },
    Goal {
        measure: "idle",
        what: "50 sources with nothing new",
        fact: "idle_cpu_percent",
        bound: Bound::AtMost(1.0),
        unit: "% of a core",
    },
    Goal {
        measure: "idle",
        what: "the same",
        fact: "idle_memory_mb",
        bound: Bound::AtMost(80.0),
        unit: "MB",
    },
    Goal {
        measure: "build",
        what: "the binary",
        fact: "build_binary_mb",
        bound: Bound::AtMost(90.0),
        unit: "MB",
    },
    Goal {
        measure: "build",
        what: "from nothing to the binary",
        fact: "build_minutes",
        bound: Bound::AtMost(15.0),
        unit: "minutes",
    },
];

/// Holds all goals against the results.
pub(super) fn verdicts(results: &Results) -> Vec<Verdict> {
    GOALS.iter().map(|goal| goal.verdict(results)).collect()
}

impl Goal {
    fn verdict(&self, results: &Results) -> Verdict {
        let measured = results.fact(self.fact);
        let (against, limit) = match self.bound {
            Bound::AtMost(limit) => (format!("at most {limit} {}", self.unit), Some(limit)),
            Bound::AtMostPeer { peer, fact } => {
                let limit = results.fact(fact);
                let told = limit.map_or(String::new(), |limit| format!(": {limit:.2} {}", self.unit));
                (format!("at most {peer}'s{told}"), limit)
            }
        };
        Verdict {
            measure: self.measure,
            what: self.what,
            against,
            measured: measured.map(|value| format!("{value:.2} {}", self.unit)),
            is_met: measured.zip(limit).map(|(measured, limit)| measured <= limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::results::{Section, Stamp};

    fn results(facts: &[(&str, f64)]) -> Results {
        let mut section = Section::new("a", &Stamp::default());
        for (name, value) in facts {
            section.fact(name, *value);
        }
        let mut results = Results::default();
        results.sections.insert("a".to_owned(), section);
        results
    }

    fn is_met(facts: &[(&str, f64)], fact: &str) -> Option<bool> {
        let place = GOALS.iter().position(|goal| goal.fact == fact).unwrap();
        verdicts(&results(facts))[place].is_met
    }

    #[test]
    fn a_goal_is_met_up_to_its_bound() {
        assert_eq!(is_met(&[("pull_cpu_s", 1.1)], "pull_cpu_s"), Some(true));
        assert_eq!(is_met(&[("pull_cpu_s", 1.11)], "pull_cpu_s"), Some(false));
    }

    #[test]
    fn a_peer_is_the_bound_only_if_it_ran() {
        let both = [("import_cpu_s", 2.0), ("import_duckdb_cpu_s", 2.5)];
        assert_eq!(is_met(&both, "import_cpu_s"), Some(true));
        assert_eq!(is_met(&both[..1], "import_cpu_s"), None);
    }

    #[test]
    fn what_was_not_measured_is_neither_met_nor_missed() {
        for verdict in verdicts(&Results::default()) {
            assert_eq!((verdict.measured, verdict.is_met), (None, None));
        }
    }
}
