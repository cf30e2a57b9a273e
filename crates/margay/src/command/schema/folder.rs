//! The files of a folder and of those inside it, each once, in the order of their names.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::exit::{Exit, Failure, Outcome};

/// Folders inside each other; what is looked for does not lie deeper.
const DEPTH_MAX: usize = 16;

/// Files and folders of any kind that one command looks at. Whoever names a home folder by mistake is told so, and does not
/// wait.
const ENTRY_COUNT_MAX: usize = 100_000;

/// A walk through folders, and where it was already.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Files and folders without links in their paths. A link may lead in a circle, and paths may name a file twice.
    seen: BTreeSet<PathBuf>,
    entry_count: usize,
}

impl Walk {
    /// Notes a file or folder, and returns whether it was not there before. What has no path without links, such as a pipe
    /// of the shell, goes by the path that it has.
    pub(super) fn is_new(&mut self, path: &Path) -> bool {
        self.seen
            .insert(path.canonicalize().unwrap_or_else(|_| path.to_owned()))
    }

    /// Hands each file of a folder to `take`, unless it was there before. Pipes and devices are passed over: reading them may
    /// never end.
    ///
    /// # Errors
    /// A folder that cannot be read, too many entries, and what `take` says.
    pub(super) fn folder(&mut self, folder: &Path, take: &mut dyn FnMut(&Path) -> Outcome) -> Outcome {
        self.level(folder, DEPTH_MAX, take)
    }

    fn level(&mut self, folder: &Path, depth_left: usize, take: &mut dyn FnMut(&Path) -> Outcome) -> Outcome {
        if !self.is_new(folder) {
            return Ok(());
        }
        for path in self.entries(folder)? {
            if path.is_dir() {
                if depth_left > 0 {
                    self.level(&path, depth_left - 1, take)?;
                }
            } else if path.is_file() && self.is_new(&path) {
                take(&path)?;
            }
        }
        Ok(())
    }

    fn entries(&mut self, folder: &Path) -> Outcome<Vec<PathBuf>> {
        let could_not = |error: io::Error| {
            Failure::new(
                Exit::Usage,
                format!("could not read the folder {}: {error}", folder.display()),
            )
        };
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(could_not)? {
            if self.entry_count == ENTRY_COUNT_MAX {
                return Err(too_many(ENTRY_COUNT_MAX));
            }
            self.entry_count += 1;
            paths.push(entry.map_err(could_not)?.path());
        }
        paths.sort();
        Ok(paths)
    }
}

/// The failure of whoever named too large a folder.
pub(super) fn too_many(limit: usize) -> Failure {
    Failure::new(Exit::Usage, format!("more than {limit} files: name a smaller folder"))
}
