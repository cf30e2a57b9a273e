//! `margay source audit`: compares windows of a log with the vendor, repairs what is missing, and says what was shown.

use jiff::Timestamp;
use margay_lake::Cell;
use margay_runtime::audit::{
    Audit, AuditEnd, AuditError, AuditSettings, Finding, Repair, Sample, audit, audit_beside, per_million,
};
use margay_runtime::poll::RoundResult;
use margay_runtime::{Clock, Line};
use margay_store::{AUDITS_KEPT_MAX, AuditRecord};
use tokio_util::sync::CancellationToken;

use super::find;
use crate::cli::{self, Global};
use crate::duration::parse_time;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::{Format, display_line, key_values, line as say, note, print_object, print_rows, spinner};
use crate::{open, signal};

#[cfg(test)]
mod tests;

/// Findings that are listed on a terminal; the others are counted, and `--format json` has more.
const FINDINGS_SHOWN_MAX: usize = 20;

/// Who else is at work in the data directory.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Company {
    Alone,
    Beside,
}

pub(super) async fn run(global: &Global, arguments: cli::Audit) -> Outcome {
    if arguments.last {
        return show_last(global, &arguments).await;
    }
    let stop = signal::stop_token();
    let settings = settings(&arguments, Clock::system().now())?;
    let writable = match open::for_writing(global, "margay source audit").await {
        Ok(writable) => Some(writable),
        Err(failure) if failure.exit() == Exit::InUse => None,
        Err(failure) => return Err(failure),
    };
    let audit = if let Some(writable) = &writable {
        made(&writable.line, &arguments, settings, Company::Alone, &stop).await?
    } else {
        note("another process holds the data directory: comparing beside it");
        made(
            &open::beside(global).await?,
            &arguments,
            settings,
            Company::Beside,
            &stop,
        )
        .await?
    };
    print(&audit, &arguments)?;
    verdict(&audit, &arguments.name)
}

fn settings(arguments: &cli::Audit, now: Timestamp) -> Outcome<AuditSettings> {
    let time = |name: &str, text: &Option<String>| text.as_deref().map(|text| parse_time(name, text, now)).transpose();
    let (from, to) = (time("--from", &arguments.from)?, time("--to", &arguments.to)?);
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        return Err(Failure::new(Exit::Usage, "--from is not before --to"));
    }
    if arguments.requests == 0 {
        return Err(Failure::new(Exit::Usage, "--requests 0 leaves nothing to compare with"));
    }
    Ok(AuditSettings {
        from,
        to,
        sample: parse_sample(&arguments.sample)?,
        requests_max: arguments.requests,
        seed: arguments.seed,
        ..AuditSettings::default()
    })
}

/// Reads `5%`, `0.5%` or `100%`; tenths of a percent are the finest.
fn parse_sample(text: &str) -> Outcome<Sample> {
    let number = text.trim().trim_end_matches('%').trim_end();
    let (whole, tenths) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let permille = (digits(whole) && digits(tenths) && tenths.len() == 1)
        .then(|| {
            whole
                .parse::<u16>()
                .ok()?
                .checked_mul(10)?
                .checked_add(tenths.parse().ok()?)
        })
        .flatten();
    permille.and_then(Sample::permille).ok_or_else(|| {
        Failure::new(
            Exit::Usage,
            format!("`{text}` is not a share for --sample\nhint: write it like 5%, 0.5% or 100%"),
        )
    })
}

async fn made(
    line: &Line,
    arguments: &cli::Audit,
    settings: AuditSettings,
    company: Company,
    stop: &CancellationToken,
) -> Outcome<Audit> {
    let source = find(&line.store, &arguments.name).await?;
    let bar = spinner(arguments.quiet, "landing what waits in the journal");
    let heard = |done: u64, of: u64| bar.set_message(format!("{done} of {of} windows compared"));
    let audit = match company {
        Company::Alone => audit(line, &source, settings, &heard, stop).await,
        Company::Beside => audit_beside(line, &source, settings, &heard, stop).await,
    };
    bar.finish_and_clear();
    audit.map_err(|error| {
        let exit = match error {
            AuditError::NothingToAudit { .. } => Exit::Usage,
            AuditError::NoSchema { .. } => Exit::Problems,
            AuditError::Defect(_) => Exit::Failure,
            _ => Exit::Storage,
        };
        Failure::of(exit, error)
    })
}

