//! Records in files: plain, gzip or zstd, and cut by their stream type. One record is held at a time.

use std::error::Error as _;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use margay_runtime::Payload;
use margay_schema::{Records, Schema, StreamError, StreamType};

use super::folder::Walk;
use crate::exit::{Exit, Failure, OrExit, Outcome};

/// Something to read records from; as often as one likes, unless it is standard input that was not kept.
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
    /// Standard input as it comes, so that a log can be followed.
    StandardInput,
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

/// What records are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be normalised: any kind of file, read once.
    Parse,
    /// To infer a schema from: JSON, read again to try the schema.
    Infer,
}

impl Purpose {
    /// Endings of the files that are taken from a folder.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Parse => &["json", "jsonl", "ndjson", "log", "csv", "tsv", "txt"],
            Self::Infer => &["json", "jsonl", "ndjson", "log"],
        }
    }
}

/// Endings that may follow those.
const COMPRESSED: [&str; 2] = ["gz", "zst"];

/// Finds what the command line names: files as they are given, those of a folder by name and ending, and `-`.
///
/// # Errors
/// A folder that cannot be read or holds no such file, `-` given twice.
pub(super) fn find(inputs: &[PathBuf], stream_type: &StreamType, purpose: Purpose) -> Outcome<Vec<Samples>> {
    let of = |name: String, content: Content| Samples {
        name,
        content,
        stream_type: stream_type.clone(),
    };
    let of_file = |path: &Path| of(path.display().to_string(), Content::File(path.to_owned()));
    let (mut found, mut walk) = (Vec::new(), Walk::default());
    for input in inputs {
        if input == Path::new("-") {
            let is_again = found
                .iter()
                .any(|some: &Samples| !matches!(some.content, Content::File(_)));
            if is_again {
                return Err(Failure::new(
                    Exit::Usage,
                    "standard input (`-`) is given twice, and is there once",
                ));
            }
            let content = match purpose {
                Purpose::Parse => Content::StandardInput,
                Purpose::Infer => Content::Kept(keep_standard_input().or_exit(Exit::Usage)?),
            };
            found.push(of("standard input".to_owned(), content));
        } else if input.is_dir() {
            let before = found.len();
            walk.folder(input, &mut |path| {
                if has_ending(path, purpose.endings()) {
                    found.push(of_file(path));
                }
                Ok(())
            })?;
            if found.len() == before {
                let endings = purpose.endings().join(", .");
                let message = format!("{} holds no file that ends with .{endings}", input.display());
                return Err(Failure::new(Exit::Usage, message));
            }
        } else {
            found.push(of_file(input));
        }
    }
    Ok(found)
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
    /// Whether records may come as they happen, so that nothing should wait for the next.
    pub(super) fn is_followed(&self) -> bool {
        matches!(self.content, Content::StandardInput)
    }

    /// Hands every record to `act` until it breaks off. The schema is the one that the records are for, if there is one.
    ///
    /// # Errors
    /// A file that cannot be read to its end. What `act` was handed before stands.
    pub(super) fn each(
        &self,
        schema: Option<&Schema>,
        act: &mut dyn FnMut(Place<'_>, &[u8]) -> ControlFlow<()>,
    ) -> Outcome {
        let could_not = |error: io::Error| Failure::new(Exit::Usage, format!("could not read {}: {error}", self.name));
        let reader: io::Result<Box<dyn Read>> = match &self.content {
            Content::File(path) => File::open(path).map(|file| Box::new(file) as _),
            Content::Kept(file) => file
                .try_clone()
                .and_then(|mut file| file.rewind().map(|()| Box::new(file) as _)),
            Content::StandardInput => Ok(Box::new(io::stdin())),
        };
        let payload = reader.and_then(Payload::new).map_err(could_not)?;
        for record in Records::new(payload, &self.stream_type, schema) {
            let record = record.map_err(|error| self.broken(&error))?;
            let place = Place {
                name: &self.name,
                line: record.line,
                index: record.index,
            };
            if act(place, &record.bytes).is_break() {
                break;
            }
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
