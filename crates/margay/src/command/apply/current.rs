//! What is there: the database's side of a comparison, read before anything is changed.

use margay_connector::asana::Settings;
use margay_store::{Alarm, CredentialsError, Destination, DestinationError, Source, Store, fold_label};
use secrecy::SecretString;

use super::wanted::Wanted;
use crate::exit::{Exit, OrExit, Outcome};

/// What is there.
#[derive(Debug, Default)]
pub(super) struct Current {
    pub(super) sources: Vec<CurrentSource>,
    pub(super) destinations: Vec<CurrentDestination>,
    /// The server's own.
    pub(super) alarms: Vec<Alarm>,
}

#[derive(Debug)]
pub(super) struct CurrentSource {
    pub(super) source: Source,
    /// Nothing if they cannot be understood.
    pub(super) settings: Option<Settings>,
    /// Nothing if the file names none, or it cannot be opened any more.
    pub(super) token: Option<SecretString>,
    pub(super) alarms: Vec<Alarm>,
}

#[derive(Debug)]
pub(super) struct CurrentDestination {
    pub(super) destination: Destination,
    /// As [`CurrentSource::token`].
    pub(super) secret: Option<SecretString>,
}

impl Current {
    /// Reads everything. Only secrets that the file names are opened.
    pub(super) async fn read(store: &Store, wanted: &Wanted) -> Outcome<Self> {
        let mut current = Self {
            alarms: store.alarms(None).await.or_exit(Exit::Storage)?,
            ..Self::default()
        };
        for source in store.sources().await.or_exit(Exit::Storage)? {
            let key = fold_label(&source.label);
            let declared = wanted.sources.iter().find(|one| fold_label(&one.label) == key);
            let token = match declared.and_then(|declared| declared.token.as_ref()) {
                Some(_) => match store.credentials(source.id).await {
                    Ok(token) => Some(token),
                    Err(error @ CredentialsError::Storage(_)) => return Err(error).or_exit(Exit::Storage),
                    Err(_) => None,
                },
                None => None,
            };
            let alarms = store.alarms(Some(source.id)).await.or_exit(Exit::Storage)?;
            current.sources.push(CurrentSource {
                settings: Settings::from_json(&source.settings).ok(),
                source,
                token,
                alarms,
            });
        }
        for destination in store.destinations().await.or_exit(Exit::Storage)? {
            let key = fold_label(&destination.name);
            let declared = wanted.destinations.iter().find(|one| fold_label(&one.name) == key);
            let secret = match declared.and_then(|declared| declared.secret.as_ref()) {
                Some(_) => match store.destination_secret(destination.id).await {
                    Ok(secret) => secret,
                    Err(error @ DestinationError::Storage(_)) => return Err(error).or_exit(Exit::Storage),
                    Err(_) => None,
                },
                None => None,
            };
            current.destinations.push(CurrentDestination { destination, secret });
        }
        Ok(current)
    }
}
