//! `search`: three questions to the table that an import made, cold and warm.
//!
//! - **Cold** is a process of its own for each question. For Margay all of that process counts; for the peers the start of Python and
//!   the loading of the engine do not.
//! - **Warm** is the second and the third time that one process is asked. Margay is asked over its API, by polling, rows included.
//! - **Invariant**: all read the very same files, those that the table's log lists, and their answers are the same.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::bench::api::Api;
use crate::bench::contest::{Contest, Contestant, Missing, Standing, hold};
use crate::bench::cost::{Cost, measure, output_of};
use crate::bench::data::thousands;
use crate::bench::delta::DeltaTable;
use crate::bench::margay::{ImportMode, LOG_TYPE};
use crate::bench::peers::Peer;
use crate::bench::results::Section;
use crate::bench::spread::Spread;
use crate::step::say;

const EVENTS: u64 = 500_000;
const PEERS: [Peer; 2] = [Peer::DuckDb, Peer::Polars];
/// How often a warm process is asked each question; the first time does not count.
const WARM_RUNS: usize = 3;
const TABLE: &str = "lake/margay_logs/asana_audit";
/// How many of the questions look for something; the others count.
const LOOKS: usize = 2;
/// Somebody who did something, but is not the busiest.
const RANK: usize = 20;

/// A question: its name in the peers' scripts, what it asks, the column by which answers are compared.
struct Search {
    name: &'static str,
    what: &'static str,
    sql: String,
    first: &'static str,
}

/// The table and what is looked for in it.
struct Subject<'bench> {
    bench: &'bench Bench,
    data: PathBuf,
    ip: String,
    email: String,
}

/// Measures.
pub(super) fn run(bench: &Bench) -> Result<Section> {
    let file = bench.data.events(bench.events.unwrap_or(EVENTS))?;
    let folder = tempfile::tempdir_in(&bench.rules.work)?;
    let data = folder.path().join("data");
    say(&format!("importing {} events", thousands(file.events)));
    output_of(&mut bench.margay.import(&data, LOG_TYPE, ImportMode::Bulk, &file.path))?;
    bench.margay.check_table(&data, "asana_audit", file.events)?;
    let subject = Subject::choose(bench, data)?;
    let table = DeltaTable::read(&subject.data.join(TABLE))?;
    let mut section = Section::new(&format!("Search {} events", thousands(file.events)), &bench.stamp);
    section.note(format!(
        "The table that Margay's import made: {} files, {} bytes a row. The peers read the same files, and answers must be the same.",
        table.files.len(),
        table.bytes() / file.events.max(1)
    ));
    section.note(
        "Cold: a new process for each question; Margay's counts from its start, the peers' from when the engine is loaded. Warm: the second and \
         third time in one process; Margay is asked over its HTTP API.",
    );
    let searches = subject.searches();
    let mut cold = Vec::new();
    for search in &searches {
        cold.push(subject.cold(search)?);
    }
    let warm = subject.warm(&searches)?;
    for (contests, looking, counting) in [
        (&cold, "search_cold_ratio", "histogram_cold_ratio"),
        (&warm, "search_warm_ratio", "histogram_warm_ratio"),
    ] {
        // Looking for somebody or something is one goal, counting everything another.
        let (looked, counted) = contests.split_at(LOOKS.min(contests.len()));
        for (fact, contests) in [(looking, looked), (counting, counted)] {
            if let Some(ratio) = worst_ratio(contests) {
                section.fact(fact, ratio);
            }
        }
    }
    section.contests.extend(cold);
    section.contests.extend(warm);
    Ok(section)
}

/// How much longer than `DuckDB` Margay took, where it did worst.
fn worst_ratio(contests: &[Contest]) -> Option<f64> {
    let median = |contest: &Contest, name: &str| {
        let costs = &contest.standing(name)?.costs;
        Spread::of(costs.iter().map(|cost| cost.wall_seconds)).map(|spread| spread.median)
    };
    let ratios: Option<Vec<f64>> = contests
        .iter()
        .map(|contest| Some(median(contest, "Margay")? / median(contest, Peer::DuckDb.name())?))
        .collect();
    ratios?.into_iter().reduce(f64::max)
}

impl<'bench> Subject<'bench> {
    fn choose(bench: &'bench Bench, data: PathBuf) -> Result<Self> {
        let ranked = |column: &str| -> Result<String> {
            let sql = format!(
                "select {column} as value from asana_audit where {column} is not null group by 1 order by count(*) desc, 1 limit 1 offset {RANK}"
            );
            let rows = bench.margay.query(&data, &sql)?;
            let value = rows.first().and_then(|row| row["value"].as_str());
            Ok(value.with_context(|| format!("no value of {column}"))?.to_owned())
        };
        let (ip, email) = (ranked("context.client_ip_address")?, ranked("actor.email")?);
        Ok(Self { bench, data, ip, email })
    }

