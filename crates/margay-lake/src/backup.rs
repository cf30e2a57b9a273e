//! Backing up: every table copied as it was at one moment, while landing and maintenance go on beside.
//!
//! ```text
//! t0  cut     one version of every table, all of one moment
//! t1  data    the files that the versions name
//! t2  log     the last checkpoint before the version, and the entries after it
//! ```
//!
//! Nothing that a version names changes or goes for days, however the table goes on, so copying needs no lock. A copy that was
//! stopped has data files and no log, which opening it refuses.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deltalake::DeltaTable;

use crate::data_file::DataFile;
use crate::durable;
use crate::failure::LakeError;
use crate::lake::Inner;
use crate::table::{LOG, Table};

/// Tries to see every table at one moment. Each takes milliseconds, and commits are seconds apart.
const ATTEMPTS_MAX: u32 = 50;

/// What a backup has of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// `database.table`
    pub name: String,
    /// The version that the copy is.
    pub version: u64,
    /// Data files copied.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// Why there is no backup. What was copied before stays; remove it before the next try.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The folder to copy to has something in it.
    #[error("{} is not empty\nhint: name a folder that is empty or not there", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// Commits followed each other so fast that the tables were never seen at one moment.
    #[error("the tables changed at each of {attempts} looks\nhint: try again when less is landing")]
    Contended {
        /// How often it was looked.
        attempts: u32,
    },
    /// A file could not be copied.
    #[error("could not copy {}", path.display())]
    Copy {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// A table could not be read.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

pub(crate) async fn backup(lake: &Inner, to: PathBuf) -> Result<Vec<BackedUp>, BackupError> {
    let is_empty = match fs::read_dir(&to) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(source) => return Err(BackupError::Copy { path: to, source }),
    };
    if !is_empty {
        return Err(BackupError::NotEmpty { path: to });
    }
    let tables = cut(lake).await?;
    let copying = tokio::task::spawn_blocking(move || {
        let tables = tables.iter();
        tables.map(|(table, delta)| copy_table(table, delta, &to)).collect()
    });
    match copying.await {
        Ok(copied) => copied,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(LakeError::Closing.into()),
    }
}

/// Returns every table at one moment: a record that a replay moves from one to another is then in one of them.
async fn cut(lake: &Inner) -> Result<Vec<(Arc<Table>, DeltaTable)>, BackupError> {
    let tables = lake.tables();
    let mut last: Option<Vec<DeltaTable>> = None;
    for _ in 0..ATTEMPTS_MAX {
        let mut views = Vec::with_capacity(tables.len());
        for table in &tables {
            views.push(table.fresh().await?);
        }
        let is_still = |last: &[DeltaTable]| {
            last.iter()
                .map(DeltaTable::version)
                .eq(views.iter().map(DeltaTable::version))
        };
        if last.as_deref().is_some_and(is_still) {
            return Ok(tables.into_iter().zip(views).collect());
        }
        last = Some(views);
    }
    Err(BackupError::Contended { attempts: ATTEMPTS_MAX })
}

fn copy_table(table: &Table, delta: &DeltaTable, to: &Path) -> Result<BackedUp, BackupError> {
    let version = delta.version().unwrap_or(0);
    let folder = to.join(table.database()).join(table.name());
    let files = DataFile::all(table, delta)?;
    let mut bytes = 0;
    for file in &files {
        // The log names a file as a URL does; its place on disk is the same below any folder.
        let place = file.path().strip_prefix(table.folder()).unwrap_or(file.path());
        bytes += copy(file.path(), &folder.join(place))?;
    }
    let log = table.folder().join(LOG);
    for name in log_of(&log, version)? {
        copy(&log.join(&name), &folder.join(LOG).join(&name))?;
    }
    durable::sync_tree(&folder).map_err(|source| BackupError::Copy { path: folder, source })?;
    Ok(BackedUp {
        name: format!("{}.{}", table.database(), table.name()),
        version,
        files: files.len(),
        bytes,
    })
}

/// Returns the files of the log that make this version: its last checkpoint and the entries from there on, all entries if it
/// has none. The note of the last checkpoint is left out: it may name a later one, and the log is read without it.
fn log_of(log: &Path, version: u64) -> Result<Vec<String>, BackupError> {
    let failed = |source| BackupError::Copy {
        path: log.to_owned(),
        source,
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(log).map_err(failed)? {
        names.extend(entry.map_err(failed)?.file_name().into_string());
    }
    let number = |name: &str, end: &str| name.strip_suffix(end)?.parse::<u64>().ok();
    let checkpoint = |name: &String| number(name, ".checkpoint.parquet").filter(|number| *number <= version);
    let from = names.iter().filter_map(checkpoint).max();
    let is_wanted = |name: &String| match number(name, ".json") {
        Some(number) => (from.unwrap_or(0)..=version).contains(&number),
        None => from.is_some() && checkpoint(name) == from,
    };
    names.retain(is_wanted);
    names.sort();
    Ok(names)
}

fn copy(from: &Path, to: &Path) -> Result<u64, BackupError> {
    let failed = |source| BackupError::Copy {
        path: from.to_owned(),
        source,
    };
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let bytes = fs::copy(from, to).map_err(failed)?;
    fs::File::open(to).and_then(|file| file.sync_all()).map_err(failed)?;
    Ok(bytes)
}
