//! A query's answer, streamed.

use std::ops::Range;
use std::time::Duration;

use deltalake::arrow::record_batch::RecordBatch;
use deltalake::datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::{QueryContext, QueryError};
use crate::cell::{self, Cell, Column};
use crate::workers::Workers;

/// Batches of rows that wait for a reader. More only costs memory: the reader is slower, or is not.
const BATCHES_WAITING_MAX: usize = 2;
/// Rows of a batch. An event may be tens of kilobytes.
const ROWS_AT_ONCE: usize = 1_024;

/// A query's answer, in batches of at most a few thousand rows. Dropping it stops the query.
#[derive(Debug)]
pub struct Rows {
    columns: Vec<Column>,
    batches: mpsc::Receiver<Result<Message, QueryError>>,
    pump: JoinHandle<()>,
    is_cut: bool,
    has_ended: bool,
}

enum Message {
    Rows(Vec<Vec<Cell>>),
    End { is_cut: bool },
}

impl Rows {
    pub(super) fn start(
        workers: &Workers,
        stream: SendableRecordBatchStream,
        context: &QueryContext,
        deadline: Instant,
    ) -> Self {
        let columns = cell::columns_of(&stream.schema());
        let (sender, batches) = mpsc::channel(BATCHES_WAITING_MAX);
        let limits = Limits {
            rows_max: context.rows_max,
            deadline,
            timeout: context.timeout,
        };
        let pump = workers.spawn(pump(stream, limits, sender));
        Self {
            columns,
            batches,
            pump,
            is_cut: false,
            has_ended: false,
        }
    }

    /// Returns the columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Returns the next rows, each with one cell for each column; `None` after the last.
    ///
    /// # Errors
    ///
    /// The query failed, or ran out of time or memory. There is nothing after an error.
    pub async fn next(&mut self) -> Result<Option<Vec<Vec<Cell>>>, QueryError> {
        if self.has_ended {
            return Ok(None);
        }
        match self.batches.recv().await {
            Some(Ok(Message::Rows(rows))) => Ok(Some(rows)),
            Some(Ok(Message::End { is_cut })) => {
                self.has_ended = true;
                self.is_cut = is_cut;
                Ok(None)
            }
            Some(Err(error)) => {
                self.has_ended = true;
                Err(error)
            }
            None => {
                self.has_ended = true;
                Err(QueryError::closing())
            }
        }
    }

    /// Returns whether there were more rows than allowed. Known once [`Rows::next`] gave `None`.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Returns all rows that are left.
    ///
    /// # Errors
    ///
    /// As for [`Rows::next`].
    pub async fn collect(mut self) -> Result<Vec<Vec<Cell>>, QueryError> {
        let mut all = Vec::new();
        while let Some(mut rows) = self.next().await? {
            all.append(&mut rows);
        }
        Ok(all)
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        self.pump.abort();
    }
}

struct Limits {
    rows_max: usize,
    deadline: Instant,
    timeout: Duration,
}

/// Moves rows from the engine to the reader until the end, the limit, the deadline, an error, or nobody reads.
async fn pump(
    mut stream: SendableRecordBatchStream,
    limits: Limits,
    reader: mpsc::Sender<Result<Message, QueryError>>,
) {
    let mut rows_left = limits.rows_max;
    let last = loop {
        match timeout_at(limits.deadline, stream.next()).await {
            Err(_) => break Err(QueryError::timed_out(limits.timeout)),
            Ok(None) => break Ok(Message::End { is_cut: false }),
            Ok(Some(Err(error))) => break Err(QueryError::of(&error)),
            Ok(Some(Ok(batch))) => {
                let count = batch.num_rows().min(rows_left);
                rows_left -= count;
                match timeout_at(limits.deadline, send(&reader, &batch, count)).await {
                    Ok(Reader::Gone) => return,
                    Ok(Reader::There) if count < batch.num_rows() => break Ok(Message::End { is_cut: true }),
                    Ok(Reader::There) => {}
                    Err(_) => break Err(QueryError::timed_out(limits.timeout)),
                }
            }
        }
    };
    // What the query holds goes before the reader comes for the end, which may be late.
    drop(stream);
    drop(reader.send(last).await);
}

enum Reader {
    There,
    Gone,
}

async fn send(reader: &mpsc::Sender<Result<Message, QueryError>>, batch: &RecordBatch, count: usize) -> Reader {
    for from in (0..count).step_by(ROWS_AT_ONCE) {
        let rows = rows_of(batch, from..count.min(from + ROWS_AT_ONCE));
        if reader.send(Ok(Message::Rows(rows))).await.is_err() {
            return Reader::Gone;
        }
    }
    Reader::There
}

fn rows_of(batch: &RecordBatch, rows: Range<usize>) -> Vec<Vec<Cell>> {
    let columns = batch.columns();
    rows.map(|row| {
        columns
            .iter()
            .map(|column| cell::cell_at(column.as_ref(), row))
            .collect()
    })
    .collect()
}
