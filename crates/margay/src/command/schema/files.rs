//! What a path on the command line stands for: a schema file, a file of tests, or a folder of both.

use std::path::{Path, PathBuf};

use margay_schema::limits::SCHEMA_BYTES_MAX;

use crate::exit::{Exit, Failure, Outcome};

/// Folders inside each other; a schema does not lie deeper, and a link may lead in a circle.
const FOLDER_DEPTH_MAX: usize = 16;

/// Files that one command looks at. Whoever names a home folder by mistake is told so, and does not wait.
const FILE_COUNT_MAX: usize = 10_000;

/// Endings of YAML files.
const EXTENSIONS: [&str; 2] = ["yml", "yaml"];

/// What comes before the ending in the name of a file of tests.
const TESTS_SUFFIX: &str = "_tests";

/// Keys that a schema has at its top. A YAML file in a folder that has none of them is something else.
const TOP_KEYS: [&str; 2] = ["schema", "fields"];

/// The files that the command line names, those of a folder by their names.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) schemas: Vec<PathBuf>,
    pub(super) tests: Vec<PathBuf>,
}

/// Finds the files.
///
/// # Errors
/// A path that is not there, a folder that cannot be read, too many files.
pub(super) fn find(named: &[PathBuf]) -> Outcome<Files> {
    let mut files = Files::default();
    for path in named {
        if path.is_dir() {
            collect(path, FOLDER_DEPTH_MAX, &mut files)?;
        } else if !path.exists() {
            return Err(Failure::new(Exit::Usage, format!("there is no {}", path.display())));
        } else if is_test_file(path) {
            files.tests.push(path.clone());
        } else {
            files.schemas.push(path.clone());
        }
        if files.schemas.len() + files.tests.len() > FILE_COUNT_MAX {
            return Err(Failure::new(
                Exit::Usage,
                format!("more than {FILE_COUNT_MAX} files: name a smaller folder"),
            ));
        }
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

/// Reads a schema or a file of tests. One that was named by mistake may be of any size.
///
/// # Errors
/// Why it cannot be read, for people, without its name.
pub(super) fn read(file: &Path) -> Result<String, String> {
    let could_not = |error: std::io::Error| format!("could not be read: {error}");
    let length = std::fs::metadata(file).map_err(could_not)?.len();
    if length > SCHEMA_BYTES_MAX as u64 {
        return Err(format!("has {length} bytes; a schema has at most {SCHEMA_BYTES_MAX}"));
    }
    std::fs::read_to_string(file).map_err(could_not)
}

fn collect(folder: &Path, depth_left: usize, files: &mut Files) -> Outcome {
    let could_not = |error: std::io::Error| {
        Failure::new(
            Exit::Usage,
            format!("could not read the folder {}: {error}", folder.display()),
        )
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(could_not)? {
        paths.push(entry.map_err(could_not)?.path());
    }
    paths.sort();
    for path in paths {
        if files.schemas.len() + files.tests.len() > FILE_COUNT_MAX {
            return Ok(());
        }
        if path.is_dir() {
            if depth_left > 0 {
                collect(&path, depth_left - 1, files)?;
            }
        } else if is_test_file(&path) {
            files.tests.push(path);
        } else if is_yaml(&path) && looks_like_schema(&path) {
            files.schemas.push(path);
        }
    }
    Ok(())
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