fn print(audit: &Audit, arguments: &cli::Audit) -> Outcome {
    let fields = fields(audit, &arguments.name);
    if arguments.format != Format::Table {
        return print_object(arguments.format, &fields);
    }
    say(audit.sentence());
    say("");
    let shown: Vec<(&str, Cell)> = fields.into_iter().filter(|(name, _)| *name != "findings").collect();
    key_values(&shown);
    for finding in audit.findings.iter().take(FINDINGS_SHOWN_MAX) {
        say(display_line(&told(finding)));
    }
    if audit.findings.len() > FINDINGS_SHOWN_MAX {
        say("… `margay source audit NAME --last --format json` has more");
    }
    Ok(())
}

fn told(finding: &Finding) -> String {
    let record = finding.record_id.as_deref().unwrap_or("not at the vendor");
    let fields = if finding.fields.is_empty() {
        String::new()
    } else {
        format!(": {}", finding.fields.join(", "))
    };
    format!("{}  {record}  row {}{fields}", finding.kind.as_str(), finding.row_id)
}

fn fields(audit: &Audit, name: &str) -> Vec<(&'static str, Cell)> {
    let counts = audit.counts;
    let share = |count: u64| number(audit.per_million(count));
    vec![
        ("source", Cell::Text(name.to_owned())),
        ("from", time(audit.range.from())),
        ("to", time(audit.range.to())),
        ("windows_checked", Cell::Unsigned(audit.windows_checked)),
        ("windows_drawn", Cell::Unsigned(audit.windows_drawn)),
        ("windows_total", Cell::Unsigned(audit.windows_total)),
        ("windows_too_dense", Cell::Unsigned(audit.windows_too_dense)),
        ("requests", Cell::Unsigned(audit.requests)),
        ("seed", Cell::Unsigned(audit.seed)),
        ("events", Cell::Unsigned(counts.events)),
        ("missing", Cell::Unsigned(counts.missing)),
        ("missing_per_million", share(counts.missing)),
        ("missing_per_million_max", number(audit.missing_per_million_max())),
        ("gone", Cell::Unsigned(counts.gone)),
        ("repaired", Cell::Unsigned(counts.repaired)),
        ("extra", Cell::Unsigned(counts.extra)),
        ("extra_per_million", share(counts.extra)),
        ("different", Cell::Unsigned(counts.different)),
        ("different_per_million", share(counts.different)),
        ("outdated", Cell::Unsigned(counts.outdated)),
        ("waiting", Cell::Unsigned(counts.waiting)),
        ("end", Cell::Text(audit.end.as_str().to_owned())),
        (
            "findings",
            Cell::Json(serde_json::to_string(&audit.findings).unwrap_or_default()),
        ),
    ]
}

/// How the command ends. What is wrong with the copy comes before what was wrong with the vendor.
fn verdict(audit: &Audit, name: &str) -> Outcome {
    if !audit.is_sound() {
        return Err(Failure::new(Exit::Problems, problem(audit)));
    }
    match &audit.end {
        AuditEnd::Done => Ok(()),
        AuditEnd::OutOfRequests => {
            note("the requests were used up, so nothing is said of what was not compared; --requests allows more");
            Ok(())
        }
        AuditEnd::Stopped => Err(Failure::new(Exit::Failure, "the audit was stopped before its end")),
        AuditEnd::Vendor(RoundResult::NeedsOperator { diagnosis } | RoundResult::TokenRefused { diagnosis }) => {
            Err(Failure::new(
                Exit::Refused,
                format!("source `{name}` could not be audited to the end\n{diagnosis}"),
            ))
        }
        AuditEnd::Vendor(RoundResult::Failed { problem, .. }) => Err(Failure::new(
            Exit::Unavailable,
            format!("source `{name}` could not be audited to the end\n{problem}\nhint: try again later"),
        )),
        AuditEnd::Vendor(_) => Err(Failure::new(
            Exit::Unavailable,
            format!("source `{name}` could not be audited to the end\nhint: try again later"),
        )),
    }
}

