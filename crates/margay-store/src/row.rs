//! Rows of an answer as structs, column by column of the same name.
//!
//! sqlx has a derive for it. It would have `SQLite` compiled a second time, for the compiler's own use: a minute of the first build.

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
