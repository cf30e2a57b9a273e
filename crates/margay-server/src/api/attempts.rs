//! How often somebody may try to sign in: so often that a person never notices, too seldom to guess.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many tries in a row from one address, or for one user; more come back one by one.
const BURST: u32 = 10;
/// How long until another try may be made from one address.
const PER_ADDRESS: Duration = Duration::from_secs(6);
/// How long until another try may be made for one user, wherever it comes from: so seldom that a list of a million passwords takes
/// a year. Who tries for somebody all the time keeps them waiting; the log says from where.
const PER_USER: Duration = Duration::from_secs(30);
/// So many are remembered at once; beyond, those that may try most are forgotten.
const REMEMBERED_MAX: usize = 2_000;
/// From so many on, those that may try as often as ever are forgotten each time.
const SWEPT_FROM: usize = 200;

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
        self.count_address(address, now)?;
        self.users.take(email.trim().to_lowercase(), PER_USER, now)
    }

    /// Counts a try from `address` that is for no user.
    ///
    /// # Errors
    /// When there were too many: how long to wait.
    pub(crate) fn count_address(&self, address: Option<IpAddr>, now: Instant) -> Result<(), Duration> {
        self.addresses.take(address.map(network_of), PER_ADDRESS, now)
    }

    /// Forgets the tries of a user who has shown their password. Those of the address stay: who has one account might guess at others.
    pub(crate) fn succeeded(&self, email: &str) {
        self.users.forget(&email.trim().to_lowercase());
    }
}

/// Whoever has one address of IPv6 has a network of them (RFC 6177 gives each site a /64 at least).
fn network_of(address: IpAddr) -> IpAddr {
    const HOST_BITS: u128 = u64::MAX as u128;
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !HOST_BITS).into()),
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

impl<K: Clone + Eq + Hash> Buckets<K> {
    fn take(&self, key: K, every: Duration, now: Instant) -> Result<(), Duration> {
        let mut full_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = full_at.get(&key).copied().unwrap_or(now).max(now);
        let after = full + every;
        let wait = after.duration_since(now).saturating_sub(every * BURST);
        if !wait.is_zero() {
            return Err(wait);
        }
        if full_at.len() >= SWEPT_FROM {
            full_at.retain(|_, full| *full > now);
        }
        if full_at.len() >= REMEMBERED_MAX {
            // The one that may try most: whoever fills the memory with made-up names forgets those.
            let least = full_at
                .iter()
                .min_by_key(|(_, full)| **full)
                .map(|(key, _)| key.clone());
            least.and_then(|key| full_at.remove(&key));
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
    use std::net::IpAddr;
    use std::time::Instant;

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
        for host in 0..3 * BURST {
            let address = IpAddr::from([192, 0, 2, u8::try_from(host).unwrap()]);
            attempts.count(Some(address), "ann@example.com", now).unwrap();
            attempts.succeeded("ann@example.com");
        }
        // But not for guessing at others.
        let address = "192.0.2.200".parse().ok();
        for _ in 0..BURST {
            attempts.count(address, "ann@example.com", now).unwrap();
            attempts.succeeded("ann@example.com");
        }
        assert_eq!(attempts.count(address, "bob@example.com", now), Err(PER_ADDRESS));
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for host in 0..BURST {
            let address: IpAddr = format!("2001:db8::{host:x}").parse().unwrap();
            attempts.count_address(Some(address), now).unwrap();
        }
        assert!(attempts.count_address("2001:db8::ffff".parse().ok(), now).is_err());
        assert!(attempts.count_address("2001:db8:0:1::1".parse().ok(), now).is_ok());
    }

    #[test]
    fn only_so_many_are_remembered() {
        let (attempts, now) = (Attempts::default(), Instant::now());
        for number in 0..REMEMBERED_MAX + 10 {
            attempts.users.take(format!("user {number}"), PER_USER, now).unwrap();
        }
        assert_eq!(attempts.users.0.lock().unwrap().len(), REMEMBERED_MAX);
        let later = now + 2 * PER_USER;
        attempts.users.take("one more".to_owned(), PER_USER, later).unwrap();
        assert_eq!(attempts.users.0.lock().unwrap().len(), 1);
    }
}
