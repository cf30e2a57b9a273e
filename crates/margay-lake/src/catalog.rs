//! Names: which tables a statement may mean, under Margay's names and under those that saved Panther queries use.
//!
//! | written | meant |
//! |---|---|
//! | `asana_audit`, `margay_logs.asana_audit`, `panther_logs.public.asana_audit` | the log type's table |
//! | `margay_monitor.classification_failures`, `panther_monitor.public.classification_failures` | the rejects |
//! | `margay_views.all_logs`, `panther_views.public.all_logs` | the standard fields of all log types |
//!
//! Only tables that the statement names are loaded, each once, so a statement sees one version of each.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use deltalake::arrow::datatypes::SchemaRef;
use deltalake::datafusion::catalog::{
    CatalogProvider, CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList, MemorySchemaProvider,
    SchemaProvider, TableProvider,
};
use deltalake::datafusion::common::TableReference;
use deltalake::datafusion::datasource::{ViewTable, empty::EmptyTable, provider_as_source};
use deltalake::datafusion::error::{DataFusionError, Result};
use deltalake::datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder, cast, ident, lit};
use deltalake::datafusion::scalar::ScalarValue;
use deltalake::kernel::StructType;

use crate::columns;
use crate::lake::Inner;
use crate::query::QueryError;
use crate::table::{CLASSIFICATION_FAILURES, LOGS, MONITOR, Table};

/// The catalog of names that have none.
pub(crate) const CATALOG: &str = "margay";
/// The view over all log types.
pub(crate) const ALL_LOGS: &str = "all_logs";
pub(crate) const VIEWS: &str = "margay_views";
/// The view's column that says which database a row is from.
pub(crate) const DB_NAME: &str = "p_db_name";
/// The schema in each of Panther's databases.
const PUBLIC: &str = "public";

/// A table that a statement may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meant<'a> {
    Log(&'a str),
    Rejects,
    AllLogs { database: &'static str },
    InformationSchema,
}

/// Returns what a name means, `None` if it can mean nothing.
fn meaning(name: &TableReference) -> Option<Meant<'_>> {
    let table = name.table();
    match (name.catalog().unwrap_or(CATALOG), name.schema().unwrap_or(LOGS)) {
        (_, "information_schema") => Some(Meant::InformationSchema),
        (CATALOG, LOGS) | ("panther_logs", PUBLIC) => Some(Meant::Log(table)),
        (CATALOG, MONITOR) | ("panther_monitor", PUBLIC) if table == CLASSIFICATION_FAILURES => Some(Meant::Rejects),
        (CATALOG, VIEWS) if table == ALL_LOGS => Some(Meant::AllLogs { database: LOGS }),
        ("panther_views", PUBLIC) if table == ALL_LOGS => Some(Meant::AllLogs {
            database: "panther_logs",
        }),
        _ => None,
    }
}

/// Returns the catalogs that hold what these names mean.
pub(crate) async fn load(lake: &Inner, names: &[TableReference]) -> Result<Arc<dyn CatalogProviderList>, QueryError> {
    let mut wanted = BTreeSet::new();
    let mut wants_all = false;
    for name in names {
        match meaning(name) {
            Some(Meant::Log(table)) if lake.log(table).is_some() => drop(wanted.insert(table.to_owned())),
            Some(Meant::Rejects) => drop(wanted.insert(CLASSIFICATION_FAILURES.to_owned())),
            Some(Meant::AllLogs { .. } | Meant::InformationSchema) => wants_all = true,
            Some(Meant::Log(_)) | None => return Err(unknown(lake, name)),
        }
    }
    let mut loaded = Loaded::default();
    for table in lake.tables() {
        if wants_all || wanted.contains(table.name()) {
            loaded.add(&table).await?;
        }
    }
    loaded.into_catalogs().map_err(|error| QueryError::of(&error))
}

fn unknown(lake: &Inner, name: &TableReference) -> QueryError {
    let mut names: Vec<String> = lake
        .tables()
        .iter()
        .map(|table| format!("{}.{}", table.database(), table.name()))
        .collect();
    names.push(format!("{VIEWS}.{ALL_LOGS}"));
    QueryError::invalid(
        format!("there is no table `{name}`"),
        Some(format!("the tables are {}", names.join(", "))),
    )
}