    fn searches(&self) -> [Search; 3] {
        let Self { ip, email, .. } = self;
        [
            Search {
                name: "indicator",
                what: "what came from an address",
                sql: format!(
                    "select gid, p_event_time, event_type, actor.email from asana_audit where array_has(p_any_ip_addresses, '{ip}') \
                     order by p_event_time desc, gid limit 100"
                ),
                first: "gid",
            },
            Search {
                name: "actor",
                what: "what somebody did",
                sql: format!(
                    "select gid, p_event_time, event_type, resource.name from asana_audit where actor.email = '{email}' \
                     order by p_event_time desc, gid limit 100"
                ),
                first: "gid",
            },
            Search {
                name: "count",
                what: "event types by hour",
                sql: "select count(*) as n, date_trunc('hour', p_event_time) as hour, event_type from asana_audit \
                      group by 2, 3 order by n desc, hour, event_type limit 100"
                    .to_owned(),
                first: "n",
            },
        ]
    }

    fn cold(&self, search: &Search) -> Result<Contest> {
        let expected = self.answer(search)?;
        let peers = PEERS.into_iter().filter(|peer| self.bench.peers.has(*peer));
        let expected = &expected;
        let mut contestants = vec![Contestant::new("Margay", |folder: &Path| {
            let file = folder.join("answer");
            let mut command = self
                .bench
                .margay
                .command(&self.data, &["query", "--format", "ndjson", &search.sql]);
            let cost = measure(command.stdout(File::create(&file)?))?;
            ensure!(
                first_column(&fs::read_to_string(&file)?, search.first)? == *expected,
                "another answer"
            );
            Ok(Cost::of_time(Duration::from_secs_f64(cost.wall_seconds)))
        })];
        for peer in peers {
            contestants.push(Contestant::new(peer.name(), move |folder: &Path| {
                let answers = self.ask_peer(peer, &[search], 1, folder)?;
                let answer = answers.first().context("no answer")?;
                ensure!(answer.first == *expected, "another answer than Margay's");
                answer.costs.first().copied().context("no time")
            }));
        }
        let title = format!("{}, cold", search.what);
        let mut contest = hold(&title, &self.bench.rules, contestants)?;
        contest.missing.extend(self.bench.peers.missing(&PEERS));
        Ok(contest)
    }

    /// Margay's own answer, with which all others are compared.
    fn answer(&self, search: &Search) -> Result<Vec<String>> {
        let rows = self.bench.margay.query(&self.data, &search.sql)?;
        ensure!(!rows.is_empty(), "nothing is found by `{}`", search.sql);
        Ok(rows.iter().map(|row| plain(&row[search.first])).collect())
    }

    /// Rounds as in a contest, but each process answers everything and gives several times.
    fn warm(&self, searches: &[Search; 3]) -> Result<Vec<Contest>> {
        say(&format!("warm searches, {} rounds", self.bench.rules.rounds));
        let mut contests: Vec<Contest> = Vec::new();
        for search in searches {
            contests.push(Contest {
                title: format!("{}, warm", search.what),
                standings: vec![empty("Margay")],
                missing: self.bench.peers.missing(&PEERS),
            });
        }
        let peers: Vec<Peer> = PEERS.into_iter().filter(|peer| self.bench.peers.has(*peer)).collect();
        let expected: Vec<Vec<String>> = searches
            .iter()
            .map(|search| self.answer(search))
            .collect::<Result<_>>()?;
        for _ in 0..self.bench.rules.rounds {
            let ours = self.ask_server(searches)?;
            enter(&mut contests, "Margay", &expected, ours)?;
            for peer in &peers {
                let folder = tempfile::tempdir_in(&self.bench.rules.work)?;
                let asked: Vec<&Search> = searches.iter().collect();
                let answers = self.ask_peer(*peer, &asked, WARM_RUNS, folder.path());
                let entered = answers.and_then(|answers| enter(&mut contests, peer.name(), &expected, answers));
                if let Err(problem) = entered {
                    drop_out(&mut contests, *peer, &format!("{problem:#}"));
                }
            }
        }
        Ok(contests)
    }

    fn ask_server(&self, searches: &[Search; 3]) -> Result<Vec<Answer>> {
        let server = self.bench.margay.serve(&self.data, &[])?;
        let api = Api::of(&self.bench.margay, &self.data, &server)?;
        let mut answers = Vec::new();
        for search in searches {
            let mut answer = Answer::default();
            for _ in 0..WARM_RUNS {
                let asked = api.query(&search.sql)?;
                answer.costs.push(Cost::of_time(asked.took));
                answer.first = asked.rows.iter().filter_map(|row| row.first()).map(plain).collect();
            }
            answers.push(answer);
        }
        Ok(answers)
    }

