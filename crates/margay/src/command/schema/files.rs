//! What a path on the command line stands for: a schema file, a file of tests, or a folder of both.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use margay_schema::limits::SCHEMA_BYTES_MAX;

use super::folder::{Walk, too_many};
use crate::exit::{Exit, Failure, Outcome};

/// Schemas and files of tests that one command reads. Whoever names a home folder by mistake is told so, and does not wait.
const FILE_COUNT_MAX: usize = 10_000;

/// Endings of YAML files.
const EXTENSIONS: [&str; 2] = ["yml", "yaml"];

/// What comes before the ending in the name of a file of tests.
const TESTS_SUFFIX: &str = "_tests";

/// Keys that a schema has at its top. A YAML file in a folder that has none of them is something else.
const TOP_KEYS: [&str; 2] = ["schema", "fields"];

/// The files that the command line names, those of a folder by their names. None is there twice, however it was reached.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) schemas: Vec<PathBuf>,
    /// The files of tests that are named one by one, or all in the folders if none is.
    pub(super) tests: Vec<PathBuf>,
}

/// Finds the files.
///
/// # Errors
/// A path that is not there, a folder that cannot be read, too many files.
pub(super) fn find(named: &[PathBuf]) -> Outcome<Files> {
    // Files that are named come first, so that each is called what the user calls it.
    let (folders, named): (Vec<&PathBuf>, Vec<&PathBuf>) = named.iter().partition(|path| path.is_dir());
    let (mut files, mut walk) = (Files::default(), Walk::default());
    for path in named {
        if !path.exists() {
            return Err(Failure::new(Exit::Usage, format!("there is no {}", path.display())));
        }
        if walk.is_new(path) {
            files.take(path)?;
        }
    }
    let has_named_tests = !files.tests.is_empty();
    for folder in folders {
        walk.folder(folder, &mut |path| match is_test_file(path) {
            true if has_named_tests => Ok(()),
            false if !is_yaml(path) || !looks_like_schema(path) => Ok(()),
            _ => files.take(path),
        })?;
    }
    Ok(files)
}

/// Finds the schema files; none is an error.
///
/// # Errors
/// As [`find`].
pub(super) fn find_schemas(named: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let files = find(named)?.schemas;
    if files.is_empty() {
        let named: Vec<String> = named.iter().map(|path| path.display().to_string()).collect();
        return Err(Failure::new(
            Exit::Usage,
            format!(
                "there is no schema file in {}\nhint: they end in `.yml` or `.yaml`, and have `fields` at their top",
                named.join(", ")
            ),
        ));
    }
    Ok(files)
}

/// Reads a schema or a file of tests. One that was named by mistake may be of any size, or without end.
///
/// # Errors
/// Why it cannot be read, for people, without its name.
pub(in crate::command) fn read(file: &Path) -> Result<String, String> {
    let could_not = |error: io::Error| format!("could not be read: {error}");
    let mut bytes = Vec::new();
    let limit = SCHEMA_BYTES_MAX as u64 + 1;
    let file = File::open(file).map_err(could_not)?;
    file.take(limit).read_to_end(&mut bytes).map_err(could_not)?;
    if bytes.len() > SCHEMA_BYTES_MAX {
        return Err(format!(
            "has more than {SCHEMA_BYTES_MAX} bytes, the most that a schema has"
        ));
    }
    String::from_utf8(bytes).map_err(|_| "could not be read: it is not UTF-8".to_owned())
}

impl Files {
    /// Takes a file for what its name says.
    fn take(&mut self, path: &Path) -> Outcome {
        if self.schemas.len() + self.tests.len() == FILE_COUNT_MAX {
            return Err(too_many(FILE_COUNT_MAX));
        }
        let files = if is_test_file(path) {
            &mut self.tests
        } else {
            &mut self.schemas
        };
        files.push(path.to_owned());
        Ok(())
    }
}

fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known))
}

fn is_test_file(path: &Path) -> bool {
    let has_suffix = |stem: &std::ffi::OsStr| stem.to_string_lossy().ends_with(TESTS_SUFFIX);
    is_yaml(path) && path.file_stem().is_some_and(has_suffix)
}

/// A file that cannot be read is taken for a schema, so that the problem is shown.
fn looks_like_schema(path: &Path) -> bool {
    let Ok(text) = read(path) else { return true };
    let is_top_key = |line: &str| {
        let key = line.trim_start_matches(['{', '"', '\'']);
        TOP_KEYS.iter().any(|known| {
            key.strip_prefix(known)
                .is_some_and(|rest| rest.starts_with([':', '"', '\'', ' ']))
        })
    };
    text.trim_start_matches('\u{feff}').lines().any(is_top_key)
}
