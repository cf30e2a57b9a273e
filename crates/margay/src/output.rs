//! Everything a command prints: one writer to standard output, and the four forms of an answer.
//!
//! Always holds: integers are printed digit by digit, never through a float; times in `table` and `csv` are UTC,
//! `YYYY-MM-DD HH:MM:SS.fff`, in `json` and `ndjson` RFC 3339; a closed pipe (`| head`) ends the command quietly.

use std::io::{self, Write};
use std::time::Duration;

use comfy_table::{ContentArrangement, LineStyle, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};
use margay_lake::Cell;
use margay_runtime::row_text::{plain_text, write_csv, write_object};
use tokio::task::JoinHandle;

use crate::exit::{Exit, OrExit, Outcome};

/// How often a progress line is drawn: often enough to look alive.
const DRAW_INTERVAL: Duration = Duration::from_millis(200);

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people: aligned columns.
    Table,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated with a header line, RFC 4180.
    Csv,
}

/// Prints one line to standard output.
pub(crate) fn line(text: impl std::fmt::Display) {
    let mut out = io::stdout().lock();
    finish_on_closed_pipe(writeln!(out, "{text}").and_then(|()| out.flush()));
}

/// Prints one line to standard error.
pub(crate) fn note(text: impl std::fmt::Display) {
    // Whoever closed standard error does not want to be told.
    writeln!(io::stderr().lock(), "{text}").ok();
}

/// Returns a count with what is counted: `1 record`, `2 records`. For nouns that only take an s.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", agreeing(count, "", "s"))
}

/// Returns the word that goes with a count: `one` with 1, `many` with all others.
pub(crate) fn agreeing(count: u64, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

/// A reader that went away (`| head`) has what it wanted. Any other failure of standard output is shown once.
fn finish_on_closed_pipe(result: io::Result<()>) {
    if let Err(error) = result
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        note(format_args!("could not write to standard output: {error}"));
    }
}

/// Writes rows in one [`Format`], in batches as they come.
pub(crate) struct RowWriter<'a> {
    format: Format,
    names: Vec<String>,
    out: Box<dyn Write + 'a>,
    table: Option<Table>,
    rows: usize,
}

impl<'a> RowWriter<'a> {
    /// Begins an answer with columns of these names.
    pub(crate) fn begin(format: Format, names: &[&str], out: Box<dyn Write + 'a>) -> io::Result<Self> {
        let mut writer = Self {
            format,
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            out,
            table: None,
            rows: 0,
        };
        match format {
            Format::Table => {
                let mut table = Table::new();
                table
                    .load_style(presets::NOTHING.header_separator(LineStyle::none().fill('─').junction('─')))
                    .set_content_arrangement(ContentArrangement::Disabled);
                table.set_header(names);
                writer.table = Some(table);
            }
            Format::Json => write!(writer.out, "[")?,
            Format::Csv => {
                write_csv(&mut writer.out, names)?;
            }
            Format::Ndjson => {}
        }
        Ok(writer)
    }

    /// Writes one row.
    pub(crate) fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        match self.format {
            Format::Table => {
                if let Some(table) = &mut self.table {
                    table.add_row(cells.iter().map(display_text));
                }
            }
            Format::Json => {
                write!(self.out, "{}", if self.rows == 0 { "\n" } else { ",\n" })?;
                write_object(&mut self.out, &self.names, cells)?;
            }
            Format::Ndjson => {
                write_object(&mut self.out, &self.names, cells)?;
                writeln!(self.out)?;
            }
            Format::Csv => {
                let texts: Vec<String> = cells.iter().map(plain_text).collect();
                write_csv(&mut self.out, &texts)?;
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// Ends the answer and returns the number of rows.
    pub(crate) fn end(mut self) -> io::Result<usize> {
        match self.format {
            Format::Table => {
                if let Some(table) = &self.table {
                    writeln!(self.out, "{table}")?;
                }
            }
            Format::Json => writeln!(self.out, "{}", if self.rows == 0 { "]" } else { "\n]" })?,
            Format::Ndjson | Format::Csv => {}
        }
        self.out.flush()?;
        Ok(self.rows)
    }
}

/// Prints a whole answer.
pub(crate) fn print_rows(format: Format, names: &[&str], rows: &[Vec<Cell>]) -> Outcome {
    let written = || {
        let mut writer = RowWriter::begin(format, names, Box::new(io::BufWriter::new(io::stdout())))?;
        for row in rows {
            writer.row(row)?;
        }
        writer.end().map(drop)
    };
    written().or_else(ended_early)
}

/// Prints one thing: an aligned list for people, else one object or line.
pub(crate) fn print_object(format: Format, fields: &[(&str, Cell)]) -> Outcome {
    if format == Format::Table {
        key_values(fields);
        return Ok(());
    }
    let (names, row): (Vec<&str>, Vec<Cell>) = fields.iter().cloned().unzip();
    print_rows(format, &names, &[row])
}

/// `| head` closes the pipe when it has what it wants: that is an end, not a failure.
pub(crate) fn ended_early(error: io::Error) -> Outcome {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Ok(())
    } else {
        Err(error).or_exit(Exit::Failure)
    }
}

/// Returns a line that tells how far something is whose end is not known. It draws itself; with `--quiet` it is not there.
pub(crate) fn spinner(is_quiet: bool, first: &'static str) -> ProgressBar {
    if is_quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    bar.set_message(first);
    bar.enable_steady_tick(DRAW_INTERVAL);
    bar
}

/// A progress line that is kept up to date beside the work it tells of.
pub(crate) struct Drawing {
    bar: ProgressBar,
    task: JoinHandle<()>,
}

impl Drawing {
    /// Has `update` bring the line up to date, now and then, until the end.
    pub(crate) fn begin(bar: ProgressBar, update: impl Fn(&ProgressBar) + Send + 'static) -> Self {
        let drawn = bar.clone();
        let task = tokio::spawn(async move {
            loop {
                update(&drawn);
                tokio::time::sleep(DRAW_INTERVAL).await;
            }
        });
        Self { bar, task }
    }

    /// Takes the line away, so that what is said next begins one of its own.
    pub(crate) async fn end(self) {
        self.task.abort();
        // Aborted on purpose; it has no result.
        self.task.await.ok();
        self.bar.finish_and_clear();
    }
}

/// A cell for a terminal, see [`display_line`].
pub(crate) fn display_text(cell: &Cell) -> String {
    display_line(&plain_text(cell))
}

/// Foreign text for a terminal: what a vendor's field or a file holds must not move the cursor or colour the screen.
pub(crate) fn display_line(text: &str) -> String {
    if !text.contains(is_unsafe_on_terminal) {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unsafe_on_terminal(character) {
            safe.extend(character.escape_default());
        } else {
            safe.push(character);
        }
    }
    safe
}

/// Control characters, and those that reorder text around them.
fn is_unsafe_on_terminal(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Prints `fields` as an aligned list.
pub(crate) fn key_values(fields: &[(&str, Cell)]) {
    let width = fields
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or_default();
    for (name, cell) in fields {
        let text = display_text(cell);
        line(format_args!(
            "{name:width$}  {}",
            if text.is_empty() { "–" } else { &text }
        ));
    }
}

#[cfg(test)]
mod tests;
