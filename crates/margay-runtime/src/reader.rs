//! What every reading of one source shares: the line, the way to the vendor, the right to journal.

use std::sync::{Arc, Mutex, PoisonError};

use margay_schema::SourceId;
use margay_store::{LeaseToken, Source};

use crate::gate::Gate;
use crate::line::Line;
use crate::source::{self, BindError, BoundSource};
use crate::way::Way;

/// A source, ready to be read. Cheap to clone; clones are one reader.
#[derive(Clone)]
pub struct Reader {
    pub(crate) line: Line,
    source: Source,
    bound: Arc<Mutex<Arc<BoundSource>>>,
    pub(crate) gate: Arc<Gate>,
    /// The lease under which its pages are journalled.
    pub(crate) token: LeaseToken,
}

impl Reader {
    /// Makes a stored source ready to be read under a lease.
    ///
    /// # Errors
    /// When its connector, settings or credentials cannot be understood.
    pub async fn open(line: &Line, source: Source, token: LeaseToken) -> Result<Self, BindError> {
        let bound = source::bind(&line.store, source.clone()).await?;
        let gate = Arc::new(Gate::new(bound.settings.requests.budget(), line.clock.now()));
        Ok(Self {
            line: line.clone(),
            source,
            bound: Arc::new(Mutex::new(Arc::new(bound))),
            gate,
            token,
        })
    }

    /// Reads settings and token anew: somebody may have mended them. The gate stays, and with it what the vendor asked for.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn refresh(&self) -> Result<(), BindError> {
        let bound = source::bind(&self.line.store, self.source.clone()).await?;
        *self.bound.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(bound);
        Ok(())
    }

    /// Returns the source with its settings and token, as last read.
    pub(crate) fn bound(&self) -> Arc<BoundSource> {
        Arc::clone(&self.bound.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the way to its vendor.
    pub(crate) fn way(&self) -> Way<'_> {
        Way {
            line: &self.line,
            source: &self.source,
            gate: &self.gate,
        }
    }

    /// Returns the stored source.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Returns the source's id.
    pub(crate) fn source_id(&self) -> SourceId {
        self.source.id
    }

    /// Returns the source's name.
    pub(crate) fn label(&self) -> &str {
        &self.source.label
    }
}
