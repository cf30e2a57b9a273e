//! Records in files: one a line, or one after another over several lines.
//!
//! Which of the two a file holds shows in its first line: if its brackets close where it ends, every line is a record,
//! and a broken one spoils no other. Otherwise a record ends where its brackets close.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use margay_schema::limits::RECORD_BYTES_MAX;

use crate::exit::{Exit, Failure, OrExit, Outcome};

#[cfg(test)]
mod tests;

/// Something to read records from, as often as one likes.
#[derive(Debug)]
pub(super) struct Samples {
    name: String,
    content: Content,
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
    name: &'a str,
    line: u64,
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.name, self.line)
    }
}

/// Endings of the files that are taken from a folder.
const EXTENSIONS: [&str; 4] = ["json", "jsonl", "ndjson", "log"];

/// Folders inside each other that are searched. Samples lie flat; this many means a link that leads back.
const FOLDER_DEPTH_MAX: usize = 16;

/// Finds what the command line names: files as they are given, those of a folder by name, and `-`.
pub(super) fn find(inputs: &[PathBuf]) -> Outcome<Vec<Samples>> {
    let mut found = Vec::new();
    for input in inputs {
        if input == Path::new("-") {
            found.push(Samples {
                name: "standard input".to_owned(),
                content: Content::Kept(keep_standard_input().or_exit(Exit::Usage)?),
            });
        } else if input.is_dir() {
            let before = found.len();
            find_in_folder(input, 0, &mut found)?;
            if found.len() == before {
                let endings = EXTENSIONS.map(|extension| format!(".{extension}")).join(", ");
                let message = format!("{} holds no file that ends with {endings}", input.display());
                return Err(Failure::new(Exit::Usage, message));
            }
        } else {
            found.push(Samples::of_file(input.clone()));
        }
    }
    Ok(found)
}

fn find_in_folder(folder: &Path, depth: usize, found: &mut Vec<Samples>) -> Outcome {
    let could_not = || Failure::new(Exit::Usage, format!("could not read the folder {}", folder.display()));
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|_| could_not())? {
        paths.push(entry.map_err(|_| could_not())?.path());
    }
    paths.sort();
    for path in paths {
        let extension = path
            .extension()
            .and_then(|extension| extension.to_str())
            .unwrap_or_default();
        if path.is_dir() && depth < FOLDER_DEPTH_MAX {
            find_in_folder(&path, depth + 1, found)?;
        } else if path.is_file() && EXTENSIONS.contains(&extension) {
            found.push(Samples::of_file(path));
        }
    }
    Ok(())
}

/// Samples are read twice, and standard input is there once.
fn keep_standard_input() -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut io::stdin().lock(), &mut file)?;
    Ok(file)
}

impl Samples {
    fn of_file(path: PathBuf) -> Self {
        Self {
            name: path.display().to_string(),
            content: Content::File(path),
        }
    }

    /// Hands every record to `act`, blank lines left out. One longer than a record may be is cut off behind that, so
    /// that it is refused for what it is.
    pub(super) fn each(&self, act: &mut dyn FnMut(Place<'_>, &[u8])) -> Outcome {
        let could_not = |_| Failure::new(Exit::Usage, format!("could not read {}", self.name));
        let file = match &self.content {
            Content::File(path) => File::open(path),
            Content::Kept(file) => file.try_clone().and_then(|mut file| file.rewind().map(|()| file)),
        };
        let mut reader = BufReader::new(file.map_err(could_not)?);
        let act = &mut |line, record: &[u8]| act(Place { name: &self.name, line }, record);
        each_record(&mut reader, act).map_err(could_not)
    }
}

/// Bytes of a record that are kept: one more than is allowed.
const BYTES_KEPT_MAX: usize = RECORD_BYTES_MAX + 1;

fn each_record(reader: &mut dyn BufRead, act: &mut dyn FnMut(u64, &[u8])) -> io::Result<()> {
    let mut open = OpenRecord::default();
    let mut is_one_a_line = None;
    let mut line = 0;
    let mut text = Vec::new();
    while read_line(reader, &mut text)? {
        line += 1;
        let trimmed = text.trim_ascii();
        if trimmed.is_empty() {
            continue;
        }
        if *is_one_a_line.get_or_insert_with(|| Brackets::default().pass(trimmed) == Some(trimmed.len())) {
            act(line, trimmed);
        } else {
            open.add(line, &text, act);
        }
    }
    if !open.bytes.is_empty() {
        act(open.line, open.bytes.trim_ascii());
    }
    Ok(())
}

/// A record whose end has not come yet.
#[derive(Debug, Default)]
struct OpenRecord {
    /// The line it begins with.
    line: u64,
    bytes: Vec<u8>,
    brackets: Brackets,
}

impl OpenRecord {
    /// Takes a line, and hands over what ends in it.
    fn add(&mut self, line: u64, text: &[u8], act: &mut dyn FnMut(u64, &[u8])) {
        let mut rest = text;
        loop {
            if self.bytes.is_empty() {
                rest = rest.trim_ascii_start();
                self.line = line;
            }
            let end = self.brackets.pass(rest);
            let (taken, after) = rest.split_at(end.unwrap_or(rest.len()));
            let room = BYTES_KEPT_MAX.saturating_sub(self.bytes.len());
            self.bytes.extend_from_slice(&taken[..taken.len().min(room)]);
            if end.is_none() {
                return;
            }
            act(self.line, self.bytes.trim_ascii());
            self.bytes.clear();
            self.brackets = Brackets::default();
            rest = after;
        }
    }
}

/// Reads a line with its end, and passes over what of it is too long to be a record. Returns whether there was one.
fn read_line(reader: &mut dyn BufRead, text: &mut Vec<u8>) -> io::Result<bool> {
    text.clear();
    let mut limited = reader.take(BYTES_KEPT_MAX as u64);
    if limited.read_until(b'\n', text)? == 0 {
        return Ok(false);
    }
    if text.len() == BYTES_KEPT_MAX && !text.ends_with(b"\n") {
        reader.skip_until(b'\n')?;
    }
    Ok(true)
}

/// Follows the brackets of a JSON value, just well enough to see where it ends.
#[derive(Debug, Default)]
struct Brackets {
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
}

impl Brackets {
    /// Passes over some bytes. Returns how many of them belong to the value, if it ends in them.
    fn pass(&mut self, bytes: &[u8]) -> Option<usize> {
        for (index, byte) in bytes.iter().enumerate() {
            if self.is_in_string {
                match byte {
                    _ if self.is_escaped => self.is_escaped = false,
                    b'\\' => self.is_escaped = true,
                    b'"' => self.is_in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.is_in_string = self.depth > 0,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(index + 1);
                    }
                }
                // What has no brackets ends with its line.
                b'\n' if self.depth == 0 => return Some(index + 1),
                _ => {}
            }
        }
        None
    }
}
