//! Read-only SQL over the lake.
//!
//! statement text → syntax tree, one statement, reading only → macros expanded → tables that it names, as they are now →
//! plan → rows, streamed, converted on the lake's threads.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use deltalake::arrow::temporal_conversions::timestamp_us_to_datetime;
use deltalake::datafusion::common::TableReference;
use deltalake::datafusion::common::tree_node::{Transformed, TreeNode};
use deltalake::datafusion::error::DataFusionError;
use deltalake::datafusion::execution::context::SQLOptions;
use deltalake::datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use deltalake::datafusion::execution::memory_pool::FairSpillPool;
use deltalake::datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use deltalake::datafusion::execution::{SendableRecordBatchStream, SessionState, SessionStateBuilder};
use deltalake::datafusion::logical_expr::ScalarUDF;
use deltalake::datafusion::logical_expr::registry::FunctionRegistry;
use deltalake::datafusion::physical_plan::coop::CooperativeExec;
use deltalake::datafusion::physical_plan::{ExecutionPlan, execute_stream};
use deltalake::datafusion::prelude::SessionConfig;
use deltalake::datafusion::sql::parser::{DFParserBuilder, Statement};
use deltalake::datafusion::sql::sqlparser::ast::Statement as SqlStatement;
use jiff::Timestamp;
use tokio::time::Instant;

use crate::catalog::{self, CATALOG};
use crate::failure::LakeError;
use crate::json_text::JsonGetText;
use crate::lake::Inner;
use crate::macros;
use crate::table::LOGS;
use crate::workers::Stopped;

mod date_trunc;
mod error;
mod paths;
mod rows;

use date_trunc::DateTrunc;
pub use error::{Place, QueryError, QueryErrorKind};
pub use rows::Rows;

/// The longest statement. Planning 2,000 conditions joined by `or`, 30 kB, takes 4 s, and twice as many four times as long.
const SQL_BYTES_MAX: usize = 64 << 10;
/// Disk for one query's intermediate results.
const SPILL_BYTES_MAX: u64 = 8 << 30;
/// Default for [`QueryContext::timeout`].
const TIMEOUT: Duration = Duration::from_mins(5);
/// The longest time a query may run, whatever it asks for: well within the time that replaced files are kept.
const TIMEOUT_MAX: Duration = Duration::from_hours(24);
/// Default for [`QueryContext::memory_bytes_max`]: leaves half of a machine with 1 GiB.
const MEMORY_BYTES_MAX: usize = 512 << 20;
/// Memory for the footers of Parquet files, over all queries.
const FOOTER_BYTES_MAX: usize = 64 << 20;

/// Functions that make much of little: a value as large as its caller likes of a number. The engine does not count such memory, and some of
/// it is spent while planning, where nothing stops it. Searching logs needs none of them; the table function `generate_series` stays.
const MULTIPLIERS: &[&str] = &[
    "repeat",
    "lpad",
    "rpad",
    "array_repeat",
    "list_repeat",
    "array_resize",
    "list_resize",
    "range",
    "generate_series",
];

/// Whether a query may call functions that make much of little.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Multipliers {
    /// It may: whoever runs it has the machine anyway.
    Allowed,
    /// It may not: it is asked by somebody who has no more than a token.
    Refused,
}

/// Under which conditions a query runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueryContext {
    /// The present, for `now()` and the `p_occurs_since` macro.
    pub now: Timestamp,
    /// Rows after which the answer is cut; [`Rows::is_cut`] tells.
    pub rows_max: usize,
    /// Bytes of the rows, see [`Cell::bytes`](crate::Cell::bytes), after which the answer is cut.
    pub bytes_max: usize,
    /// Time after which the query is stopped; at most a day.
    pub timeout: Duration,
    /// Memory for sorting, grouping and joining; beyond it they spill to disk, then fail.
    pub memory_bytes_max: usize,
    /// Whether it may call functions that make much of little.
    pub multipliers: Multipliers,
}

impl QueryContext {
    /// Returns the default limits at this time: any number of rows and bytes, five minutes, 512 MiB.
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            rows_max: usize::MAX,
            bytes_max: usize::MAX,
            timeout: TIMEOUT,
            memory_bytes_max: MEMORY_BYTES_MAX,
            multipliers: Multipliers::Allowed,
        }
    }
}

