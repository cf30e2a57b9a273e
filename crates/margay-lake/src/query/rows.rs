//! A query's answer, streamed.

use std::ops::Range;
use std::time::Duration;

use deltalake::arrow::record_batch::RecordBatch;
use deltalake::datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};

use super::{QueryContext, QueryError};
use crate::cell::{self, Cell, Column};
use crate::workers::Workers;

/// Batches of rows that wait for a reader. More only costs memory: the reader is slower, or is not.
const BATCHES_WAITING_MAX: usize = 2;
/// Rows of a batch. An event may be tens of kilobytes.
const ROWS_AT_ONCE: usize = 1_024;

/// How long after its deadline the engine may take to say so itself, and to let go of what was stopped. Afterwards it is no longer waited for: an
/// operator that never pauses cannot be interrupted.
const LET_GO_MAX: Duration = Duration::from_secs(2);

/// A query's answer, in batches of at most a few thousand rows. Dropping it stops the query.
#[derive(Debug)]
pub struct Rows {
    columns: Vec<Column>,
    batches: mpsc::Receiver<Result<Message, QueryError>>,
    pump: JoinHandle<()>,
    deadline: Instant,
    timeout: Duration,
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
            bytes_max: context.bytes_max,
            deadline,
            timeout: context.timeout,
        };
        let pump = workers.spawn(pump(stream, limits, sender));
        Self {
            columns,
            batches,
            pump,
            deadline,
            timeout: context.timeout,
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
        let Ok(received) = timeout_at(self.deadline + LET_GO_MAX, self.batches.recv()).await else {
            self.has_ended = true;
            self.pump.abort();
            return Err(QueryError::timed_out(self.timeout));
        };
        match received {
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

    /// Stops the query and waits until the engine has let go of it, or for a moment.
    pub async fn stop(mut self) {
        self.pump.abort();
        // Cancelled or at its end: either way nothing works on it any more.
        if timeout(LET_GO_MAX, &mut self.pump).await.is_err() {
            tracing::warn!("a query that was stopped still computes: it has a step that cannot be interrupted");
        }
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
    bytes_max: usize,
    deadline: Instant,
    timeout: Duration,
}

/// Moves rows from the engine to the reader until the end, the limit, the deadline, an error, or nobody reads.
async fn pump(
    mut stream: SendableRecordBatchStream,
    limits: Limits,
    reader: mpsc::Sender<Result<Message, QueryError>>,
) {
    let mut left = Left {
        rows: limits.rows_max,
        bytes: limits.bytes_max,
    };
    let last = loop {
        match timeout_at(limits.deadline, stream.next()).await {
            Err(_) => break Err(QueryError::timed_out(limits.timeout)),
            Ok(None) => break Ok(Message::End { is_cut: false }),
            Ok(Some(Err(error))) => break Err(QueryError::of(&error)),
            Ok(Some(Ok(batch))) => match timeout_at(limits.deadline, send(&reader, &batch, &mut left)).await {
                Ok(Sent::All) => {}
                Ok(Sent::Part) => break Ok(Message::End { is_cut: true }),
                Ok(Sent::ReaderGone) => return,
                Err(_) => break Err(QueryError::timed_out(limits.timeout)),
            },
        }
    };
    // What the query holds goes before the reader comes for the end, which may be late.
    drop(stream);
    drop(reader.send(last).await);
}

/// What the answer may still have.
struct Left {
    rows: usize,
    bytes: usize,
}

enum Sent {
    All,
    /// The limit is reached, and there was more.
    Part,
    ReaderGone,
}

async fn send(reader: &mpsc::Sender<Result<Message, QueryError>>, batch: &RecordBatch, left: &mut Left) -> Sent {
    for from in (0..batch.num_rows()).step_by(ROWS_AT_ONCE) {
        let wanted = from..batch.num_rows().min(from + ROWS_AT_ONCE);
        let count = wanted.len();
        let rows = rows_of(batch, wanted, left);
        let is_part = rows.len() < count;
        if reader.send(Ok(Message::Rows(rows))).await.is_err() {
            return Sent::ReaderGone;
        }
        if is_part {
            return Sent::Part;
        }
    }
    Sent::All
}

/// Converts rows as long as there is room for them. A row that does not fit is the last that is looked at.
fn rows_of(batch: &RecordBatch, wanted: Range<usize>, left: &mut Left) -> Vec<Vec<Cell>> {
    let columns = batch.columns();
    let mut rows = Vec::with_capacity(wanted.len().min(left.rows));
    for row in wanted {
        if left.rows == 0 {
            break;
        }
        let row: Vec<Cell> = columns
            .iter()
            .map(|column| cell::cell_at(column.as_ref(), row))
            .collect();
        let bytes: usize = row.iter().map(Cell::bytes).sum();
        if bytes > left.bytes {
            break;
        }
        left.rows -= 1;
        left.bytes -= bytes;
        rows.push(row);
    }
    rows
}
