//! What may be typed after `cargo xtask bench`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

/// Enough to see the spread on a shared machine.
const ROUNDS_DEFAULT: usize = 3;
const ROUNDS_MAX: usize = 100;
/// The simulator's ids have digits for this many.
const EVENTS_MAX: u64 = 1_000_000_000;
/// Fewer have not every type of event, and nobody learns anything from them.
const EVENTS_MIN: u64 = 2_000;
/// A poll of each source, at the server's own interval.
const SECONDS_DEFAULT: u64 = 60;
const SECONDS_MAX: u64 = 24 * 60 * 60;

/// All measures, in the order in which they are made and told.
pub(super) const MEASURES: [&str; 8] = ["pull", "import", "search", "memory", "live", "idle", "growth", "build"];

/// The command's arguments.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Options {
    /// The measures asked for; all of them unless something is named.
    pub(super) only: Vec<String>,
    pub(super) rounds: usize,
    /// How many events, instead of each measure's own number.
    pub(super) events: Option<u64>,
    /// How long an idle server is watched.
    pub(super) seconds: u64,
    /// A copy of this run's results.
    pub(super) json: Option<PathBuf>,
    /// An environment that has the peers, instead of one that is made.
    pub(super) peers: Option<PathBuf>,
    /// The binary, instead of building it.
    pub(super) margay: Option<PathBuf>,
    /// The file whose block is replaced by the results.
    pub(super) write: Option<PathBuf>,
}

impl Options {
    /// Reads the arguments.
    pub(super) fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self {
            only: Vec::new(),
            rounds: ROUNDS_DEFAULT,
            events: None,
            seconds: SECONDS_DEFAULT,
            json: None,
            peers: None,
            margay: None,
            write: None,
        };
        let mut arguments = arguments.iter();
        while let Some(flag) = arguments.next() {
            let value = arguments.next().with_context(|| format!("`{flag}` needs a value"))?;
            match flag.as_str() {
                "--only" => options.only.extend(value.split(',').map(str::to_owned)),
                "--rounds" => options.rounds = number(flag, value)?,
                "--events" => options.events = Some(number(flag, value)?),
                "--seconds" => options.seconds = number(flag, value)?,
                "--json" => options.json = Some(value.into()),
                "--peers" => options.peers = Some(value.into()),
                "--margay" => options.margay = Some(value.into()),
                "--write" => options.write = Some(value.into()),
                _ => bail!("`{flag}` is not known; `cargo xtask` shows what is"),
            }
        }
        options.check()?;
        Ok(options)
    }

    fn check(&self) -> Result<()> {
        for name in &self.only {
            ensure!(
                MEASURES.contains(&name.as_str()),
                "there is no measure `{name}`; there are {}",
                MEASURES.join(", ")
            );
        }
        ensure!(
            (1..=ROUNDS_MAX).contains(&self.rounds),
            "1 to {ROUNDS_MAX} rounds are possible"
        );
        ensure!(
            (1..=SECONDS_MAX).contains(&self.seconds),
            "1 to {SECONDS_MAX} seconds are possible"
        );
        if let Some(events) = self.events {
            ensure!(
                (EVENTS_MIN..=EVENTS_MAX).contains(&events),
                "{EVENTS_MIN} to {EVENTS_MAX} events are possible"
            );
        }
        Ok(())
    }

    /// Whether a measure is to be made.
    pub(super) fn wants(&self, measure: &str) -> bool {
        self.only.is_empty() || self.names(measure)
    }

    /// Whether a measure was asked for by its name.
    pub(super) fn names(&self, measure: &str) -> bool {
        self.only.iter().any(|name| name == measure)
    }
}

fn number<N: std::str::FromStr>(flag: &str, value: &str) -> Result<N> {
    let plain = value.replace('_', "");
    plain
        .parse()
        .ok()
        .with_context(|| format!("`{value}` is no number for {flag}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    #[test]
    fn everything_is_measured_unless_something_is_named() {
        let all = parse("").unwrap();
        assert!(MEASURES.iter().all(|measure| all.wants(measure) && !all.names(measure)));
        let some = parse("--only pull,live --events 10_000 --rounds 5").unwrap();
        assert!(some.wants("pull") && some.wants("live") && !some.wants("import"));
        assert_eq!((some.events, some.rounds), (Some(10_000), 5));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for line in [
            "--only pul",
            "--rounds 0",
            "--rounds",
            "--events x",
            "--events 7",
            "--fast yes",
            "--seconds 0",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
