//! How often somebody may try to log in: so often that a person never notices, too seldom to guess.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many tries in a row from one address, or for one user; more come back one by one.
const BURST: u32 = 10;
/// How long until another try may be made from one address.
const PER_ADDRESS: Duration = Duration::from_secs(6);
/// How long until another try may be made for one user, wherever it comes from: so seldom that a password of a list of a million takes
/// months, and so often that nobody is kept out by somebody else's tries for longer than a minute.
const PER_USER: Duration = Duration::from_secs(30);
/// So many are remembered at once; beyond, those that may try most are forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// What was tried of late.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    addresses: Buckets<Option<IpAddr>>,
    users: Buckets<String>,
}

impl Attempts {
    /// Counts a try of `email` from `address`.
    ///
    /// # Errors
    /// When there were too many: how long to wait.
    pub(crate) fn count(&self, address: Option<IpAddr>, email: &str, now: Instant) -> Result<(), Duration> {
        self.addresses.take(address, PER_ADDRESS, now)?;
        self.users.take(email.trim().to_lowercase(), PER_USER, now)
    }

    /// Forgets the tries of a user who has shown their password.
    pub(crate) fn succeeded(&self, address: Option<IpAddr>, email: &str) {
        self.addresses.forget(&address);
        self.users.forget(&email.trim().to_lowercase());
    }
}

/// For each key, when as many tries as ever may be made again.
#[derive(Debug)]
struct Buckets<K>(Mutex<HashMap<K, Instant>>);

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<K: Eq + Hash> Buckets<K> {
    fn take(&self, key: K, every: Duration, now: Instant) -> Result<(), Duration> {
        let mut full_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = full_at.get(&key).copied().unwrap_or(now).max(now);
        let after = full + every;
        let wait = after.duration_since(now).saturating_sub(every * BURST);
        if !wait.is_zero() {
            return Err(wait);
        }
        if full_at.len() >= REMEMBERED_MAX {
            full_at.retain(|_, full| *full > now);
        }
        if full_at.len() >= REMEMBERED_MAX {
            // Whoever fills the memory with made-up addresses only forgets others' tries, and pays with requests.
            full_at.clear();
        }
        full_at.insert(key, after);
        Ok(())
    }

    fn forget(&self, key: &K) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Attempts, BURST, PER_ADDRESS, PER_USER, REMEMBERED_MAX};

    #[test]
    fn tries_come_back_one_by_one() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        let address = "192.0.2.1".parse().ok();
        for _ in 0..BURST {
            attempts.count(address, "ann@example.com", now).unwrap();
        }
        assert_eq!(attempts.count(address, "ann@example.com", now), Err(PER_ADDRESS));
        // From elsewhere the user is still the same.
        let elsewhere = "192.0.2.2".parse().ok();
        assert_eq!(attempts.count(elsewhere, " ANN@example.com", now), Err(PER_USER));
        attempts.count(elsewhere, "bob@example.com", now).unwrap();
        let later = now + PER_USER;
        attempts.count(address, "ann@example.com", later).unwrap();
        assert!(attempts.count(elsewhere, "ann@example.com", later).is_err());
    }

    #[test]
    fn who_has_shown_their_password_begins_anew() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for _ in 0..3 * BURST {
            attempts.count(None, "ann@example.com", now).unwrap();
            attempts.succeeded(None, "ann@example.com");
        }
    }

    #[test]
    fn only_so_many_are_remembered() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for number in 0..REMEMBERED_MAX + 10 {
            let later = now + Duration::from_secs(10) * u32::try_from(number).unwrap();
            attempts.count(None, &format!("user {number}"), later).unwrap();
        }
        assert!(attempts.users.0.lock().unwrap().len() <= REMEMBERED_MAX);
    }
}