/// What all queries share: functions, settings, caches.
pub(crate) struct Engine {
    state: SessionState,
    spill: PathBuf,
}

impl Engine {
    pub(crate) fn new(root: &Path) -> Result<Self, LakeError> {
        let spill = root.join("spill");
        std::fs::create_dir_all(&spill).map_err(|source| LakeError::Folder {
            path: spill.clone(),
            source,
        })?;
        let failed = |error: DataFusionError| LakeError::Engine(Box::new(error));
        let environment = RuntimeEnvBuilder::new()
            .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
            .with_metadata_cache_limit(FOOTER_BYTES_MAX)
            .build_arc()
            .map_err(failed)?;
        let config = SessionConfig::new()
            .with_default_catalog_and_schema(CATALOG, LOGS)
            .with_create_default_catalog_and_schema(false)
            .with_information_schema(true)
            .set_str("datafusion.execution.time_zone", "+00:00")
            // Errors then say where.
            .set_bool("datafusion.sql_parser.collect_spans", true)
            // delta-rs asks for these: joins on partition columns can panic otherwise.
            .set_usize("datafusion.optimizer.hash_join_inlist_pushdown_max_size", 0)
            .set_usize("datafusion.optimizer.hash_join_inlist_pushdown_max_distinct_values", 0);
        let mut state = SessionStateBuilder::new()
            .with_default_features()
            .with_config(config)
            .with_runtime_env(environment)
            .build();
        for function in [
            ScalarUDF::from(JsonGetText::default()),
            ScalarUDF::from(DateTrunc::default()),
        ] {
            state.register_udf(Arc::new(function)).map_err(failed)?;
        }
        Ok(Self { state, spill })
    }

    /// Returns a session for one query: its own memory, its own folder to spill to, its own present, the shared caches.
    fn session(&self, context: &QueryContext) -> Result<SessionState, QueryError> {
        let shared: &RuntimeEnv = self.state.runtime_env();
        let with_disk = |disk| {
            RuntimeEnvBuilder::from_runtime_env(shared)
                .with_memory_pool(Arc::new(FairSpillPool::new(context.memory_bytes_max)))
                .with_disk_manager_builder(disk)
                .build_arc()
        };
        let environment = with_disk(disk_of(&self.spill)).or_else(|error| {
            // A disk that is full or read-only is when people ask the most; most queries need none.
            tracing::warn!(%error, "a query has no folder to spill to, and memory only");
            with_disk(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
        });
        let environment = environment.map_err(|error| QueryError::of(&error))?;
        let mut state = SessionStateBuilder::new_from_existing(self.state.clone())
            .with_runtime_env(environment)
            .build();
        if context.multipliers == Multipliers::Refused {
            for name in MULTIPLIERS {
                state.deregister_udf(name).map_err(|error| QueryError::of(&error))?;
            }
        }
        state.mark_start_execution();
        if let Some(now) = timestamp_us_to_datetime(context.now.as_microsecond()) {
            state.execution_props_mut().query_execution_start_time = Some(now.and_utc());
        }
        Ok(state)
    }

    /// Deletes what queries of processes that died left behind. Failing is no harm: the next round tries again.
    pub(crate) fn remove_spill_older_than(&self, limit: Timestamp) {
        let Ok(limit) = SystemTime::try_from(limit) else { return };
        for entry in std::fs::read_dir(&self.spill).into_iter().flatten().flatten() {
            let is_old = entry
                .metadata()
                .and_then(|metadata| metadata.modified())
                .is_ok_and(|modified| modified < limit);
            if is_old && let Err(error) = std::fs::remove_dir_all(entry.path()) {
                tracing::warn!(path = %entry.path().display(), %error, "a leftover of a query could not be deleted");
            }
        }
    }
}

fn disk_of(spill: &Path) -> DiskManagerBuilder {
    DiskManagerBuilder::default()
        .with_mode(DiskManagerMode::Directories(vec![spill.to_owned()]))
        .with_max_temp_directory_size(SPILL_BYTES_MAX)
}

pub(crate) async fn query(lake: &Arc<Inner>, sql: &str, context: QueryContext) -> Result<Rows, QueryError> {
    let sql = sql.to_owned();
    let deadline = Instant::now() + context.timeout.min(TIMEOUT_MAX);
    let inner = Arc::clone(lake);
    // Planning that is out of time is left to end by itself, like all that computes without a pause: the Delta kernel panics if what it waits
    // for is dropped. Whoever waits for the plan looks at the clock.
    let planned = lake
        .query_workers
        .run(async move { plan(&inner, &sql, &context).await });
    let planned = tokio::time::timeout_at(deadline, planned)
        .await
        .map_err(|_| QueryError::timed_out(context.timeout))?;
    let stream = planned.map_err(|Stopped| QueryError::closing())??;
    Ok(Rows::start(&lake.query_workers, stream, &context, deadline))
}

async fn plan(lake: &Inner, sql: &str, context: &QueryContext) -> Result<SendableRecordBatchStream, QueryError> {
    let mut statement = parse(sql)?;
    macros::expand(&mut statement, context.now).map_err(QueryError::of_macro)?;
    paths::rewrite(&mut statement);
    let mut state = lake.engine.session(context)?;
    let names = state
        .resolve_table_references(&statement)
        .map_err(|error| QueryError::of(&error))?;
    // A function that gives rows, such as generate_series, is not a table.
    let is_table =
        |name: &TableReference| name.schema().is_some() || !state.table_functions().contains_key(name.table());
    let names: Vec<_> = names.into_iter().filter(is_table).collect();
    state.register_catalog_list(catalog::load(lake, &names).await?);
    let plan = state
        .statement_to_plan(statement)
        .await
        .map_err(|error| QueryError::of(&error))?;
    // The syntax tree was checked; this looks at the plan, in case a reading statement becomes a writing plan.
    let reading = SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false);
    reading.verify_plan(&plan).map_err(|_| QueryError::refused())?;
    let physical = state
        .create_physical_plan(&plan)
        .await
        .map_err(|error| QueryError::of(&error))?;
    let physical = cooperative(physical).map_err(|error| QueryError::of(&error))?;
    execute_stream(physical, state.task_ctx()).map_err(|error| QueryError::of(&error))
}

