//! Why a query failed, in words for the person who wrote it.

use std::time::Duration;

use deltalake::arrow::error::ArrowError;
use deltalake::datafusion::common::{Column, SchemaError};
use deltalake::datafusion::error::DataFusionError;

use crate::failure::{LakeError, Remedy};
use crate::macros::MacroError;

/// Columns that a hint lists before it gives up.
const COLUMNS_LISTED_MAX: usize = 40;

/// What a query failed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueryErrorKind {
    /// The text is not SQL, names something that does not exist, or computes what cannot be: its writer can mend it.
    Invalid,
    /// The statement would change something.
    Refused,
    /// It ran longer than allowed.
    TimedOut,
    /// It needed more memory or disk than allowed.
    TooLarge,
    /// The lake could not be read.
    Failed,
}

/// Where in the statement something is, as editors count: from 1, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: u64,
    /// The column.
    pub column: u64,
}

/// Why a query gave no rows, or no further ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", hint.as_ref().map(|hint| format!("\nhint: {hint}")).unwrap_or_default())]
pub struct QueryError {
    /// What kind of failure it is.
    pub kind: QueryErrorKind,
    /// What happened, for the person who wrote the query.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where in the statement, if the engine says so.
    pub place: Option<Place>,
}

impl QueryError {
    /// Returns what the caller should do.
    pub fn remedy(&self) -> Remedy {
        match self.kind {
            QueryErrorKind::Failed => Remedy::Retry,
            QueryErrorKind::Invalid | QueryErrorKind::Refused | QueryErrorKind::TimedOut | QueryErrorKind::TooLarge => {
                Remedy::AskOperator
            }
        }
    }

    pub(crate) fn invalid(message: String, hint: Option<String>) -> Self {
        Self {
            kind: QueryErrorKind::Invalid,
            message,
            hint,
            place: None,
        }
    }

    pub(crate) fn refused() -> Self {
        Self {
            kind: QueryErrorKind::Refused,
            message: "only reading is allowed here".to_owned(),
            hint: Some("start with select, with, explain, describe or show tables".to_owned()),
            place: None,
        }
    }

    pub(crate) fn timed_out(timeout: Duration) -> Self {
        Self {
            kind: QueryErrorKind::TimedOut,
            message: format!("the query was stopped after {timeout:?}"),
            hint: Some("narrow the time, for example with p_occurs_since('1 d')".to_owned()),
            place: None,
        }
    }

    pub(crate) fn closing() -> Self {
        Self::failed("the lake stopped before the query was done")
    }

    pub(crate) fn of_macro(error: MacroError) -> Self {
        Self::invalid(error.message, Some(error.hint))
    }

    pub(crate) fn of_lake(error: &LakeError) -> Self {
        tracing::error!(error = %chain(error), "a query could not read the lake");
        Self::failed(&error.to_string())
    }

    /// Translates the engine's error; what only we can mend goes to the log.
    pub(crate) fn of(error: &DataFusionError) -> Self {
        match error {
            DataFusionError::Context(_, inner) => Self::of(inner),
            DataFusionError::Diagnostic(diagnostic, inner) => {
                let place = diagnostic.span.map(|span| Place {
                    line: span.start.line,
                    column: span.start.column,
                });
                let error = Self::of(inner);
                Self {
                    place: error.place.or(place),
                    ..error
                }
            }
            DataFusionError::Shared(inner) => Self::of(inner),
            DataFusionError::Collection(errors) if !errors.is_empty() => Self::of(&errors[0]),
            DataFusionError::SQL(error, _) => {
                let message = error.to_string();
                Self {
                    place: place_in(&message),
                    ..Self::invalid(syntax(&message), None)
                }
            }
            DataFusionError::SchemaError(error, _) => Self::of_schema(error),
            DataFusionError::Plan(message)
            | DataFusionError::Execution(message)
            | DataFusionError::Configuration(message) => Self::of_text(message),
            DataFusionError::NotImplemented(message) => Self::of_text(&format!("this is not supported: {message}")),
            DataFusionError::ArrowError(error, _) => Self::of_arrow(error),
            DataFusionError::External(inner) if let Some(error) = inner.downcast_ref::<DataFusionError>() => {
                Self::of(error)
            }
            DataFusionError::ResourcesExhausted(_) => Self {
                kind: QueryErrorKind::TooLarge,
                message: "the query needs more memory than it is allowed".to_owned(),
                hint: Some("narrow the time, take fewer columns, or add a limit".to_owned()),
                place: None,
            },
            other => Self::of_cause(other),
        }
    }

