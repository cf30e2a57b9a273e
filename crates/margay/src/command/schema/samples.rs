//! Records in files: plain, gzip or zstd, and cut by their stream type. One record is held at a time.

use std::error::Error as _;
use std::fs::File;
use std::io::{self, Seek};
use std::path::{Path, PathBuf};

use margay_runtime::Payload;
use margay_schema::{Records, Schema, StreamError, StreamType};

use crate::exit::{Exit, Failure, OrExit, Outcome};

/// Something to read records from, as often as one likes.
#[derive(Debug)]
pub(super) struct Samples {
    name: String,
    content: Content,
    stream_type: StreamType,
}

#[derive(Debug)]
enum Content {
    File(PathBuf),
    /// What came on standard input, kept in a file without a name.
    Kept(File),
}

/// Where a record begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// The file.
    pub(super) name: &'a str,
    /// The line, from 1.
    pub(super) line: u64,
    /// How many records of the file came before.
    pub(super) index: u64,
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.name, self.line)
    }
}

/// Endings of files of JSON records.
pub(super) const JSON_ENDINGS: &[&str] = &["json", "jsonl", "ndjson", "log"];

/// Endings of files of records of any kind.
pub(super) const RECORD_ENDINGS: &[&str] = &["json", "jsonl", "ndjson", "log", "csv", "tsv", "txt"];

/// Endings that may follow those.
const COMPRESSED: [&str; 2] = ["gz", "zst"];

/// Folders inside each other that are searched. Samples lie flat; this many means a link that leads back.
const FOLDER_DEPTH_MAX: usize = 16;

/// Finds what the command line names: files as they are given, those of a folder by name and ending, and `-`.
pub(super) fn find(inputs: &[PathBuf], stream_type: &StreamType, endings: &[&str]) -> Outcome<Vec<Samples>> {
    let mut found = Vec::new();
    for input in inputs {
        if input == Path::new("-") {
            found.push(Samples {
                name: "standard input".to_owned(),
                content: Content::Kept(keep_standard_input().or_exit(Exit::Usage)?),
                stream_type: stream_type.clone(),
            });
        } else if input.is_dir() {
            let before = found.len();
            find_in_folder(input, 0, stream_type, endings, &mut found)?;
            if found.len() == before {
                let message = format!(
                    "{} holds no file that ends with .{}",
                    input.display(),
                    endings.join(", .")
                );
                return Err(Failure::new(Exit::Usage, message));
            }
        } else {
            found.push(Samples::of_file(input.clone(), stream_type));
        }
    }
    Ok(found)
}

fn find_in_folder(
    folder: &Path,
    depth: usize,
    stream_type: &StreamType,
    endings: &[&str],
    found: &mut Vec<Samples>,
) -> Outcome {
    let could_not = || Failure::new(Exit::Usage, format!("could not read the folder {}", folder.display()));
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|_| could_not())? {
        paths.push(entry.map_err(|_| could_not())?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() && depth < FOLDER_DEPTH_MAX {
            find_in_folder(&path, depth + 1, stream_type, endings, found)?;
        } else if path.is_file() && has_ending(&path, endings) {
            found.push(Samples::of_file(path, stream_type));
        }
    }
    Ok(())
}

/// Whether a file has one of the endings, or one of a compressed file after it.
fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let is_one_of = |path: &Path, known: &[&str]| {
        path.extension()
            .is_some_and(|it| known.iter().any(|known| it == *known))
    };
    is_one_of(path, endings) || is_one_of(path, &COMPRESSED) && is_one_of(&path.with_extension(""), endings)
}

/// Samples are read twice, and standard input is there once.
fn keep_standard_input() -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut io::stdin().lock(), &mut file)?;
    Ok(file)
}

impl Samples {
    fn of_file(path: PathBuf, stream_type: &StreamType) -> Self {
        Self {
            name: path.display().to_string(),
            content: Content::File(path),
            stream_type: stream_type.clone(),
        }
    }

    /// Hands every record to `act`. The schema is the one that the records are for, if there is one.
    pub(super) fn each(&self, schema: Option<&Schema>, act: &mut dyn FnMut(Place<'_>, &[u8])) -> Outcome {
        let could_not = |error: io::Error| Failure::new(Exit::Usage, format!("could not read {}: {error}", self.name));
        let file = match &self.content {
            Content::File(path) => File::open(path),
            Content::Kept(file) => file.try_clone().and_then(|mut file| file.rewind().map(|()| file)),
        };
        let payload = file.and_then(Payload::new).map_err(could_not)?;
        for record in Records::new(payload, &self.stream_type, schema) {
            let record = record.map_err(|error| self.broken(&error))?;
            let place = Place {
                name: &self.name,
                line: record.line,
                index: record.index,
            };
            act(place, &record.bytes);
        }
        Ok(())
    }

    /// The file cannot be cut any further; what came before stands.
    fn broken(&self, error: &StreamError) -> Failure {
        let mut message = format!("{}: {error}", self.name);
        let mut cause = error.source();
        while let Some(inner) = cause {
            let text = inner.to_string();
            if !message.contains(&text) {
                message = format!("{message}\n  because: {text}");
            }
            cause = inner.source();
        }
        Failure::new(Exit::Usage, message)
    }
}
