//! Several programs do the same thing, in turns, and each result is checked.
//!
//! - **Order**: round by round everybody in the same order, so that a machine that gets slower gets slower for all. The first round
//!   warms files and code up and counts for nothing.
//! - **Invariant**: a cost is only that of a run whose result was right.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::bench::cost::Cost;
use crate::step::say;

/// What a contestant does with an empty folder.
type Run<'run> = dyn FnMut(&Path) -> Result<Cost> + 'run;

/// Somebody who takes part.
pub(super) struct Contestant<'run> {
    pub(super) name: String,
    /// Runs once in an empty folder, checks the result, returns the cost.
    pub(super) run: Box<Run<'run>>,
}

impl<'run> Contestant<'run> {
    pub(super) fn new(name: &str, run: impl FnMut(&Path) -> Result<Cost> + 'run) -> Self {
        Self {
            name: name.to_owned(),
            run: Box::new(run),
        }
    }
}

/// How everybody did. The first one is Margay, and the others are told as ratios to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Contest {
    pub(super) title: String,
    pub(super) standings: Vec<Standing>,
    pub(super) missing: Vec<Missing>,
}

/// What the rounds of one contestant cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Standing {
    pub(super) name: String,
    pub(super) costs: Vec<Cost>,
}

/// Somebody who could not take part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Missing {
    pub(super) name: String,
    pub(super) reason: String,
}

impl Contest {
    /// Returns the standing of a contestant.
    pub(super) fn standing(&self, name: &str) -> Option<&Standing> {
        self.standings.iter().find(|standing| standing.name == name)
    }
}

/// How contests are held.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// Rounds that count.
    pub(super) rounds: usize,
    /// Where the folders of the runs are made. On a disk: in memory a flush would cost nothing.
    pub(super) work: PathBuf,
}

/// Holds a contest.
///
/// **Errors**: if the first contestant fails. A peer that fails is missing from then on, with what it said.
pub(super) fn hold(title: &str, rules: &Rules, contestants: Vec<Contestant<'_>>) -> Result<Contest> {
    let rounds = rules.rounds;
    say(&format!("{title}, {rounds} rounds"));
    let mut missing = Vec::new();
    let mut standings: Vec<Standing> = Vec::new();
    let mut running = Vec::new();
    for contestant in contestants {
        standings.push(Standing {
            name: contestant.name.clone(),
            costs: Vec::new(),
        });
        running.push(Some(contestant));
    }
    for round in 0..=rounds {
        for (place, standing) in standings.iter_mut().enumerate() {
            let Some(contestant) = running[place].as_mut() else {
                continue;
            };
            let folder = tempfile::tempdir_in(&rules.work)?;
            match (contestant.run)(folder.path()) {
                Ok(cost) if round > 0 => {
                    say(&line(round, &standing.name, cost));
                    standing.costs.push(cost);
                }
                Ok(_) => {}
                Err(problem) if place == 0 => return Err(problem).with_context(|| standing.name.clone()),
                Err(problem) => {
                    say(&format!("  {} failed: {problem:#}", standing.name));
                    missing.push(Missing {
                        name: standing.name.clone(),
                        reason: format!("{problem:#}"),
                    });
                    running[place] = None;
                }
            }
        }
    }
    standings.retain(|standing| missing.iter().all(|missing| missing.name != standing.name));
    Ok(Contest {
        title: title.to_owned(),
        standings,
        missing,
    })
}

fn line(round: usize, name: &str, cost: Cost) -> String {
    let cpu = cost
        .cpu_seconds
        .map_or(String::new(), |cpu| format!("{cpu:.2} CPU s, "));
    let memory = cost
        .memory_mb
        .map_or(String::new(), |memory| format!(", {memory:.0} MB"));
    format!("  {round}  {name}: {cpu}{:.3} s{memory}", cost.wall_seconds)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::time::Duration;

    use anyhow::bail;

    use super::*;

    fn rules(rounds: usize) -> Rules {
        Rules {
            rounds,
            work: std::env::temp_dir(),
        }
    }

    #[test]
    fn everybody_runs_in_turns_and_the_first_round_counts_for_nothing() {
        let order = RefCell::new(Vec::new());
        let contestant = |name: &'static str| {
            let order = &order;
            Contestant::new(name, move |_: &Path| {
                order.borrow_mut().push(name);
                Ok(Cost::of_time(Duration::from_secs(1)))
            })
        };
        let contest = hold("a", &rules(2), vec![contestant("Margay"), contestant("other")]).unwrap();
        assert_eq!(
            *order.borrow(),
            ["Margay", "other", "Margay", "other", "Margay", "other"]
        );
        assert!(contest.standings.iter().all(|standing| standing.costs.len() == 2));
    }

    #[test]
    fn a_peer_that_fails_is_missing_and_says_why() {
        let good = |_: &Path| Ok(Cost::of_time(Duration::from_secs(1)));
        let mut rounds = 0;
        let fails = |_: &Path| {
            rounds += 1;
            if rounds == 2 {
                bail!("lost 3 rows")
            }
            Ok(Cost::of_time(Duration::from_secs(1)))
        };
        let contestants = vec![Contestant::new("Margay", good), Contestant::new("other", fails)];
        let contest = hold("a", &rules(3), contestants).unwrap();
        assert_eq!(contest.standings.len(), 1);
        assert_eq!(contest.missing[0].name, "other");
        assert!(contest.missing[0].reason.contains("lost 3 rows"));
        assert_eq!(rounds, 2);
    }

    #[test]
    fn nothing_is_told_without_margay() {
        let contestants = vec![Contestant::new("Margay", |_: &Path| bail!("lost 3 rows"))];
        assert!(hold("a", &rules(1), contestants).is_err());
    }
}
