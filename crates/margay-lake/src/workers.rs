//! The threads on which the lake works.
//!
//! Encoding Parquet, replaying a log and running a query take milliseconds to minutes of CPU. They run on an executor of
//! their own, so that the caller's executor keeps answering. A call whose future is dropped goes on in the background;
//! that is safe because every write checks what is there first.

use std::convert::Infallible;
use std::future::Future;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Stack of a worker: planning a long chain of `OR` recurses once per link.
const STACK_BYTES: usize = 16 << 20;

/// Stack of the thread that waits for the workers' end; it does nothing else.
const JOINER_STACK_BYTES: usize = 256 << 10;

/// Workers on a machine with fewer cores: with one, a query that waits for a file would hold up the next commit.
const WORKERS_MIN: usize = 2;

/// Threads that block, mostly in reading and writing files. Each keeps some megabytes of what it had; more of them wait for the same disk.
const BLOCKING_MAX: usize = 16;
/// How long such a thread waits for more.
const BLOCKING_KEPT: Duration = Duration::from_secs(2);
/// How long work that has begun may go on after nobody wants it any more.
const LET_END_MAX: Duration = Duration::from_secs(10);

pub(crate) struct Workers {
    /// `None` only while dropping.
    runtime: Option<Runtime>,
    handle: Handle,
    /// Held by all work that has begun; `None` only while dropping.
    running: Option<mpsc::Sender<Infallible>>,
    /// Closed when no work is left.
    ended: Option<mpsc::Receiver<Infallible>>,
}

/// The workers stopped, or the work panicked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopped;

impl Workers {
    pub(crate) fn start() -> std::io::Result<Self> {
        let count = std::thread::available_parallelism().map_or(WORKERS_MIN, |count| count.get().max(WORKERS_MIN));
        let runtime = Builder::new_multi_thread()
            .worker_threads(count)
            .max_blocking_threads(BLOCKING_MAX)
            .thread_keep_alive(BLOCKING_KEPT)
            .thread_stack_size(STACK_BYTES)
            .thread_name("margay-lake")
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        let (running, ended) = mpsc::channel(1);
        Ok(Self {
            runtime: Some(runtime),
            handle,
            running: Some(running),
            ended: Some(ended),
        })
    }

    /// Runs the work on the workers and waits for it.
    pub(crate) async fn run<F>(&self, work: F) -> Result<F::Output, Stopped>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.spawn(work).await.map_err(|error| {
            if error.is_panic() {
                tracing::error!(%error, "the lake's work panicked");
            }
            Stopped
        })
    }

    /// Runs work that blocks on a thread beside the workers, and waits for it.
    pub(crate) async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Stopped> {
        self.handle.spawn_blocking(work).await.map_err(|error| {
            if error.is_panic() {
                tracing::error!(%error, "the lake's work panicked");
            }
            Stopped
        })
    }

    /// Starts the work on the workers.
    pub(crate) fn spawn<F>(&self, work: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let running = self.running.clone();
        self.handle.spawn(async move {
            let output = work.await;
            drop(running);
            output
        })
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.running = None;
        let (Some(runtime), Some(mut ended)) = (self.runtime.take(), self.ended.take()) else {
            return;
        };
        // Dropping a runtime waits, which an executor's thread must not, so another thread does. `shutdown_background` would
        // detach the workers instead of joining them: glibc (2.36 at least) reads a thread's memory after it is gone if the thread
        // ends while it is being detached (its bug 19951), and large stacks like ours are unmapped at once.
        // What has begun ends first: the Delta kernel waits for tasks of its own, and panics when a runtime drops them. It may be at that
        // for a query that ran out of time. A process that ends meanwhile ends without a word.
        let joining = std::thread::Builder::new()
            .name("margay-lake-end".to_owned())
            .stack_size(JOINER_STACK_BYTES)
            .spawn(move || {
                runtime.block_on(async { timeout(LET_END_MAX, ended.recv()).await.ok() });
                drop(runtime);
            });
        if let Err(error) = joining {
            tracing::warn!(%error, "the lake's threads were not waited for");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_begun_ends_though_nobody_wants_it_any_more() {
        let waiting = Builder::new_current_thread().enable_all().build().unwrap();
        let workers = Workers::start().unwrap();
        let (go, gone) = tokio::sync::oneshot::channel::<()>();
        let (told, tell) = tokio::sync::oneshot::channel();
        drop(workers.spawn(async move {
            gone.await.unwrap();
            // Not in one go: a runtime that shuts down drops what pauses.
            tokio::task::yield_now().await;
            told.send("done").unwrap();
        }));
        drop(workers);
        go.send(()).unwrap();
        assert_eq!(waiting.block_on(tell).unwrap(), "done");
    }
}