fn problem(audit: &Audit) -> String {
    let counts = audit.counts;
    let left = counts.missing - counts.repaired;
    let mut lines = vec!["the copy is not what the vendor shows".to_owned()];
    match audit.repair {
        Repair::Asked { windows, gone_within } => {
            if windows > 0 {
                lines.push(format!(
                    "hint: {windows} windows will be read again by the process that polls the source"
                ));
            }
            if let Some(within) = gone_within {
                lines.push(format!(
                    "hint: {} rows had landed and are gone from the lake, and reading again does not bring them back. Stop the process that polls the source and run `margay source audit NAME --sample 100% --from {} --to {}`; a server's daily audit puts them back when it draws these hours",
                    counts.gone,
                    within.from(),
                    within.to()
                ));
            }
        }
        Repair::Made if left > 0 => {
            lines.push(
                "hint: what is still missing could not be landed; run the audit again, and see the log".to_owned(),
            );
        }
        Repair::Made => {}
    }
    if counts.extra + counts.different > 0 {
        lines.push(
            "hint: extra and different rows are left alone: somebody may have changed the tables, or the vendor its log"
                .to_owned(),
        );
    }
    lines.join("\n")
}

async fn show_last(global: &Global, arguments: &cli::Audit) -> Outcome {
    let store = open::store_for_reading(global).await?;
    let source = find(&store, &arguments.name).await?;
    let audits = store.audits(source.id, AUDITS_KEPT_MAX).await.or_exit(Exit::Storage)?;
    if audits.is_empty() && arguments.format == Format::Table {
        note("there was no audit yet");
        return Ok(());
    }
    let rows: Vec<Vec<(&str, Cell)>> = audits.iter().map(|audit| kept(audit, arguments.format)).collect();
    let names: Vec<&str> = rows.first().into_iter().flatten().map(|(name, _)| *name).collect();
    let cells: Vec<Vec<Cell>> = rows
        .into_iter()
        .map(|row| row.into_iter().map(|(_, cell)| cell).collect())
        .collect();
    print_rows(arguments.format, &names, &cells)
}

/// What is kept of an audit; a terminal has no room for all of it.
fn kept(audit: &AuditRecord, format: Format) -> Vec<(&'static str, Cell)> {
    let mut fields = vec![
        ("at", time(audit.finished_at)),
        ("events", Cell::Unsigned(audit.events_checked)),
        ("missing", Cell::Unsigned(audit.missing)),
        ("repaired", Cell::Unsigned(audit.repaired)),
        ("extra", Cell::Unsigned(audit.extra)),
        ("different", Cell::Unsigned(audit.different)),
    ];
    if format != Format::Table {
        fields.extend([
            ("from", time(audit.from)),
            ("to", time(audit.to)),
            ("windows_checked", Cell::Unsigned(audit.windows)),
            ("windows_total", Cell::Unsigned(audit.windows_total)),
            ("requests", Cell::Unsigned(audit.requests)),
            ("seed", Cell::Unsigned(audit.seed)),
            (
                "missing_per_million",
                number(per_million(audit.missing, audit.events_checked)),
            ),
            ("missing_per_million_max", number(kept_bound(&audit.details))),
            ("details", Cell::Json(audit.details.clone())),
        ]);
    }
    fields.push(("outcome", Cell::Text(audit.outcome.clone())));
    fields
}

/// The bound as the audit gave it: its numbers alone do not tell whether there is one.
fn kept_bound(details: &str) -> Option<f64> {
    let details: serde_json::Value = serde_json::from_str(details).ok()?;
    details.get("missing_per_million_max")?.as_f64()
}

fn time(time: Timestamp) -> Cell {
    Cell::Time(time.as_microsecond())
}

/// Tenths are enough for a number in a million.
fn number(value: Option<f64>) -> Cell {
    value.map_or(Cell::Null, |value| Cell::Float((value * 10.0).round() / 10.0))
}
