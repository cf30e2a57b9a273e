//! `margay query`: SQL over the lake, streamed in the form asked for.

use std::io::{self, Read};

use margay_lake::{Lake, QueryContext, QueryError, QueryErrorKind};
use margay_runtime::Clock;

use crate::cli::{Global, Query};
use crate::duration::parse_duration;
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::{Format, RowWriter, ended_early, note};

/// A table must be held in memory to align its columns, and nobody reads more by eye.
const TABLE_ROWS_DEFAULT: usize = 1_000;
/// A query longer than this was not written by a person.
const SQL_BYTES_MAX: u64 = 1024 * 1024;

pub(super) async fn run(global: &Global, arguments: Query) -> Outcome {
    let timeout = parse_duration("--timeout", &arguments.timeout)?;
    let sql = read_sql(arguments.sql)?;
    let lake = open::lake_for_reading(global).await?;
    let rows_max = arguments
        .rows_max
        .or((arguments.format == Format::Table).then_some(TABLE_ROWS_DEFAULT));
    let mut context = QueryContext::at(Clock::system().now());
    context.timeout = timeout;
    context.rows_max = rows_max.unwrap_or(context.rows_max);
    print(&lake, &sql, context, arguments.format).await
}

fn read_sql(argument: String) -> Outcome<String> {
    if argument != "-" {
        return Ok(argument);
    }
    let mut sql = String::new();
    io::stdin()
        .take(SQL_BYTES_MAX)
        .read_to_string(&mut sql)
        .or_exit(Exit::Usage)?;
    Ok(sql)
}

/// Runs `sql` and prints the answer.
pub(super) async fn print(lake: &Lake, sql: &str, context: QueryContext, format: Format) -> Outcome {
    let mut rows = lake.query(sql, context).await.map_err(exit_of)?;
    let columns = rows.columns().to_vec();
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let mut writer = match RowWriter::begin(format, &names, Box::new(io::BufWriter::new(io::stdout()))) {
        Ok(writer) => writer,
        Err(error) => return ended_early(error),
    };
    while let Some(batch) = rows.next().await.map_err(exit_of)? {
        for row in &batch {
            if let Err(error) = writer.row(row) {
                return ended_early(error);
            }
        }
    }
    match writer.end() {
        Ok(count) if rows.is_cut() => note(format_args!("cut after {count} rows; more with --rows-max")),
        Ok(_) => {}
        Err(error) => return ended_early(error),
    }
    Ok(())
}

fn exit_of(error: QueryError) -> Failure {
    let exit = if error.kind == QueryErrorKind::Failed {
        Exit::Storage
    } else {
        Exit::Query
    };
    Failure::of(exit, error)
}
