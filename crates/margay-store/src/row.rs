//! Rows of an answer as structs, column by column of the same name.
//!
//! sqlx has a derive for it. It would have `SQLite` compiled a second time, for the compiler's own use: a minute of the first build.

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _, ValueRef as _};

/// What an outer join found on its right side: nothing where the first column is null.
///
/// Asking for what belongs to a source together with the source says in one statement both what there is and that there is no such
/// source. Each statement is a message to `SQLite`'s thread and back.
pub(crate) struct Joined<T>(Option<T>);

impl<T> Joined<T> {
    /// Returns what was found; `None` if the left side was not there either.
    pub(crate) fn found(rows: Vec<Self>) -> Option<impl Iterator<Item = T>> {
        let is_there = !rows.is_empty();
        is_there.then(|| rows.into_iter().filter_map(|row| row.0))
    }
}

impl<'r, T: FromRow<'r, SqliteRow>> FromRow<'r, SqliteRow> for Joined<T> {
    fn from_row(row: &'r SqliteRow) -> Result<Self, sqlx::Error> {
        let is_null = row.try_get_raw(0)?.is_null();
        let found = (!is_null).then(|| T::from_row(row)).transpose()?;
        Ok(Self(found))
    }
}

/// Declares a struct whose fields are the columns of their names, so that `sqlx::query_as` returns it. A first field that is written
/// `..name: Type` is a struct of the same kind, read from the same row.
macro_rules! row {
    ($(#[$attribute:meta])* $visibility:vis struct $name:ident {
        $(.. $flat:ident: $flat_type:ty,)?
        $($column:ident: $type:ty),* $(,)?
    }) => {
        $(#[$attribute])*
        $visibility struct $name {
            $($flat: $flat_type,)?
            $($column: $type),*
        }

        impl<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> for $name {
            fn from_row(row: &'r sqlx::sqlite::SqliteRow) -> Result<Self, sqlx::Error> {
                use sqlx::Row as _;

                Ok(Self {
                    $($flat: sqlx::FromRow::from_row(row)?,)?
                    $($column: row.try_get(stringify!($column))?),*
                })
            }
        }
    };
}

pub(crate) use row;
