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
use margay_store::EntryText;

use crate::cli::Global;
use crate::cli::import::Import;
use crate::command::source::find;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::{Drawing, line as say, note, spinner};
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
    summarise(&imported, &totals, started.elapsed())
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
        ImportError::NoSchema { .. } | ImportError::NeedsHeader(_) => Exit::Problems,
        ImportError::OwnLog | ImportError::OtherLogType { .. } => Exit::Usage,
        ImportError::Lease(problem) if problem.is_stand_by() => Exit::InUse,
        ImportError::Defect(_) => Exit::Failure,
        _ => Exit::Storage,
    }
}

fn summarise(imported: &Imported, totals: &ImportTotals, elapsed: Duration) -> Outcome {
    let so_far = totals.so_far();
    let known = match so_far.records_known {
        0 => String::new(),
        known => format!(", {known} already known"),
    };
    say(format_args!(
        "{}: {} new records{known}",
        imported.source.label, so_far.records_new
    ));
    let landed = imported.landed;
    say(format_args!(
        "landed {} events and {} classification failures, {:.1} s",
        landed.events,
        landed.rejects,
        elapsed.as_secs_f64()
    ));
    if so_far.records_mended > 0 {
        note(format_args!(
            "{} records were not UTF-8: what could not be read in them is U+FFFD now",
            so_far.records_mended
        ));
    }
    match &imported.cut_short {
        None if landed.rejects == 0 => Ok(()),
        None => Err(Failure::new(
            Exit::Problems,
            format!(
                "{} records do not fit `{log_type}`\nhint: select error, count(*) from margay_monitor.classification_failures \
                 where p_source_id = '{}' group by 1 tells why",
                landed.rejects,
                imported.source.id,
                log_type = imported.source.log_type
            ),
        )),
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
