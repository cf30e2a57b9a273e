//! Files that nobody else may read, and that appear whole or not at all.
//!
//! A new file is written under a temporary name beside its place, and given its name once it is complete and on the
//! disk. So a file that has the name is complete: an empty one was emptied by somebody, and is not a first start.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Whether [`publish`] gave the name to our file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Published {
    Ours,
    /// Another process was faster; its file stays.
    AlreadyThere,
}

/// Returns a name in the same directory that nothing has yet.
pub(crate) fn temporary_beside(path: &Path) -> Result<PathBuf, getrandom::Error> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{:016x}.new", getrandom::u64()?));
    Ok(path.with_file_name(name))
}

/// Creates a file that only its owner may read and write.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Gives the complete file `temporary` the name `path`, unless something has it already, and makes that durable.
pub(crate) fn publish(temporary: &Path, path: &Path) -> io::Result<Published> {
    let published = match fs::hard_link(temporary, path) {
        Ok(()) => Published::Ours,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Published::AlreadyThere,
        // Some file systems have no hard links; there the name is only free as of this look.
        Err(_) if path.try_exists()? => Published::AlreadyThere,
        Err(_) => {
            fs::rename(temporary, path)?;
            sync_directory_of(path)?;
            return Ok(Published::Ours);
        }
    };
    fs::remove_file(temporary)?;
    sync_directory_of(path)?;
    Ok(published)
}

/// Returns why no file can be made beside `path`; nothing if one can. It is made to find out, and removed.
pub(crate) fn why_no_file_beside(path: &Path) -> Option<ErrorKind> {
    let probe = temporary_beside(path).ok()?;
    match create(&probe) {
        Ok(_) => {
            fs::remove_file(&probe).ok();
            None
        }
        Err(error) => Some(error.kind()),
    }
}

/// Returns the file's mode if anybody but its owner has a right on it.
pub(crate) fn mode_if_shared(path: &Path) -> io::Result<Option<u32>> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path)?.permissions());
        Ok((mode & 0o077 != 0).then_some(mode & 0o777))
    }
    #[cfg(not(unix))]
    {
        fs::metadata(path)?;
        Ok(None)
    }
}

fn sync_directory_of(path: &Path) -> io::Result<()> {
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    // Windows cannot open a directory as a file.
    if cfg!(unix) {
        File::open(directory)?.sync_all()
    } else {
        Ok(())
    }
}
