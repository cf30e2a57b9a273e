//! The files of a table: whether each is there, as long as the log says, and can be read.

use std::io::ErrorKind;

use deltalake::DeltaTableError;

use super::{ExaminedTable, Finding, FindingCode, Opened, ids};
use crate::data_file::DataFile;
use crate::failure::LakeError;

/// Files that a finding names at most.
const FILES_NAMED_MAX: usize = 5;

/// The files of a table that can be read.
pub(super) struct Usable<'a> {
    pub(super) opened: &'a Opened,
    pub(super) files: Vec<&'a DataFile>,
    pub(super) rows: u64,
}

impl<'a> Usable<'a> {
    /// Looks at every file, counts the rows by source, and notes what is wrong.
    pub(super) fn of(opened: &'a Opened, examined: &mut ExaminedTable, findings: &mut Vec<Finding>) -> Self {
        let mut files = Vec::with_capacity(opened.files.len());
        let (mut missing, mut sizes, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
        let mut foreign = 0;
        for file in &opened.files {
            match std::fs::metadata(file.path()) {
                Ok(metadata) if metadata.len() == file.size() => match ids::count_rows(file, examined) {
                    Ok(of_strangers) => {
                        foreign += of_strangers;
                        files.push(file);
                    }
                    Err(error) => unreadable.push(format!("{} ({error})", file.name())),
                },
                Ok(metadata) => {
                    let (has, says) = (metadata.len(), file.size());
                    sizes.push(format!("{} (it has {has} bytes, the log says {says})", file.name()));
                }
                Err(error) if error.kind() == ErrorKind::NotFound => missing.push(file.name().to_owned()),
                Err(error) => unreadable.push(format!("{} ({error})", file.name())),
            }
        }
        let mut note = |code, names: Vec<String>, what: &str, hint: &str| {
            if !names.is_empty() {
                findings.push(Finding {
                    code,
                    table: opened.name(),
                    count: names.len() as u64,
                    rows: Vec::new(),
                    text: format!("{what}: {}\nhint: {hint}", named(&names)),
                });
            }
        };
        let hint = "restore these files from a backup of the lake, under the same names; until then queries that touch their \
                    days fail";
        note(
            FindingCode::FileMissing,
            missing,
            "files that the table consists of are not there",
            hint,
        );
        note(
            FindingCode::FileSize,
            sizes,
            "files have another size than the log says",
            hint,
        );
        note(FindingCode::FileUnreadable, unreadable, "files cannot be read", hint);
        if foreign > 0 {
            findings.push(Finding {
                code: FindingCode::RowForeign,
                table: opened.name(),
                count: foreign,
                rows: Vec::new(),
                text: format!(
                    "{foreign} rows have an id or a source that Margay does not give: something else wrote them\n\
                     hint: they do no harm; whoever wrote them can tell whether they should stay"
                ),
            });
        }
        Self {
            opened,
            files,
            rows: examined.rows,
        }
    }
}

impl Usable<'_> {
    pub(super) fn failed(&self, error: DeltaTableError) -> LakeError {
        self.opened.table.failed("read", error)
    }
}

/// Returns the first names, and how many more there are.
fn named(names: &[String]) -> String {
    let first = names
        .iter()
        .take(FILES_NAMED_MAX)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(FILES_NAMED_MAX) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
