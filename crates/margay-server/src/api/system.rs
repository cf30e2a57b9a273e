//! `/system`: the server itself.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use margay_runtime::disk;
use margay_store::{Consumer, JournalSize, StorageFault, Store};
use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::auth::{Allowed, SummaryRead};
use super::problem::Problem;
use super::{Api, time};

/// How old the journal's size may be: to count takes time in proportion to it, and it changes slowly.
const SIZE_KEPT: Duration = Duration::from_secs(60);

/// The journal's size, counted by one request at a time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Size(Arc<Mutex<Option<(Instant, JournalSize)>>>);

impl Size {
    async fn read(&self, store: &Store) -> Result<JournalSize, StorageFault> {
        let mut kept = self.0.lock().await;
        if let Some((at, size)) = *kept
            && at.elapsed() < SIZE_KEPT
        {
            return Ok(size);
        }
        let size = store.journal_size().await?;
        *kept = Some((Instant::now(), size));
        Ok(size)
    }
}

/// The server.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct System {
    /// Its version.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// Which build of the console it has.
    build: String,
    /// Since when it runs.
    #[schema(format = DateTime)]
    started_at: String,
    /// Its data directory.
    data_dir: String,
    /// Bytes that are free on the disk of the data directory; null if that cannot be told.
    free_bytes: Option<u64>,
    /// The journal.
    journal: Journal,
    /// The metadata database, which has the journal too.
    database: Database,
    /// The lake.
    lake: LakeBody,
    /// The URL that people reach it by, if it was told one.
    public_url: Option<String>,
    /// How long it waits between the polls of a log source that has no interval of its own; parts of a second count as a whole one.
    poll_interval_seconds: u64,
    /// Whether it speaks TLS itself.
    tls: bool,
}

/// What the journal keeps.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Journal {
    /// Entries that are kept, as of a minute ago at most.
    entries: u64,
    /// Bytes of these, compressed.
    bytes: u64,
    /// Entries that have not landed yet.
    not_landed: u64,
}

/// The metadata database.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Database {
    /// Bytes on the disk.
    bytes: u64,
}

/// The lake.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SystemLake)]
pub(crate) struct LakeBody {
    /// How many tables it has.
    tables: usize,
}

/// Returns a span in seconds, rounded up: no wait is told as none.
pub(crate) fn whole_seconds(span: Duration) -> u64 {
    span.as_secs() + u64::from(span.subsec_nanos() > 0)
}

/// Shows the server: its version, its data directory, how full it is.
#[utoipa::path(
    get, path = "/system", tag = "Metrics", operation_id = "show_system",
    responses((status = 200, description = "The server", body = System)),
    extensions(("x-permission" = json!("SummaryRead")))
)]
pub(crate) async fn show(_: Allowed<SummaryRead>, State(api): State<Api>) -> Result<Json<System>, Problem> {
    let store = &api.line.store;
    let JournalSize { entries, bytes } = api.journal_size.read(store).await?;
    let backlog = store.backlog(Consumer::Landing).await?;
    let data_dir = store.path().parent().unwrap_or(store.path());
    Ok(Json(System {
        version: env!("CARGO_PKG_VERSION"),
        build: api.names.build.clone(),
        started_at: time::written(api.started_at),
        free_bytes: disk::room(data_dir).map(|room| room.free_bytes),
        data_dir: std::path::absolute(data_dir)
            .unwrap_or_else(|_| data_dir.to_owned())
            .display()
            .to_string(),
        journal: Journal {
            entries,
            bytes,
            not_landed: backlog
                .iter()
                .map(|waiting| waiting.head.get() - waiting.position.get())
                .sum(),
        },
        database: Database {
            bytes: store.file_bytes(),
        },
        lake: LakeBody {
            tables: api.line.lake.tables().len(),
        },
        public_url: api.public_url.clone(),
        poll_interval_seconds: whole_seconds(api.poll_interval),
        tls: api.has_tls,
    }))
}
