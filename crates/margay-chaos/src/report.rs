//! What many seeds came to, as a person reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::plan::Size;
use crate::run::Outcome;
use crate::verdict::Verdict;

/// So many ids of one list are shown; the folder has the rest.
const IDS_SHOWN_MAX: usize = 10;

/// The outcomes of a run of seeds, in their order.
#[derive(Debug, Default)]
pub struct Report {
    /// One for each seed.
    pub outcomes: Vec<Outcome>,
}

impl Report {
    /// Whether every copy was complete, with nothing twice.
    pub fn is_clean(&self) -> bool {
        self.outcomes.iter().all(|outcome| outcome.verdict.is_clean())
    }

    /// Returns the two closing tables: what went wrong with the vendor and what that did, and the sum.
    pub fn tables(&self) -> String {
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for outcome in &self.outcomes {
            let faults = outcome.faults.iter().map(|(kind, times)| (name_of(*kind), *times));
            let oddities = outcome
                .oddities
                .iter()
                .map(|(name, times)| ((*name).to_owned(), *times));
            for (name, times) in faults.chain(oddities) {
                rows.entry(name).or_default().add(outcome, times);
            }
            let kills = rows.entry("kill -9".to_owned()).or_default();
            kills.add(outcome, u64::from(outcome.kills));
        }
        let mut text =
            String::from("| what went wrong | seeds | times | lost | duplicate |\n|---|---:|---:|---:|---:|\n");
        for (name, row) in rows {
            let Row {
                seeds,
                times,
                lost,
                duplicates,
            } = row;
            // Writing to a string does not fail.
            writeln!(text, "| {name} | {seeds} | {times} | {lost} | {duplicates} |").ok();
        }
        let sum = |count: fn(&Outcome) -> u64| self.outcomes.iter().map(count).sum::<u64>();
        writeln!(
            text,
            "\n{} seeds, {} kills ({} between a wait and the disk), {} requests, {} of them while told to wait, {} faults, {} events ({} late): {} lost, {} duplicate, {} extra; \
             {} seeds with a problem",
            self.outcomes.len(),
            sum(|outcome| u64::from(outcome.kills)),
            sum(|outcome| u64::from(outcome.kills_before_pause)),
            sum(|outcome| outcome.requests),
            sum(|outcome| outcome.calls_while_told_to_wait),
            sum(|outcome| outcome.faults.values().sum()),
            sum(|outcome| outcome.events as u64),
            sum(|outcome| outcome.late as u64),
            sum(|outcome| outcome.verdict.lost.len() as u64),
            sum(|outcome| outcome.verdict.duplicates.len() as u64),
            sum(|outcome| outcome.verdict.extra.len() as u64),
            self.outcomes.iter().filter(|outcome| !outcome.verdict.is_clean()).count(),
        )
        .ok();
        text
    }
}

#[derive(Default)]
struct Row {
    seeds: u64,
    times: u64,
    lost: usize,
    duplicates: usize,
}

impl Row {
    fn add(&mut self, outcome: &Outcome, times: u64) {
        self.seeds += 1;
        self.times += times;
        self.lost += outcome.verdict.lost.len();
        self.duplicates += outcome.verdict.duplicates.len();
    }
}

impl Outcome {
    /// Returns the line that tells of this seed.
    pub fn line(&self) -> String {
        let Verdict {
            lost,
            duplicates,
            extra,
            problems,
        } = &self.verdict;
        let problems = match problems.len() {
            0 => String::new(),
            count => format!(", {count} PROBLEMS"),
        };
        format!(
            "seed {:>4}: {:>2} kills, {:>4} requests, {:>3} faults, {:>5} events ({} late): {} lost, {} duplicate, {} extra{problems}; {:.1} s",
            self.seed,
            self.kills,
            self.requests,
            self.faults.values().sum::<u64>(),
            self.events,
            self.late,
            lost.len(),
            duplicates.len(),
            extra.len(),
            self.took.as_secs_f64(),
        )
    }

    /// Returns what a person needs who looks for the cause of a failed seed; nothing of a clean one.
    pub fn autopsy(&self, size: Size) -> Option<String> {
        if self.verdict.is_clean() {
            return None;
        }
        let mut text = format!("seed {} FAILED\n", self.seed);
        let lists = [
            ("lost", &self.verdict.lost),
            ("duplicate", &self.verdict.duplicates),
            ("extra", &self.verdict.extra),
            ("problem", &self.verdict.problems),
        ];
        for (name, list) in lists {
            for item in list.iter().take(IDS_SHOWN_MAX) {
                writeln!(text, "  {name}: {item}").ok();
            }
            if list.len() > IDS_SHOWN_MAX {
                writeln!(text, "  {name}: … {} in all", list.len()).ok();
            }
        }
        if let Some(folder) = &self.kept {
            writeln!(
                text,
                "  kept in {}: the data directory, scenario.yaml, the log of each life",
                folder.display()
            )
            .ok();
            let scenario = std::fs::read_to_string(folder.join("scenario.yaml")).unwrap_or_default();
            for line in scenario.lines() {
                writeln!(text, "    {line}").ok();
            }
        }
        writeln!(
            text,
            "  replay the plan: cargo xtask chaos --seeds 1 --first {} --kills {} --events {}",
            self.seed, size.kills, size.events
        )
        .ok();
        Some(text)
    }
}

/// The name of a fault, as scenario files have it.
fn name_of(kind: margay_sim::FaultKind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(name)) => name,
        _ => format!("{kind:?}"),
    }
}

#[cfg(test)]
mod tests;
