//! Saved searches: statements that somebody has kept under a name, for everybody who may ask the lake.
//!
//! The statement is not run here, and whether it can be planned is not looked at: a table that is there today may have other columns
//! tomorrow.

use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::audit_log::Subject;
use crate::fault::{Remedy, StorageFault};
use crate::ids::{ids, new_uuid};
use crate::row::row;
use crate::source::{LabelProblem, fold, parse_label};
use crate::store::{OrFault, Store};
use crate::time::{count_to_sql, from_micros, to_micros};

/// The most saved searches: a list that people read.
pub const SAVED_SEARCHES_MAX: usize = 1_000;
/// The longest statement: the longest that the lake takes.
pub const SAVED_SQL_BYTES_MAX: usize = 64 * 1024;
/// The longest view: it stands in an address, and browsers and proxies cut those that are much longer.
pub const SAVED_VIEW_BYTES_MAX: usize = 8 * 1024;

macro_rules! saved_search_columns {
    () => {
        "id, name, sql, view, created_by, created_at, updated_at"
    };
}

ids! {
    /// The key of a saved search.
    SavedSearchId
}

/// A saved search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    /// Its key.
    pub id: SavedSearchId,
    /// Its name, which no other has, whatever the case of its letters.
    pub name: String,
    /// The statement.
    pub sql: String,
    /// How the console shows it; opaque here.
    pub view: String,
    /// Who saved it first.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
}

/// A search to save, or what a saved one is to become.
#[derive(Debug, Clone)]
pub struct NewSavedSearch {
    /// Its name; see [`LABEL_CHARS_MAX`](crate::LABEL_CHARS_MAX).
    pub name: String,
    /// The statement; see [`SAVED_SQL_BYTES_MAX`].
    pub sql: String,
    /// How the console shows it; see [`SAVED_VIEW_BYTES_MAX`].
    pub view: String,
}

/// Why a saved search was not read or changed.
#[derive(Debug, thiserror::Error)]
pub enum SavedSearchError {
    /// There is none.
    #[error("there is no saved search with the id {0}")]
    Unknown(SavedSearchId),
    /// The name cannot be one.
    #[error("this name cannot be used: {0}")]
    NameInvalid(LabelProblem),
    /// Another saved search has that name.
    #[error("there is already a saved search with the name \"{0}\"\nhint: choose another name")]
    NameTaken(String),
    /// The statement is empty, or longer than [`SAVED_SQL_BYTES_MAX`].
    #[error("the statement of a saved search has 1 to {SAVED_SQL_BYTES_MAX} bytes")]
    SqlLength,
    /// The view is longer than [`SAVED_VIEW_BYTES_MAX`], or has characters that no address has.
    #[error("the view of a saved search has at most {SAVED_VIEW_BYTES_MAX} bytes, without control characters")]
    ViewInvalid,
    /// There are [`SAVED_SEARCHES_MAX`] already.
    #[error(
        "there are {SAVED_SEARCHES_MAX} saved searches, which is as many as there may be\nhint: delete one that nobody uses"
    )]
    TooMany,
    /// The database could not do its work.
    #[error(transparent)]
    Storage(#[from] StorageFault),
}

impl SavedSearchError {
    /// Returns what to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Storage(fault) => fault.remedy(),
            _ => Remedy::AskOperator,
        }
    }
}

row! {
    struct SavedSearchRow {
        id: String,
        name: String,
        sql: String,
        view: String,
        created_by: String,
        created_at: i64,
        updated_at: i64,
    }
}

impl Store {
    /// Saves a search for everybody.
    pub async fn create_saved_search(
        &self,
        new: &NewSavedSearch,
        by: &str,
        now: Timestamp,
    ) -> Result<SavedSearch, SavedSearchError> {
        let name = checked(new)?;
        let id = SavedSearchId(new_uuid(now));
        let mut transaction = self
            .begin_change("create_saved_search", Subject::saved_search(id))
            .await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM saved_search")
            .fetch_one(&mut *transaction)
            .await
            .or_fault(self)?;
        if usize::try_from(count).is_ok_and(|count| count >= SAVED_SEARCHES_MAX) {
            return Err(SavedSearchError::TooMany);
        }
        refuse_taken(self, &mut transaction, name, None).await?;
        let row: SavedSearchRow = sqlx::query_as(concat!(
            "INSERT INTO saved_search (id, name, name_folded, sql, view, created_by, created_at, updated_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) RETURNING ",
            saved_search_columns!()
        ))
        .bind(id.to_string())
        .bind(name)
        .bind(fold(name))
        .bind(&new.sql)
        .bind(&new.view)
        .bind(by)
        .bind(to_micros(now))
        .fetch_one(&mut *transaction)
        .await
        .or_fault(self)?;
        transaction.commit().await.or_fault(self)?;
        Ok(self.saved_search_from_row(row)?)
    }

