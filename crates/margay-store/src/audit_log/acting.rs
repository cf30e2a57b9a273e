//! Who acts, known to everything that is done within [`acting`].
//!
//! It is bound to the task rather than handed through every function: some thirty changes would carry it and use it for nothing else,
//! and one that forgot it would compile. A task that is spawned within does not inherit it.

use std::future::Future;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use super::{ActorKind, AuditActor, AuditObject};

tokio::task_local! {
    static ACTING: Acting;
}

/// Somebody at work. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Acting {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    clock: Clock,
    request_id: Option<String>,
    actor: OnceLock<AuditActor>,
    address: OnceLock<IpAddr>,
    concerned: OnceLock<(AuditObject, Option<String>)>,
    has_entry: AtomicBool,
    has_tried: AtomicBool,
}

/// What says when something is done.
#[derive(Debug)]
enum Clock {
    Stands(Timestamp),
    Runs(fn() -> Timestamp),
}

impl Acting {
    /// Somebody asks for one thing at `at`; who it is may turn out later.
    pub fn begin(at: Timestamp, request_id: Option<String>) -> Self {
        Self::by(Clock::Stands(at), request_id)
    }

    /// Somebody does one thing after the other, each at its time.
    pub fn over_time(now: fn() -> Timestamp) -> Self {
        Self::by(Clock::Runs(now), None)
    }

    fn by(clock: Clock, request_id: Option<String>) -> Self {
        Self {
            shared: Arc::new(Shared {
                clock,
                request_id,
                actor: OnceLock::new(),
                address: OnceLock::new(),
                concerned: OnceLock::new(),
                has_entry: AtomicBool::new(false),
                has_tried: AtomicBool::new(false),
            }),
        }
    }

    /// Says who it is. Only the first time counts.
    pub fn is(&self, actor: AuditActor) {
        // Whoever comes second is the same one, looked up again.
        self.shared.actor.set(actor).ok();
    }

    /// Says where they are. Only the first time counts.
    pub fn comes_from(&self, address: IpAddr) {
        self.shared.address.set(address.to_canonical()).ok();
    }

    /// Says what it is about, and what else there is to tell as JSON, for an entry that no change writes. Only the first time counts.
    pub fn concerns(&self, object: AuditObject, more: Option<String>) {
        self.shared.concerned.set((object, more)).ok();
    }

    /// Returns what it is about, if that was said.
    pub fn concerned(&self) -> Option<&(AuditObject, Option<String>)> {
        self.shared.concerned.get()
    }

    /// Returns who it is, if that is known by now.
    pub fn actor(&self) -> Option<&AuditActor> {
        self.shared.actor.get()
    }

    /// Whether a transaction has written an entry for what they did.
    pub fn has_entry(&self) -> bool {
        self.shared.has_entry.load(Ordering::Acquire)
    }

    pub(super) fn entry_written(&self) {
        self.shared.has_entry.store(true, Ordering::Release);
    }

    /// Says that somebody who is not known has tried something that is worth an entry. How often that may be, others limit.
    pub fn tries(&self) {
        self.shared.has_tried.store(true, Ordering::Release);
    }

    /// Whether somebody who is not known has tried something.
    pub fn has_tried(&self) -> bool {
        self.shared.has_tried.load(Ordering::Acquire)
    }

    pub(super) fn at(&self) -> Timestamp {
        match self.shared.clock {
            Clock::Stands(at) => at,
            Clock::Runs(now) => now(),
        }
    }

    pub(super) fn request_id(&self) -> Option<&str> {
        self.shared.request_id.as_deref()
    }

    pub(super) fn address(&self) -> Option<String> {
        self.shared.address.get().map(IpAddr::to_string)
    }

    pub(super) fn actor_or_nobody(&self) -> AuditActor {
        self.actor().cloned().unwrap_or(AuditActor {
            kind: ActorKind::Nobody,
            id: None,
            name: String::new(),
        })
    }
}

/// Does something on somebody's behalf: what it changes is written to the audit log under their name.
pub async fn acting<F: Future>(who: Acting, work: F) -> F::Output {
    ACTING.scope(who, work).await
}

/// Returns on whose behalf the current task works, if anybody's.
pub fn acting_now() -> Option<Acting> {
    ACTING.try_with(Clone::clone).ok()
}
