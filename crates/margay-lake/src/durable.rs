//! Making files outlast a loss of power.
//!
//! The object store writes a file and does not ask the disk to keep it. A commit that outlives its data files would break
//! the table, so data goes to disk before the commit that names it, and the commit before the caller hears of it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;

use crate::table::LOG;

/// Brings data files, named relative to the table, to disk, and the folders that list them.
pub(crate) fn sync_data<'a>(table: &Path, paths: impl Iterator<Item = &'a str>) -> io::Result<()> {
    let mut folders = BTreeSet::from([table.to_owned()]);
    for path in paths {
        let file = table.join(path);
        File::open(&file)?.sync_all()?;
        folders.extend(file.parent().map(Path::to_owned));
    }
    folders.iter().try_for_each(|folder| sync_folder(folder))
}

/// Brings the log entry of a version to disk.
pub(crate) fn sync_commit(table: &Path, version: u64) -> io::Result<()> {
    let log = table.join(LOG);
    File::open(log.join(format!("{version:020}.json")))?.sync_all()?;
    sync_folder(&log)
}

/// Brings a folder and all folders in it to disk; the files in them are there already.
pub(crate) fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_tree(&entry.path())?;
        }
    }
    sync_folder(folder)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Other systems have no call for it; their file systems journal the folder.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