    /// Changes all of a saved search but who saved it first.
    pub async fn change_saved_search(
        &self,
        id: SavedSearchId,
        new: &NewSavedSearch,
        now: Timestamp,
    ) -> Result<SavedSearch, SavedSearchError> {
        let name = checked(new)?;
        let mut transaction = self
            .begin_change("replace_saved_search", Subject::saved_search(id))
            .await?;
        refuse_taken(self, &mut transaction, name, Some(id)).await?;
        let row: Option<SavedSearchRow> = sqlx::query_as(concat!(
            "UPDATE saved_search SET name = ?2, name_folded = ?3, sql = ?4, view = ?5, updated_at = ?6 WHERE id = ?1 RETURNING ",
            saved_search_columns!()
        ))
        .bind(id.to_string())
        .bind(name)
        .bind(fold(name))
        .bind(&new.sql)
        .bind(&new.view)
        .bind(to_micros(now))
        .fetch_optional(&mut *transaction)
        .await
        .or_fault(self)?;
        let row = row.ok_or(SavedSearchError::Unknown(id))?;
        transaction.commit().await.or_fault(self)?;
        Ok(self.saved_search_from_row(row)?)
    }

    /// Removes a saved search.
    pub async fn delete_saved_search(&self, id: SavedSearchId) -> Result<(), SavedSearchError> {
        let mut transaction = self
            .begin_change("delete_saved_search", Subject::saved_search(id))
            .await?;
        let deleted = sqlx::query("DELETE FROM saved_search WHERE id = ?1")
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await
            .or_fault(self)?;
        if deleted.rows_affected() == 0 {
            return Err(SavedSearchError::Unknown(id));
        }
        transaction.commit().await.or_fault(self)?;
        Ok(())
    }

    /// Returns up to `limit` saved searches after `after`, the oldest first.
    pub async fn saved_searches(
        &self,
        after: Option<SavedSearchId>,
        limit: usize,
    ) -> Result<Vec<SavedSearch>, StorageFault> {
        let rows: Vec<SavedSearchRow> = sqlx::query_as(concat!(
            "SELECT ",
            saved_search_columns!(),
            " FROM saved_search WHERE ?1 IS NULL OR id > ?1 ORDER BY id LIMIT ?2"
        ))
        .bind(after.map(|after| after.to_string()))
        .bind(count_to_sql(limit))
        .fetch_all(self.readers())
        .await
        .or_fault(self)?;
        rows.into_iter().map(|row| self.saved_search_from_row(row)).collect()
    }

    /// Returns one saved search.
    pub async fn saved_search(&self, id: SavedSearchId) -> Result<SavedSearch, SavedSearchError> {
        let row: Option<SavedSearchRow> = sqlx::query_as(concat!(
            "SELECT ",
            saved_search_columns!(),
            " FROM saved_search WHERE id = ?1"
        ))
        .bind(id.to_string())
        .fetch_optional(self.readers())
        .await
        .or_fault(self)?;
        Ok(self.saved_search_from_row(row.ok_or(SavedSearchError::Unknown(id))?)?)
    }

    fn saved_search_from_row(&self, row: SavedSearchRow) -> Result<SavedSearch, StorageFault> {
        Ok(SavedSearch {
            id: row
                .id
                .parse()
                .map_err(|_| self.damaged("a saved search's id is no UUID"))?,
            name: row.name,
            sql: row.sql,
            view: row.view,
            created_by: row.created_by,
            created_at: from_micros(row.created_at),
            updated_at: from_micros(row.updated_at),
        })
    }
}

/// Returns the name of what may be saved.
fn checked(new: &NewSavedSearch) -> Result<&str, SavedSearchError> {
    let name = parse_label(&new.name).map_err(SavedSearchError::NameInvalid)?;
    if new.sql.trim().is_empty() || new.sql.len() > SAVED_SQL_BYTES_MAX {
        return Err(SavedSearchError::SqlLength);
    }
    if new.view.len() > SAVED_VIEW_BYTES_MAX || new.view.chars().any(char::is_control) {
        return Err(SavedSearchError::ViewInvalid);
    }
    Ok(name)
}

async fn refuse_taken(
    store: &Store,
    connection: &mut SqliteConnection,
    name: &str,
    own: Option<SavedSearchId>,
) -> Result<(), SavedSearchError> {
    let taken: Option<String> =
        sqlx::query_scalar("SELECT name FROM saved_search WHERE name_folded = ?1 AND (?2 IS NULL OR id <> ?2)")
            .bind(fold(name))
            .bind(own.map(|id| id.to_string()))
            .fetch_optional(connection)
            .await
            .or_fault(store)?;
    taken.map_or(Ok(()), |name| Err(SavedSearchError::NameTaken(name)))
}
