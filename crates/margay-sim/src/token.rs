//! The tokens of the simulated organisation: one of each kind, its text decided by the seed.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::random::Random;

/// What a token is allowed to do. Each kind exists once in a simulation.
///
/// | kind | audit log | users, workspaces |
/// |---|---|---|
/// | full | yes | yes |
/// | audit only | yes | 403 |
/// | other scope | 403 | 403 |
/// | personal | 403 | yes |
/// | revoked, not yet active | 401 | 401 |
/// | plan without audit log | 402 or 403 | yes |
/// | IP blocked | 403 | 403 |
/// | other organisation | that one only | that one only |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenKind {
    /// A service account with full permissions: everything answers.
    ServiceAccountFull,
    /// A service account whose one scope is the audit log: only the audit endpoint answers, the rest is 403.
    /// That such a token cannot call the rest of the API is a third party's statement.
    ServiceAccountAuditOnly,
    /// A service account scoped to something else (SCIM): 403 everywhere.
    ServiceAccountOtherScope,
    /// A person's own token: the audit endpoint is 403, the rest answers. It looks like a service account's.
    PersonalAccess,
    /// A token that was revoked or regenerated: 401 everywhere.
    Revoked,
    /// A new service account's token: 401 until
    /// [`SimulationConfig::token_activation`](crate::SimulationConfig::token_activation) has passed, then full. A third
    /// party reports that this lasts a few minutes.
    NotYetActive,
    /// A live service account in a plan without the audit log: 402 or 403 there
    /// ([`SimulationConfig::plan_refusal`](crate::SimulationConfig::plan_refusal)).
    PlanWithoutAudit,
    /// Right token, wrong address: the organisation's IP allowlist covers API traffic. 403 everywhere; the status is
    /// unconfirmed.
    IpBlocked,
    /// A service account of another organisation, to which this one is unknown: 403 on this organisation's id.
    UnknownOrganization,
}

impl TokenKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::ServiceAccountFull,
        Self::ServiceAccountAuditOnly,
        Self::ServiceAccountOtherScope,
        Self::PersonalAccess,
        Self::Revoked,
        Self::NotYetActive,
        Self::PlanWithoutAudit,
        Self::IpBlocked,
        Self::UnknownOrganization,
    ];
}

/// What a request wants to do, as far as tokens care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errand {
    /// Read the audit log.
    AuditLog,
    /// Read users and workspaces.
    Directory,
}

/// What a token gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Granted,
    /// 401
    Unknown,
    /// 403
    Forbidden,
    /// 402 or 403, by configuration.
    PlanLacksIt,
}

impl TokenKind {
    /// Returns what this kind gets for `errand`; `is_active` tells whether the activation time has passed.
    pub(crate) fn access(self, errand: Errand, is_active: bool) -> Access {
        match (self, errand) {
            (Self::Revoked, _) => Access::Unknown,
            (Self::NotYetActive, _) if !is_active => Access::Unknown,
            (Self::IpBlocked | Self::ServiceAccountOtherScope, _)
            | (Self::ServiceAccountAuditOnly, Errand::Directory)
            | (Self::PersonalAccess, Errand::AuditLog) => Access::Forbidden,
            (Self::PlanWithoutAudit, Errand::AuditLog) => Access::PlanLacksIt,
            _ => Access::Granted,
        }
    }

    /// Returns the kind's place in [`Self::ALL`].
    pub(crate) fn place(self) -> usize {
        self as usize
    }
}

const TOPIC_TOKEN: u64 = 0x746b;

/// How often a token can be replaced; the texts of all its successors are known from the start.
pub const TOKEN_REPLACEMENTS_MAX: usize = 15;

/// The tokens of one organisation, and which of them live.
#[derive(Debug)]
pub(crate) struct Tokens {
    /// In the order of [`TokenKind::ALL`].
    holders: [Holder; TokenKind::ALL.len()],
}

/// One account, its tokens one after another.
#[derive(Debug)]
struct Holder {
    texts: [String; TOKEN_REPLACEMENTS_MAX + 1],
    /// Which of the texts counts; the others are dead.
    current: AtomicUsize,
    is_revoked: AtomicBool,
}

impl Tokens {
    /// Returns the tokens of a seed, in the form that secret scanners look for: `2/<16 digits>/<16 digits>:<32 hex>`. The
    /// vendor asks to treat them as opaque; personal and service account tokens look the same.
    pub(crate) fn new(seed: u64) -> Self {
        let holders = TokenKind::ALL.map(|kind| Holder {
            texts: std::array::from_fn(|generation| token_text(seed, kind, generation)),
            current: AtomicUsize::new(0),
            is_revoked: AtomicBool::new(false),
        });
        Self { holders }
    }

    /// Returns the latest token of a kind, revoked or not.
    pub(crate) fn text(&self, kind: TokenKind) -> &str {
        let holder = self.holder(kind);
        &holder.texts[holder.current.load(Ordering::SeqCst)]
    }

    /// Returns whose token this is; a replaced or revoked one is nobody's.
    pub(crate) fn kind_of(&self, text: &str) -> Option<TokenKind> {
        TokenKind::ALL
            .into_iter()
            .find(|kind| self.text(*kind) == text && !self.holder(*kind).is_revoked.load(Ordering::SeqCst))
    }

    pub(crate) fn revoke(&self, kind: TokenKind) {
        self.holder(kind).is_revoked.store(true, Ordering::SeqCst);
    }

    pub(crate) fn restore(&self, kind: TokenKind) {
        self.holder(kind).is_revoked.store(false, Ordering::SeqCst);
    }

    /// Lets the next token of a kind count, and no other; `None` if there is none left.
    pub(crate) fn replace(&self, kind: TokenKind) -> Option<&str> {
        let holder = self.holder(kind);
        let next = |current: usize| (current < TOKEN_REPLACEMENTS_MAX).then_some(current + 1);
        let replaced = holder.current.fetch_update(Ordering::SeqCst, Ordering::SeqCst, next);
        replaced.ok()?;
        self.restore(kind);
        Some(self.text(kind))
    }

    fn holder(&self, kind: TokenKind) -> &Holder {
        &self.holders[kind.place()]
    }
}

fn token_text(seed: u64, kind: TokenKind, generation: usize) -> String {
    let topic = TOPIC_TOKEN + ((generation as u64) << 16);
    let mut random = Random::of(seed, topic, kind.place() as u64);
    let mut account = || 1_200_000_000_000_000 + random.below(10_000_000_000_000);
    let (user, app) = (account(), account());
    format!("2/{user}/{app}:{:016x}{:016x}", random.number(), random.number())
}

#[cfg(test)]
mod tests;
