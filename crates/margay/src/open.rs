//! Opens the data directory for a command: locked for those that write, unlocked for those that only look.

use margay_lake::Lake;
use margay_runtime::{
    Clock, Content, ContentError, DataDir, DataDirError, DataDirLock, HttpSettings, Line, LineError, LineSettings,
    Tenancy,
};
use margay_store::{MasterKey, Store};
use secrecy::SecretString;

use crate::cli::Global;
use crate::duration::parse_duration;
use crate::env_vars;
use crate::exit::{Exit, OrExit, Outcome};

/// A line and the right to write to it.
pub(crate) struct Writable {
    pub(crate) line: Line,
    pub(crate) data_dir: DataDir,
    _lock: DataDirLock,
}

/// Locks the data directory and opens everything in it, making what is missing.
pub(crate) async fn for_writing(global: &Global, purpose: &str) -> Outcome<Writable> {
    let data_dir = DataDir::new(&global.data_dir);
    let lock = data_dir.lock(purpose);
    let exit = match &lock {
        Err(DataDirError::InUse { .. }) => Exit::InUse,
        _ => Exit::Storage,
    };
    let lock = lock.or_exit(exit)?;
    let line = open(global, &data_dir).await?;
    Ok(Writable {
        line,
        data_dir,
        _lock: lock,
    })
}

/// Opens the tables to read them, beside a process that may be writing.
pub(crate) async fn lake_for_reading(global: &Global) -> Outcome<Lake> {
    let data_dir = DataDir::new(&global.data_dir);
    data_dir.require().or_exit(Exit::Storage)?;
    let content = Content::built_in().or_exit(Exit::Failure)?;
    let schemas: Vec<_> = content
        .schemas()
        .iter()
        .map(|known| known.schema.as_ref().clone())
        .collect();
    Lake::open_read_only(&data_dir.lake(), &schemas)
        .await
        .or_exit(Exit::Storage)
}

/// Opens the database to read it, beside a process that may be writing. Needs no master key.
pub(crate) async fn store_for_reading(global: &Global) -> Outcome<Store> {
    let data_dir = DataDir::new(&global.data_dir);
    data_dir.require().or_exit(Exit::Storage)?;
    Store::open_read_only(&data_dir.database(), None)
        .await
        .or_exit(Exit::Storage)
}

/// As [`store_for_reading`], with the key that reads credentials.
pub(crate) async fn store_for_credentials(global: &Global) -> Outcome<Store> {
    let data_dir = DataDir::new(&global.data_dir);
    data_dir.require().or_exit(Exit::Storage)?;
    let key = MasterKey::load(&data_dir.master_key(), master_key()).or_exit(Exit::Storage)?;
    Store::open_read_only(&data_dir.database(), Some(key))
        .await
        .or_exit(Exit::Storage)
}

/// Opens the database to leave a wish in it, beside a server that may be running and will find it there.
pub(crate) async fn store_beside(global: &Global) -> Outcome<Store> {
    let data_dir = DataDir::new(&global.data_dir);
    data_dir.require().or_exit(Exit::Storage)?;
    let key = MasterKey::load(&data_dir.master_key(), master_key()).or_exit(Exit::Storage)?;
    Store::open_beside(&data_dir.database(), key)
        .await
        .or_exit(Exit::Storage)
}

/// Opens everything beside a process that holds the data directory: the lake to be read, the database to leave results and
/// wishes in it.
pub(crate) async fn beside(global: &Global) -> Outcome<Line> {
    let settings = settings(global, &DataDir::new(&global.data_dir), Tenancy::Shared)?;
    line_or_exit(Line::open_beside(&settings).await)
}

async fn open(global: &Global, data_dir: &DataDir) -> Outcome<Line> {
    let settings = settings(global, data_dir, Tenancy::Alone)?;
    line_or_exit(Line::open(&settings).await)
}

fn settings(global: &Global, data_dir: &DataDir, tenancy: Tenancy) -> Outcome<LineSettings> {
    Ok(LineSettings {
        data_dir: data_dir.clone(),
        master_key: master_key(),
        http: http_settings(global)?,
        clock: Clock::system(),
        tenancy,
    })
}

fn line_or_exit(line: Result<Line, LineError>) -> Outcome<Line> {
    let exit = match &line {
        Err(LineError::Http(_)) => Exit::Usage,
        Err(LineError::Content(ContentError::BuiltIn(_))) => Exit::Failure,
        _ => Exit::Storage,
    };
    line.or_exit(exit)
}

/// What the command line says about outgoing calls.
pub(crate) fn http_settings(global: &Global) -> Outcome<HttpSettings> {
    let text = global.request_timeout.as_deref();
    Ok(HttpSettings {
        ca_file: global.ca_file.clone(),
        request_duration_max: text.map(|text| parse_duration("--request-timeout", text)).transpose()?,
        carrier: None,
    })
}

pub(crate) fn master_key() -> Option<SecretString> {
    std::env::var(env_vars::MASTER_KEY)
        .ok()
        .filter(|text| !text.is_empty())
        .map(SecretString::from)
}