    fn ask_peer(&self, peer: Peer, searches: &[&Search], runs: usize, folder: &Path) -> Result<Vec<Answer>> {
        // The server tidies files up beside us: each time those are read that the table has now.
        let table = DeltaTable::read(&self.data.join(TABLE))?;
        let plan = json!({
            "files": table.files.keys().collect::<Vec<_>>(),
            "ip": self.ip,
            "email": self.email,
            "searches": searches.iter().map(|search| search.name).collect::<Vec<_>>(),
            "runs": runs,
        });
        let file = folder.join("plan.json");
        fs::write(&file, plan.to_string())?;
        let script = match peer {
            Peer::Polars => "search_polars.py",
            _ => "search_duckdb.py",
        };
        let text = output_of(self.bench.peers.script(script).arg(&file))?;
        let answers: Vec<Answer> = text.lines().map(Answer::parse).collect::<Result<_>>()?;
        ensure!(answers.len() == searches.len(), "{} answers", answers.len());
        Ok(answers)
    }
}

/// What somebody answered to one question, and how long each time took.
#[derive(Debug, Default)]
struct Answer {
    first: Vec<String>,
    costs: Vec<Cost>,
}

impl Answer {
    fn parse(line: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(line).with_context(|| format!("the script printed `{line}`"))?;
        let list = |name: &str| value[name].as_array().cloned().unwrap_or_default();
        let seconds = list("seconds").into_iter().filter_map(|seconds| seconds.as_f64());
        Ok(Self {
            first: list("first").iter().map(plain).collect(),
            costs: seconds.map(Duration::from_secs_f64).map(Cost::of_time).collect(),
        })
    }
}

/// Enters the times that are warm, if the answers are right.
fn enter(contests: &mut [Contest], name: &str, expected: &[Vec<String>], answers: Vec<Answer>) -> Result<()> {
    for ((contest, expected), answer) in contests.iter_mut().zip(expected).zip(answers) {
        ensure!(answer.first == *expected, "another answer: {}", contest.title);
        if contest.standing(name).is_none() {
            contest.standings.push(empty(name));
        }
        let standing = contest.standings.iter_mut().find(|standing| standing.name == name);
        let warm = answer.costs.into_iter().skip(1);
        standing.context("somebody without a standing")?.costs.extend(warm);
    }
    Ok(())
}

fn drop_out(contests: &mut [Contest], peer: Peer, reason: &str) {
    for contest in contests {
        contest.standings.retain(|standing| standing.name != peer.name());
        if contest.missing.iter().all(|missing| missing.name != peer.name()) {
            contest.missing.push(Missing {
                name: peer.name().to_owned(),
                reason: reason.to_owned(),
            });
        }
    }
}

fn empty(name: &str) -> Standing {
    Standing {
        name: name.to_owned(),
        costs: Vec::new(),
    }
}

fn first_column(lines: &str, column: &str) -> Result<Vec<String>> {
    lines
        .lines()
        .map(|line| Ok(plain(&serde_json::from_str::<Value>(line)?[column])))
        .collect()
}

/// Numbers are digits in one form of an answer and text in another.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contest(ours: &[f64], theirs: Option<&[f64]>) -> Contest {
        let standing = |name: &str, seconds: &[f64]| Standing {
            name: name.to_owned(),
            costs: seconds
                .iter()
                .map(|seconds| Cost::of_time(Duration::from_secs_f64(*seconds)))
                .collect(),
        };
        let mut standings = vec![standing("Margay", ours)];
        standings.extend(theirs.map(|seconds| standing("DuckDB", seconds)));
        Contest {
            title: String::new(),
            standings,
            missing: Vec::new(),
        }
    }

    #[test]
    fn the_worst_search_decides_and_only_beside_the_peer() {
        let good = contest(&[1.0, 9.0, 1.0], Some(&[2.0]));
        let bad = contest(&[3.0], Some(&[2.0]));
        assert_eq!(worst_ratio(&[good.clone(), bad]), Some(1.5));
        assert_eq!(worst_ratio(&[good, contest(&[1.0], None)]), None);
    }

    #[test]
    fn only_warm_times_with_the_right_answer_count() {
        let answer = |gid: &str| {
            let line = format!(r#"{{"search": "actor", "seconds": [9.0, 1.0, 2.0], "first": ["{gid}"]}}"#);
            Answer::parse(&line).unwrap()
        };
        let mut contests = [contest(&[], None)];
        let expected = [vec!["12".to_owned()]];
        enter(&mut contests, "DuckDB", &expected, vec![answer("12")]).unwrap();
        let times: Vec<f64> = contests[0].standings[1]
            .costs
            .iter()
            .map(|cost| cost.wall_seconds)
            .collect();
        assert_eq!(times, [1.0, 2.0]);
        assert!(enter(&mut contests, "DuckDB", &expected, vec![answer("13")]).is_err());
        drop_out(&mut contests, Peer::DuckDb, "another answer");
        assert_eq!((contests[0].standings.len(), contests[0].missing.len()), (1, 1));
    }

    #[test]
    fn numbers_are_the_same_as_digits_and_as_text() {
        assert_eq!(plain(&json!(12)), plain(&json!("12")));
    }
}
