//! Work that takes milliseconds of a core, and so does not belong on an async thread.

use crate::fault::StorageFault;
use crate::store::Store;

/// Runs `work` on a thread that may block. Only fails while the process is shutting down; a panic goes on here.
pub(crate) async fn run<T: Send + 'static>(
    store: &Store,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StorageFault> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => store.shutting_down(),
        })
}