/// Lets joins pause now and then, so that a query can be stopped while they work. The engine sees to that for what reads; a join makes
/// millions of rows of one batch without reading again.
fn cooperative(plan: Arc<dyn ExecutionPlan>) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
    let paused = plan.transform_up(|node| {
        if node.name().contains("Join") {
            return Ok(Transformed::yes(
                Arc::new(CooperativeExec::new(node)) as Arc<dyn ExecutionPlan>
            ));
        }
        Ok(Transformed::no(node))
    })?;
    Ok(paused.data)
}

/// Returns the one reading statement of the text.
fn parse(sql: &str) -> Result<Statement, QueryError> {
    if sql.len() > SQL_BYTES_MAX {
        let what = format!(
            "the statement has {} bytes; at most {SQL_BYTES_MAX} are allowed",
            sql.len()
        );
        return Err(QueryError::invalid(what, None));
    }
    let parser = DFParserBuilder::new(sql)
        .build()
        .map_err(|error| QueryError::of(&error))?;
    let mut statements = { parser }.parse_statements().map_err(|error| QueryError::of(&error))?;
    match (statements.pop_front(), statements.len()) {
        (Some(statement), 0) if is_reading(&statement) => Ok(statement),
        (Some(_), 0) => Err(QueryError::refused()),
        (Some(_), _) => Err(QueryError::invalid("one statement at a time, please".to_owned(), None)),
        (None, _) => Err(QueryError::invalid(
            "there is no statement".to_owned(),
            Some("try select * from margay_views.all_logs limit 10".to_owned()),
        )),
    }
}

fn is_reading(statement: &Statement) -> bool {
    match statement {
        Statement::Statement(statement) => matches!(
            statement.as_ref(),
            SqlStatement::Query(_)
                | SqlStatement::ExplainTable { .. }
                | SqlStatement::ShowTables { .. }
                | SqlStatement::ShowColumns { .. }
        ),
        Statement::Explain(explain) => is_reading(&explain.statement),
        Statement::CreateExternalTable(_) | Statement::CopyTo(_) | Statement::Reset(_) => false,
    }
}
