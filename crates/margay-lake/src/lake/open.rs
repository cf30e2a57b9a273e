//! Opening: the tables of the schemas, those that are on disk besides, and the query engine.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deltalake::kernel::StructType;
use margay_schema::Schema;

use crate::columns;
use crate::failure::{Chain, LakeError};
use crate::query;
use crate::table::{CLASSIFICATION_FAILURES, LOG, LOGS, MONITOR, Table};

pub(super) type Opened = (PathBuf, BTreeMap<String, Arc<Table>>, Table, query::Engine);

/// Whether what is missing is made.
#[derive(Clone, Copy)]
pub(super) enum Opening {
    Create,
    Existing,
}

impl Opening {
    async fn table(
        self,
        root: &Path,
        database: &'static str,
        name: &str,
        wanted: &StructType,
    ) -> Result<Table, LakeError> {
        match self {
            Self::Create => Table::open(root, database, name, wanted).await,
            Self::Existing => Table::open_existing(root, database, name)
                .await?
                .ok_or_else(|| LakeError::Folder {
                    path: root.join(database).join(name),
                    source: std::io::Error::new(std::io::ErrorKind::NotFound, "there is no table"),
                }),
        }
    }
}

pub(super) async fn open(root: PathBuf, schemas: Vec<Schema>, opening: Opening) -> Result<Opened, LakeError> {
    if let Opening::Existing = opening {
        // Looking for a table makes its folder, so the lake's is looked for first.
        std::fs::metadata(&root).map_err(|source| LakeError::Folder {
            path: root.clone(),
            source,
        })?;
    }
    let mut logs = BTreeMap::new();
    for schema in &schemas {
        let name = schema.log_type().table_name();
        let table = opening
            .table(&root, LOGS, &name, &columns::event_columns(schema)?)
            .await?;
        logs.insert(name, Arc::new(table));
    }
    for name in tables_on_disk(&root.join(LOGS))? {
        let Entry::Vacant(place) = logs.entry(name.clone()) else {
            continue;
        };
        match Table::open_existing(&root, LOGS, &name).await {
            Ok(Some(table)) => {
                place.insert(Arc::new(table));
            }
            Ok(None) => {}
            // One table must not keep the others from landing, while the vendor deletes what was not pulled. Whoever needs
            // this one is told again.
            Err(error) => tracing::error!(
                table = name,
                error = %Chain(&error),
                "a table cannot be read, and everything else goes on; restore its folder from a backup, or move it away"
            ),
        }
    }
    let rejects = opening
        .table(&root, MONITOR, CLASSIFICATION_FAILURES, &columns::reject_columns())
        .await?;
    let engine = query::Engine::new(&root)?;
    Ok((root, logs, rejects, engine))
}

/// Returns the names of the folders that hold a Delta log.
fn tables_on_disk(database: &Path) -> Result<Vec<String>, LakeError> {
    let failed = |source| LakeError::Folder {
        path: database.to_owned(),
        source,
    };
    let mut names = Vec::new();
    let entries = match std::fs::read_dir(database) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(names),
        Err(error) => return Err(failed(error)),
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        if let Some(name) = entry.file_name().to_str()
            && entry.path().join(LOG).is_dir()
        {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}
