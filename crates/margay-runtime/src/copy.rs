//! Copy: a backup of the data directory, made beside a server that runs.
//!
//! ```text
//! t0  the lake       every table as it was at one moment
//! t1  the database   as it was at one moment, later
//! t2  compared       the copy's journal begins no later than the copy's tables end
//! ```
//! The lake comes first. What landed before t0 was journalled before that, so the database of t1 has it: the copied journal is
//! never behind the copied tables, which nothing could mend. What landed between t0 and t1 is not in the copied tables and is in the
//! copied journal, from which it lands again: each table says in its own commits how far it is, and landing goes on there. The one
//! way to lose this is that retention removes such entries before t1; it only removes entries that are 30 days old, so this takes an
//! outage of a month that ends during the backup. t2 finds even that, and nothing is kept of the backup then.
//!
//! A copy is made under another name beside its own, which it gets when it is complete: a folder of the name asked for is a whole
//! backup.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use margay_lake::{BackedUp, Lake, LakeError};
use margay_store::{OpenError, StorageFault, Store};

use crate::data_dir::DataDir;

/// Whether a backup has the key that decrypts the credentials in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyInCopy {
    /// It has not: who finds the copy cannot use the credentials.
    LeftOut,
    /// It has.
    Included,
}

/// What a backup has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The tables.
    pub tables: Vec<BackedUp>,
    /// Bytes of the database.
    pub database_bytes: u64,
}

/// Why there is no backup. What was copied is removed again, unless that failed too.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The folder has something in it.
    #[error("{} is not empty; it was left alone\nhint: name a folder that is empty or not there", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// An earlier backup was stopped there.
    #[error("{} is what an earlier backup left when it was stopped, or one is being made\nhint: remove it if no backup is running", path.display())]
    Unfinished {
        /// The folder.
        path: PathBuf,
    },
    /// The folder cannot be written.
    #[error("could not write the backup to {}\nhint: the folder around it must exist, belong to the user who runs Margay, and have space left", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// A table cannot be read, and a backup without it would look whole.
    #[error(
        "table `{table}` cannot be read, so there is no backup of it\nhint: `margay doctor` says what is wrong with it"
    )]
    TableUnreadable {
        /// `database.table`
        table: String,
    },
    /// Entries that the copied tables lack were removed from the journal meanwhile.
    #[error(
        "entries of source `{label}` landed and were removed from the journal while the backup was made\nhint: try again"
    )]
    Overtaken {
        /// The source's label.
        label: String,
    },
    /// The key's file could not be copied.
    #[error("could not copy the master key from {}\nhint: a key that comes from MARGAY_MASTER_KEY has no file; leave out --with-master-key", path.display())]
    Key {
        /// The key's file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// The database could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The lake could not be opened or read.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The tables could not be copied.
    #[error(transparent)]
    Tables(#[from] margay_lake::BackupError),
    /// The database could not be copied.
    #[error(transparent)]
    Database(#[from] margay_store::BackupError),
    /// The copied database could not be read.
    #[error("could not read the copied database")]
    Copy(#[source] StorageFault),
}

/// Copies the data directory to the folder `to`, which is not there yet, or empty. Changes nothing in the data directory.
///
/// # Errors
/// See [`CopyError`]; there is no folder of that name that is not a whole backup.
pub async fn copy(from: &DataDir, to: &Path, key: KeyInCopy) -> Result<Copied, CopyError> {
    let failed = |cause| CopyError::Folder {
        path: to.to_owned(),
        cause,
    };
    match fs::read_dir(to).map(|mut entries| entries.next().is_some()) {
        Ok(true) => return Err(CopyError::NotEmpty { path: to.to_owned() }),
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(failed(cause)),
        _ => {}
    }
    let unfinished = unfinished_name(to);
    let mut builder = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(&unfinished) {
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => {
            return Err(CopyError::Unfinished { path: unfinished });
        }
        made => made.map_err(failed)?,
    }
    let copied = match fill(from, &DataDir::new(&unfinished), key).await {
        // An empty folder gives way to the whole one.
        Ok(copied) => sync(&unfinished)
            .and_then(|()| fs::rename(&unfinished, to))
            .and_then(|()| sync(parent_of(to)))
            .map(|()| copied)
            .map_err(failed),
        Err(error) => Err(error),
    };
    if copied.is_err()
        && let Err(error) = fs::remove_dir_all(&unfinished)
    {
        tracing::warn!(path = %unfinished.display(), %error, "what was copied could not be removed");
    }
    copied
}

async fn fill(from: &DataDir, to: &DataDir, key: KeyInCopy) -> Result<Copied, CopyError> {
    let store = Store::open_read_only(&from.database(), None).await?;
    let lake = Lake::open_read_only(&from.lake(), &[]).await?;
    refuse_unreadable(&from.lake(), &lake)?;
    let tables = lake.backup(&to.lake()).await?;
    store.backup(&to.database()).await?;
    compare(to).await?;
    if key == KeyInCopy::Included {
        let path = from.master_key();
        copy_key(&path, &to.master_key()).map_err(|cause| CopyError::Key { path, cause })?;
    }
    let database_bytes = fs::metadata(to.database()).map_or(0, |metadata| metadata.len());
    Ok(Copied { tables, database_bytes })
}

/// Opening a lake leaves out what it cannot read, so that the rest goes on. A backup may not.
fn refuse_unreadable(root: &Path, lake: &Lake) -> Result<(), CopyError> {
    let logs = root.join("margay_logs");
    let entries = match fs::read_dir(&logs) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(CopyError::Folder { path: logs, cause }),
    };
    let known = lake.tables();
    for entry in entries {
        let entry = entry.map_err(|cause| CopyError::Folder {
            path: logs.clone(),
            cause,
        })?;
        let table = format!("margay_logs.{}", entry.file_name().to_string_lossy());
        if entry.path().join("_delta_log").is_dir() && !known.contains(&table) {
            return Err(CopyError::TableUnreadable { table });
        }
    }
    Ok(())
}

/// Makes sure that what the copied tables lack is in the copied journal.
async fn compare(copy: &DataDir) -> Result<(), CopyError> {
    let store = Store::open_read_only(&copy.database(), None).await?;
    let lake = Lake::open_read_only(&copy.lake(), &[]).await?;
    for source in store.journalled_sources().await.map_err(CopyError::Copy)? {
        let landed = lake.landed(&source.log_type, source.id).await?.unwrap_or(0);
        // The copy is ours alone: a source that was there a moment ago still is.
        let journal = store.journal_status(source.id).await;
        let pruned = journal.map_or(0, |journal| journal.pruned_through.get());
        if landed < pruned {
            return Err(CopyError::Overtaken { label: source.label });
        }
    }
    store.close().await;
    // Looking left an index and a log of no pages, which belong to the copy and to nobody's restore.
    for suffix in ["-wal", "-shm"] {
        let mut name = copy.database().into_os_string();
        name.push(suffix);
        fs::remove_file(PathBuf::from(name)).ok();
    }
    Ok(())
}

fn copy_key(from: &Path, to: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::copy(from, to)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o600))?;
    fs::File::open(to)?.sync_all()
}

fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn unfinished_name(to: &Path) -> PathBuf {
    let mut name: OsString = to.as_os_str().to_owned();
    name.push(".unfinished");
    name.into()
}