    /// Tells a computation that cannot be from a file that cannot be read.
    fn of_arrow(error: &ArrowError) -> Self {
        match error {
            ArrowError::ExternalError(inner) if let Some(error) = inner.downcast_ref::<DataFusionError>() => {
                Self::of(error)
            }
            ArrowError::ExternalError(_)
            | ArrowError::IoError(..)
            | ArrowError::IpcError(_)
            | ArrowError::ParquetError(_)
            | ArrowError::MemoryError(_)
            | ArrowError::CDataInterface(_) => Self::of_cause(error),
            computation => Self::of_text(&computation.to_string()),
        }
    }

    fn of_cause(error: &dyn std::error::Error) -> Self {
        let chain = chain(error);
        tracing::error!(error = %chain, "a query failed");
        if let Some(file) = missing_file(&chain) {
            return Self {
                kind: QueryErrorKind::Failed,
                message: format!("a data file of the lake is not there: {file}"),
                hint: Some("restore it from a backup of the lake; until then leave out its day".to_owned()),
                place: None,
            };
        }
        Self::failed("the query could not be run; the log has the cause")
    }

    fn of_schema(error: &SchemaError) -> Self {
        match error {
            SchemaError::FieldNotFound { field, valid_fields } => Self::invalid(
                format!("there is no column `{}`", field.flat_name()),
                Some(suggest(field, valid_fields)),
            ),
            SchemaError::AmbiguousReference { field } => Self::invalid(
                format!("the column `{}` is in more than one table", field.name),
                Some("put the table's name or alias before it".to_owned()),
            ),
            other => Self::of_text(&other.to_string()),
        }
    }

    /// Keeps what a person can use of the engine's text: a line for what happened, one for what to do, no backtrace.
    fn of_text(text: &str) -> Self {
        let text = text.split("\n\n").next().unwrap_or(text).trim();
        match text.split_once('\n') {
            Some((message, hint)) => {
                let hint = hint
                    .trim()
                    .trim_start_matches("Did you mean")
                    .trim_end_matches('?')
                    .trim();
                Self::invalid(
                    message.trim_end_matches('.').to_owned(),
                    Some(format!("did you mean {}?", hint.replace('\'', "`"))),
                )
            }
            None => Self::invalid(text.to_owned(), None),
        }
    }

    fn failed(message: &str) -> Self {
        Self {
            kind: QueryErrorKind::Failed,
            message: message.to_owned(),
            hint: None,
            place: None,
        }
    }
}

/// Returns the file that storage does not have, if that is among the causes. The layers between wrap the storage's error in
/// ways that change from version to version; its text comes through.
fn missing_file(chain: &str) -> Option<&str> {
    let (_, rest) = chain.split_once("Object at location ")?;
    rest.split_once(" not found").map(|(file, _)| file)
}

/// Returns the column that was probably meant, or all there are.
fn suggest(wanted: &Column, columns: &[Column]) -> String {
    let by_case = columns
        .iter()
        .find(|column| column.name.eq_ignore_ascii_case(&wanted.name));
    if let Some(column) = by_case {
        return format!("names with capital letters need double quotes: \"{}\"", column.name);
    }
    let nearest = columns
        .iter()
        .map(|column| (distance(&wanted.name, &column.name), &column.name))
        .min();
    if let Some((distance, name)) = nearest
        && distance <= wanted.name.len().div_ceil(3)
    {
        return format!("did you mean `{name}`?");
    }
    let names: Vec<_> = columns
        .iter()
        .map(|column| column.name.as_str())
        .take(COLUMNS_LISTED_MAX)
        .collect();
    let more = if columns.len() > names.len() { ", …" } else { "" };
    format!("the columns are {}{more}", names.join(", "))
}

/// Returns how many letters to insert, delete or replace to make one word the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (to, other) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[to + 1];
            row[to + 1] = replaced.min(row[to] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

fn syntax(message: &str) -> String {
    let message = message.trim_start_matches("sql parser error: ");
    format!("this is not SQL that we understand: {message}")
}

/// Returns the place that the parser writes at the end of its message.
fn place_in(message: &str) -> Option<Place> {
    let (_, place) = message.rsplit_once(" at Line: ")?;
    let (line, column) = place.split_once(", Column: ")?;
    Some(Place {
        line: line.parse().ok()?,
        column: column.trim().parse().ok()?,
    })
}

/// Returns the error and its causes in one line, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_column_is_suggested() {
        let columns = ["gid", "event_type", "p_event_time"].map(Column::from_name);
        assert_eq!(
            suggest(&Column::from_name("event_tpye"), &columns),
            "did you mean `event_type`?"
        );
        assert_eq!(
            suggest(&Column::from_name("xyz"), &columns),
            "the columns are gid, event_type, p_event_time"
        );
    }

    #[test]
    fn distance_counts_edits() {
        for (one, other, expected) in [
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("gid", "gid", 0),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }
}
