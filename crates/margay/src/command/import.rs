//! `margay import`: takes in records from files, then says what became of them.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use margay_runtime::import::{
    CutShort, IdPath, ImportError, ImportFile, ImportSettings, ImportTotals, Imported, import,
};
use margay_runtime::own_log::{self, OwnLogError};
use margay_runtime::serve;
use margay_schema::{LogType, StreamType};
use margay_store::{EntryText, Source};

use crate::cli::Global;
use crate::cli::import::Import;
use crate::command::replay::why_failures;
use crate::command::source::find;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::{Drawing, agreeing, counted, display_line, line as say, note, spinner};
use crate::{open, signal};

pub(super) async fn run(global: &Global, arguments: Import) -> Outcome {
    let stop = signal::stop_token();
    let log_type: LogType = arguments.log_type.parse().or_exit(Exit::Usage)?;
    let stream_type: StreamType = arguments.stream_type.parse().or_exit(Exit::Usage)?;
    let id_path: Option<IdPath> = arguments
        .id
        .as_deref()
        .map(str::parse)
        .transpose()
        .or_exit(Exit::Usage)?;
    let files: Vec<ImportFile> = arguments.files.iter().map(|path| ImportFile::of_path(path)).collect();
    // Before anything is written: a name that was mistyped should cost nothing.
    let size = size_of(&arguments.files)?;
    let writable = open::for_writing(global, "margay import").await?;
    let line = &writable.line;
    let into = match &arguments.into {
        Some(name) => Some(find(&line.store, name).await?),
        None => None,
    };
    let settings = ImportSettings {
        log_type,
        into,
        stream_type,
        id_path,
        text: if arguments.no_journal {
            EntryText::NotKept
        } else {
            EntryText::Kept
        },
    };
    let started = Instant::now();
    let totals = Arc::new(ImportTotals::default());
    let drawing = (!arguments.quiet).then(|| draw(size, Arc::clone(&totals)));
    let imported = import(line, settings, files, &totals, &stop).await;
    if let Some(drawing) = drawing {
        drawing.end().await;
    }
    let imported = imported.map_err(|error| Failure::of(exit_of(&error), error))?;
    // What was done is in the audit log by now, which lands like any other log.
    match own_log::journal(line).await {
        Err(OwnLogError::Lease(problem)) if problem.is_stand_by() => {}
        journalled => drop(journalled.or_exit(Exit::Storage)?),
    }
    margay_runtime::land::everything(line).await.or_exit(Exit::Storage)?;
    serve::maintain(line).await;
    summarise(&imported, &totals, arguments.id.as_deref(), started.elapsed())
}

/// How many bytes the files have together; nothing if one is no plain file, whose end is not known before it comes.
fn size_of(paths: &[PathBuf]) -> Outcome<Option<u64>> {
    let mut size = Some(0);
    for path in paths {
        if path.as_os_str() == "-" {
            size = None;
            continue;
        }
        let metadata = fs::metadata(path).map_err(|cause| {
            Failure::new(
                Exit::Usage,
                format!(
                    "`{}` cannot be read: {cause}\nhint: nothing was imported",
                    path.display()
                ),
            )
        })?;
        if metadata.is_dir() {
            return Err(Failure::new(
                Exit::Usage,
                format!(
                    "`{0}` is a folder\nhint: name its files: `{0}/*`; nothing was imported",
                    path.display()
                ),
            ));
        }
        size = size.filter(|_| metadata.is_file()).map(|size| size + metadata.len());
    }
    Ok(size)
}

/// Shows the share of the files that was read where it is known, and otherwise counts.
fn draw(size: Option<u64>, totals: Arc<ImportTotals>) -> Drawing {
    let bar = match size {
        Some(size) => {
            let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes}, {eta} left: {msg}");
            ProgressBar::new(size).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        }
        None => spinner(false, "reading"),
    };
    Drawing::begin(bar, move |bar| {
        let so_far = totals.so_far();
        bar.set_position(so_far.file_bytes);
        bar.set_message(format!(
            "{} records new, {} already known",
            so_far.records_new, so_far.records_known
        ));
    })
}

fn exit_of(error: &ImportError) -> Exit {
    match error {
        ImportError::NoSchema { .. } | ImportError::NeedsHeader(_) | ImportError::NeedsCsvParser(_) => Exit::Problems,
        ImportError::UnknownLogType { .. }
        | ImportError::Archived(_)
        | ImportError::OwnLog
        | ImportError::OtherLogType { .. } => Exit::Usage,
        ImportError::Lease(problem) if problem.is_stand_by() => Exit::InUse,
        ImportError::Defect(_) => Exit::Failure,
        _ => Exit::Storage,
    }
}

fn summarise(imported: &Imported, totals: &ImportTotals, id_path: Option<&str>, elapsed: Duration) -> Outcome {
    let so_far = totals.so_far();
    let known = match so_far.records_known {
        0 => String::new(),
        known => format!(", {known} already known"),
    };
    say(format_args!(
        "{}: {}{known}",
        imported.source.label,
        counted(so_far.records_new, "new record")
    ));
    let landed = imported.landed;
    say(format_args!(
        "landed {} and {}, {:.1} s",
        counted(landed.events as u64, "event"),
        counted(landed.rejects as u64, "classification failure"),
        elapsed.as_secs_f64()
    ));
    warn(totals, id_path);
    match &imported.cut_short {
        None if landed.rejects == 0 => Ok(()),
        None => Err(misfits(&imported.source, landed.rejects, totals.array_within())),
        Some(stopped @ CutShort::Stopped) => Err(Failure::new(Exit::Failure, stopped.to_string())),
        Some(cut_short) => Err(Failure::new(
            Exit::Problems,
            format!(
                "{}\nhint: what comes before is imported; mend the file and import it again: what is known is passed over",
                margay_runtime::ErrorChain(cut_short)
            ),
        )),
    }
}

/// Says what is odd about the files, and stops nothing.
fn warn(totals: &ImportTotals, id_path: Option<&str>) {
    let so_far = totals.so_far();
    if so_far.records_mended > 0 {
        note(format_args!(
            "{} {} not UTF-8: what could not be read there is U+FFFD now",
            counted(so_far.records_mended, "record"),
            agreeing(so_far.records_mended, "was", "were")
        ));
    }
    for file in totals.files_without_records() {
        note(display_line(&format!("warning: `{file}` has no records")));
    }
    if let Some(path) = id_path.filter(|_| so_far.records_without_id > 0) {
        note(display_line(&format!(
            "warning: {} of {} {} no `{path}`; their ids are made of their content",
            so_far.records_without_id,
            counted(so_far.records_new + so_far.records_known, "record"),
            agreeing(so_far.records_without_id, "has", "have")
        )));
    }
}

/// The failure that records do not fit their schema, and what to do about it.
fn misfits(source: &Source, count: usize, array_within: Option<&str>) -> Failure {
    let count = count as u64;
    let array = array_within
        .map(|key| format!("\nhint: this looks like an array at `{key}`: --stream-type JsonArray:{key}"))
        .unwrap_or_default();
    Failure::new(
        Exit::Problems,
        format!(
            "{} {} not fit `{}`{array}\nhint: {}\nhint: mend the schema, then `margay replay --source {} --failures-only`: \
             importing the file again passes over what is known",
            counted(count, "record"),
            agreeing(count, "does", "do"),
            source.log_type,
            why_failures(source.id),
            source.id
        ),
    )
}
