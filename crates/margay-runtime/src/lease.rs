//! The lease of a source: taken before anything is read, renewed while the work goes on, given back after it.
//!
//! Being refused is no failure: another server polls the source, and this one stands by. A lease that is lost ends the work
//! at once; whatever it still tried to journal would be refused by its token.

use std::time::Duration;

use jiff::Timestamp;
use margay_store::{Lease, LeaseError, LeaseToken};

use crate::error_chain::ErrorChain;
use crate::line::Line;
use margay_store::Source;

/// How long a lease lasts without being renewed: short enough that another server takes over within two polls of a crash,
/// long enough for several renewals to fail.
pub const LEASE_TTL: Duration = Duration::from_secs(180);
/// How often it is renewed.
const LEASE_RENEW_INTERVAL: Duration = Duration::from_secs(60);
/// How soon a renewal that failed is tried again.
const LEASE_RETRY_INTERVAL: Duration = Duration::from_secs(15);

/// Why work was not done, or not finished, under a lease.
#[derive(Debug, thiserror::Error)]
pub enum LeaseProblem {
    /// Another server has it.
    #[error("source `{label}` is polled by another server ({holder}) until {until} at least")]
    Held {
        /// The source.
        label: String,
        /// Who has it.
        holder: String,
        /// When it may be taken unless it is renewed.
        until: Timestamp,
    },
    /// Another server took it while we worked.
    #[error("source `{label}` was taken over by another server")]
    Lost {
        /// The source.
        label: String,
    },
    /// The database could not say.
    #[error("could not take or keep the lease of source `{label}`")]
    Failed {
        /// The source.
        label: String,
        /// Why.
        #[source]
        cause: LeaseError,
    },
}

impl LeaseProblem {
    /// Whether another server does the work, so that nothing is wrong.
    pub fn is_stand_by(&self) -> bool {
        matches!(self, Self::Held { .. } | Self::Lost { .. })
    }

    fn of(source: &Source, cause: LeaseError) -> Self {
        let label = source.label.clone();
        match cause {
            LeaseError::Held { holder, expires_at, .. } => Self::Held {
                label,
                holder,
                until: expires_at,
            },
            LeaseError::Lost { .. } => Self::Lost { label },
            cause => Self::Failed { label, cause },
        }
    }
}

/// Does `work` while holding the lease of `source`. If the lease is lost the work is dropped where it stands.
///
/// # Errors
/// When the lease is not to be had, or was lost.
pub(crate) async fn holding<T>(
    line: &Line,
    source: &Source,
    work: impl AsyncFnOnce(LeaseToken) -> T,
) -> Result<T, LeaseProblem> {
    let lease = line
        .store
        .acquire_lease(source.id, &line.holder, line.clock.now(), LEASE_TTL)
        .await
        .map_err(|cause| LeaseProblem::of(source, cause))?;
    let outcome = tokio::select! {
        outcome = work(lease.token) => Ok(outcome),
        cause = renew(line, &lease) => Err(LeaseProblem::of(source, cause)),
    };
    if outcome.is_ok()
        && let Err(error) = line.store.release_lease(&lease).await
    {
        // One that is not given back runs out by itself: a wait, and nothing else.
        tracing::debug!(source = source.label, error = %ErrorChain(&error), "the lease was not given back");
    }
    outcome
}

/// Renews until that is refused. A database that cannot answer is asked again: the lease may outlast its trouble.
async fn renew(line: &Line, lease: &Lease) -> LeaseError {
    let mut lease = lease.clone();
    let mut delay = LEASE_RENEW_INTERVAL;
    loop {
        tokio::time::sleep(delay).await;
        delay = LEASE_RENEW_INTERVAL;
        match line.store.renew_lease(&lease, line.clock.now(), LEASE_TTL).await {
            Ok(renewed) => lease = renewed,
            Err(LeaseError::Storage(fault)) => {
                tracing::warn!(error = %ErrorChain(&fault), "a lease could not be renewed; trying again");
                delay = LEASE_RETRY_INTERVAL;
            }
            Err(error) => return error,
        }
    }
}
