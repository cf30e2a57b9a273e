//! The parts of the line, assembled: what every stage is handed.

use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, PoisonError, RwLock};

use margay_lake::{Lake, LakeError};
use margay_schema::Schema;
use margay_store::{MasterKey, MasterKeyError, OpenError, SchemaState, StorageFault, Store};
use secrecy::SecretString;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::content::{Content, ContentError, SchemaOrigin, VersionedSchema};
use crate::data_dir::{DataDir, DataDirError};
use crate::http::{HttpClient, HttpClientError, HttpSettings};
use crate::progress::Progress;
use crate::remove::Departing;
use crate::step::CrashPlan;

/// Everything the stages share. Cheap to clone.
#[derive(Clone)]
pub struct Line {
    /// The metadata database: journal, sources, positions.
    pub store: Store,
    /// The tables.
    pub lake: Lake,
    content: Arc<RwLock<Arc<Content>>>,
    /// Held while a custom schema is changed: one at a time.
    pub(crate) schema_change: Arc<tokio::sync::Mutex<()>>,
    /// The way out.
    pub http: HttpClient,
    /// The time.
    pub clock: Clock,
    /// Running totals.
    pub progress: Arc<Progress>,
    /// Who this process is to others on the same database: leases carry it.
    pub(crate) holder: Arc<str>,
    /// Rung after every journalled entry, heard by landing.
    pub(crate) journalled: Arc<Notify>,
    /// Rung when this process has added, changed, paused or deleted a source.
    pub sources_changed: Arc<Notify>,
    /// Rung when this process has written something to the audit log.
    pub audit_log: Arc<Notify>,
    /// Rung when this process has put something into the outbox.
    pub outbox: Arc<Notify>,
    /// Sources that are about to be removed.
    pub(crate) departing: Arc<Departing>,
    /// Where a crash test stops; nowhere otherwise.
    pub crash_plan: CrashPlan,
}

/// What a process decides about its line.
#[derive(Debug)]
pub struct LineSettings {
    /// Where everything is.
    pub data_dir: DataDir,
    /// The master key from the environment; without it a key file is used, and made at the first start.
    pub master_key: Option<SecretString>,
    /// Outgoing calls.
    pub http: HttpSettings,
    /// The time.
    pub clock: Clock,
    /// Whether other processes may be at work on the same database.
    pub tenancy: Tenancy,
}

/// Whether a process has its database to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenancy {
    /// It holds the data directory's lock: leases of others are those of dead processes, and end at once.
    Alone,
    /// Others may poll the same sources: their leases count.
    Shared,
}

/// Why the line could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The folder.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The key that encrypts credentials.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// The metadata database.
    #[error(transparent)]
    Database(#[from] OpenError),
    /// The leases of dead processes could not be ended.
    #[error("could not end the leases of an earlier process")]
    Leases(#[source] StorageFault),
    /// The tables.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The HTTP client.
    #[error(transparent)]
    Http(#[from] HttpClientError),
    /// The schemas.
    #[error(transparent)]
    Content(#[from] ContentError),
}

impl Line {
    /// Opens what is in the data directory, making what is missing. The caller holds the directory's lock.
    ///
    /// # Errors
    /// When a part cannot be opened; each says what to do.
    pub async fn open(settings: &LineSettings) -> Result<Self, LineError> {
        let key = MasterKey::load_or_create(&settings.data_dir.master_key(), settings.master_key.clone())?;
        let store = Store::open(&settings.data_dir.database(), key).await?;
        if settings.tenancy == Tenancy::Alone {
            store.void_leases().await.map_err(LineError::Leases)?;
        }
        let (content, lake) = open_lake(settings, &store).await?;
        Self::of_parts(settings, store, content, lake)
    }
}

impl Line {
    /// Opens what is in the data directory beside a process that holds its lock: the lake to be read only, the database to look
    /// things up and to leave results and wishes in it. Makes nothing, upgrades nothing, and ends nobody's lease.
    ///
    /// # Errors
    /// When a part is not there or cannot be opened; each says what to do.
    pub async fn open_beside(settings: &LineSettings) -> Result<Self, LineError> {
        settings.data_dir.require()?;
        let key = MasterKey::load(&settings.data_dir.master_key(), settings.master_key.clone())?;
        let store = Store::open_beside(&settings.data_dir.database(), key).await?;
        let mut content = Content::load(&store).await?;
        let lake = Lake::open_read_only(&settings.data_dir.lake(), &built_in(&content)).await?;
        content.check_custom(&lake).await?;
        Self::of_parts(settings, store, content, lake)
    }

    /// The schemas as they are now. Whoever works on a batch takes them once: another may be in force the next moment.
    pub fn content(&self) -> Arc<Content> {
        Arc::clone(&self.content.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets these schemas be in force from now on, for all clones of this line.
    pub fn set_content(&self, content: Content) {
        *self.content.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(content);
    }

    fn of_parts(settings: &LineSettings, store: Store, content: Content, lake: Lake) -> Result<Self, LineError> {
        Ok(Self {
            store,
            lake,
            content: Arc::new(RwLock::new(Arc::new(content))),
            schema_change: Arc::default(),
            http: HttpClient::new(&settings.http)?,
            clock: settings.clock.clone(),
            progress: Arc::new(Progress::default()),
            holder: holder(),
            journalled: Arc::new(Notify::new()),
            sources_changed: Arc::new(Notify::new()),
            audit_log: Arc::new(Notify::new()),
            outbox: Arc::new(Notify::new()),
            departing: Arc::default(),
            crash_plan: CrashPlan::default(),
        })
    }
}

/// The built-in schemas, without whose tables nothing works.
fn built_in(content: &Content) -> Vec<Schema> {
    let is_built_in = |known: &&VersionedSchema| known.origin == SchemaOrigin::BuiltIn;
    let built_in = content.schemas().iter().filter(is_built_in);
    built_in.map(|known| known.schema.as_ref().clone()).collect()
}

/// Names this line as nobody else is named, not even an earlier one of the same process.
fn holder() -> Arc<str> {
    // The standard library's hasher keys are random, and nothing here is a secret.
    let random = std::hash::RandomState::new().build_hasher().finish();
    format!("process {}, {random:016x}", std::process::id()).into()
}

/// Opens the tables of the built-in schemas, without which nothing works, then those of the custom ones, each of which may be
/// set aside.
async fn open_lake(settings: &LineSettings, store: &Store) -> Result<(Content, Lake), LineError> {
    let mut content = Content::load(store).await?;
    let lake = Lake::open(&settings.data_dir.lake(), &built_in(&content)).await?;
    content.register_custom(&lake).await?;
    // One that is archived is out of use already.
    for broken in content
        .broken()
        .iter()
        .filter(|broken| broken.state == SchemaState::Active)
    {
        tracing::error!(
            log_type = %broken.log_type,
            version = broken.version,
            reason = broken.reason,
            "a custom schema cannot be used; everything else goes on"
        );
    }
    Ok((content, lake))
}
