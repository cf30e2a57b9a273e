use std::num::NonZeroU32;
use std::time::Duration;

use super::Limits;
use crate::token::TokenKind::{PersonalAccess, ServiceAccountFull};

const BEGIN_MS: i64 = 1_780_272_000_000;

#[test]
fn the_call_beyond_the_quota_waits_until_the_first_ones_are_a_minute_old() {
    let limits = Limits::new(NonZeroU32::new(3), 50);
    for second in 0..3 {
        assert!(limits.admit(ServiceAccountFull, BEGIN_MS + second * 1000).is_ok());
    }
    let refusal = limits.admit(ServiceAccountFull, BEGIN_MS + 10_000).unwrap_err();
    // Calls at 0, 1, 2 and the refused one at 10: two must leave before another passes.
    assert_eq!(refusal, Duration::from_secs(51));
    assert!(
        limits.admit(PersonalAccess, BEGIN_MS + 10_000).is_ok(),
        "another token has its own quota"
    );
    assert!(
        limits.admit(ServiceAccountFull, BEGIN_MS + 61_000).is_ok(),
        "Retry-After was enough"
    );
}

#[test]
fn refused_calls_count() {
    let limits = Limits::new(NonZeroU32::new(2), 50);
    for second in 0..2 {
        assert!(limits.admit(ServiceAccountFull, BEGIN_MS + second).is_ok());
    }
    for second in 1..180 {
        assert!(
            limits.admit(ServiceAccountFull, BEGIN_MS + second * 1000).is_err(),
            "{second} s"
        );
    }
    assert!(limits.admit(ServiceAccountFull, BEGIN_MS + 240_000).is_ok());
}

#[test]
fn calls_in_flight_are_limited_until_they_end() {
    let limits = Limits::new(None, 2);
    let first = limits.admit(ServiceAccountFull, BEGIN_MS).unwrap();
    let _second = limits.admit(ServiceAccountFull, BEGIN_MS).unwrap();
    assert!(limits.admit(ServiceAccountFull, BEGIN_MS).is_err());
    drop(first);
    assert!(limits.admit(ServiceAccountFull, BEGIN_MS).is_ok());
}
