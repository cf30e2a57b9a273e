//! `margay doctor`: says what is wrong with the data directory, and mends what can be mended safely.

use margay_lake::Cell;
use margay_runtime::doctor::{Finding, LakeFate, Patient, Repair, Severity, examine, repair};
use margay_runtime::{Clock, DataDir};

use crate::cli::{Doctor, Global};
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::{Format, line, note, print_rows};

pub(super) async fn run(global: &Global, arguments: Doctor) -> Outcome {
    let patient = Patient {
        data_dir: DataDir::new(&global.data_dir),
        master_key: open::master_key(),
        clock: Clock::system(),
        lake_fate: if arguments.lake_is_gone {
            LakeFate::Gone
        } else {
            LakeFate::MayReturn
        },
    };
    if !patient.data_dir.root().is_dir() {
        patient.data_dir.require().or_exit(Exit::Storage)?;
    }
    let findings = if arguments.repair {
        repaired(global, &patient, arguments.format).await?
    } else {
        examine(&patient).await
    };
    print(arguments.format, &findings)?;
    verdict(&findings, arguments.repair)
}

/// Mends what can be mended, says what was done, and returns what is left.
async fn repaired(global: &Global, patient: &Patient, format: Format) -> Outcome<Vec<Finding>> {
    let writable = match open::for_writing(global, "margay doctor --repair").await {
        Ok(writable) => writable,
        Err(failure) if failure.exit() == Exit::InUse => return Err(failure),
        Err(failure) => {
            // What keeps it from being opened is among the findings, with all the rest that is wrong.
            print(format, &examine(patient).await)?;
            return Err(failure);
        }
    };
    let (repairs, left) = repair(&writable.line, patient).await;
    for Repair { code, place, outcome } in repairs {
        match outcome {
            Ok(done) => note(format_args!("repaired {code}, {place}: {done}")),
            Err(problem) => note(format_args!("could not repair {code}, {place}: {problem}")),
        }
    }
    Ok(left)
}

fn print(format: Format, findings: &[Finding]) -> Outcome {
    if format == Format::Table {
        for finding in findings {
            line(format_args!(
                "{}: {}, {}\n  {}",
                finding.severity.as_str(),
                finding.place,
                finding.code,
                finding.text
            ));
            if let Some(hint) = &finding.hint {
                line(format_args!("  hint: {hint}"));
            }
            if finding.is_repairable() {
                line("  `margay doctor --repair` can mend it");
            }
        }
        if findings.is_empty() {
            line("all is well");
        }
        return Ok(());
    }
    let rows: Vec<Vec<Cell>> = findings
        .iter()
        .map(|finding| {
            vec![
                Cell::Text(finding.severity.as_str().to_owned()),
                Cell::Text(finding.code.to_owned()),
                Cell::Text(finding.place.clone()),
                Cell::Text(finding.text.clone()),
                finding.hint.clone().map_or(Cell::Null, Cell::Text),
                Cell::Boolean(finding.is_repairable()),
            ]
        })
        .collect();
    print_rows(
        format,
        &["severity", "code", "place", "text", "hint", "is_repairable"],
        &rows,
    )
}

fn verdict(findings: &[Finding], was_repaired: bool) -> Outcome {
    let broken: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Broken)
        .collect();
    if broken.is_empty() {
        return Ok(());
    }
    let hint = if !was_repaired && broken.iter().any(|finding| finding.is_repairable()) {
        "\nhint: stop the server if one runs, then `margay doctor --repair`"
    } else {
        "\nhint: do what is said at each"
    };
    Err(Failure::new(
        Exit::Problems,
        match broken.len() {
            1 => format!("one thing is broken{hint}"),
            count => format!("{count} things are broken{hint}"),
        },
    ))
}