/// The tables of one statement, by database and name.
#[derive(Default)]
struct Loaded {
    logs: BTreeMap<String, Arc<dyn TableProvider>>,
    rejects: Option<Arc<dyn TableProvider>>,
}

impl Loaded {
    async fn add(&mut self, table: &Table) -> Result<(), QueryError> {
        let delta = table.fresh().await.map_err(|error| QueryError::of_lake(&error))?;
        let provider = delta.table_provider().await.map_err(|error| QueryError::of(&error))?;
        if table.database() == LOGS {
            self.logs.insert(table.name().to_owned(), provider);
        } else {
            self.rejects = Some(provider);
        }
        Ok(())
    }

    fn into_catalogs(self) -> Result<Arc<dyn CatalogProviderList>> {
        let logs = || self.logs.iter().map(|(name, table)| (name.as_str(), Arc::clone(table)));
        let rejects = || {
            self.rejects
                .iter()
                .map(|table| (CLASSIFICATION_FAILURES, Arc::clone(table)))
        };
        let views = |database| -> Result<_> { Ok([(ALL_LOGS, self.all_logs(database)?)]) };

        let catalogs = MemoryCatalogProviderList::new();
        let margay = MemoryCatalogProvider::new();
        margay.register_schema(LOGS, schema_of(logs())?)?;
        margay.register_schema(MONITOR, schema_of(rejects())?)?;
        margay.register_schema(VIEWS, schema_of(views(LOGS)?)?)?;
        catalogs.register_catalog(CATALOG.to_owned(), Arc::new(margay));
        for (name, schema) in [
            ("panther_logs", schema_of(logs())?),
            ("panther_monitor", schema_of(rejects())?),
            ("panther_views", schema_of(views("panther_logs")?)?),
        ] {
            let catalog = MemoryCatalogProvider::new();
            catalog.register_schema(PUBLIC, schema)?;
            catalogs.register_catalog(name.to_owned(), Arc::new(catalog));
        }
        Ok(Arc::new(catalogs))
    }

    /// Returns the view that unites the standard fields of the loaded log types, with the name of their database.
    fn all_logs(&self, database: &str) -> Result<Arc<dyn TableProvider>> {
        let standard = standard_schema()?;
        let mut united: Option<LogicalPlan> = None;
        for (name, table) in &self.logs {
            let present: HashMap<_, _> = table
                .schema()
                .fields()
                .iter()
                .map(|field| (field.name().clone(), field.data_type().clone()))
                .collect();
            let mut columns = Vec::with_capacity(standard.fields().len() + 1);
            for field in standard.fields() {
                let column = match present.get(field.name()) {
                    Some(data_type) if data_type == field.data_type() => ident(field.name()),
                    Some(_) => cast(ident(field.name()), field.data_type().clone()),
                    None => lit(ScalarValue::try_from(field.data_type())?),
                };
                columns.push(column.alias(field.name()));
            }
            columns.push(lit(database).alias(DB_NAME));
            let rows = LogicalPlanBuilder::scan(name, provider_as_source(Arc::clone(table)), None)?.project(columns)?;
            united = Some(match united {
                None => rows.build()?,
                Some(before) => LogicalPlanBuilder::from(before).union(rows.build()?)?.build()?,
            });
        }
        Ok(match united {
            Some(plan) => Arc::new(ViewTable::new(plan, None)),
            None => Arc::new(EmptyTable::new(standard)),
        })
    }
}

pub(crate) fn standard_schema() -> Result<SchemaRef> {
    let standard =
        StructType::try_new(columns::standard_columns()).map_err(|error| DataFusionError::External(Box::new(error)))?;
    Ok(columns::to_arrow(&standard)?)
}

fn schema_of<'a>(
    tables: impl IntoIterator<Item = (&'a str, Arc<dyn TableProvider>)>,
) -> Result<Arc<dyn SchemaProvider>> {
    let schema = MemorySchemaProvider::new();
    for (name, table) in tables {
        schema.register_table(name.to_owned(), table)?;
    }
    Ok(Arc::new(schema))
}
