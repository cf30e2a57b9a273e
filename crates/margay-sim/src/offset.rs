//! Offsets: opaque, tamper-proof marks of a place in one query.
//!
//! The vendor says only that an offset is opaque, comes from an earlier page, and expires some time. Ours are base64 in
//! the standard alphabet, so that a client which forgets to percent-encode `+`, `/` or `=` is found out.
//!
//! - **Invariant**: no two offsets of one server are equal, not even for the same place: the vendor's own client test has a new
//!   one on every page, empty ones included (python-asana ff5c4bd, 2022-03-29).
//! - An old offset leads to its place again. Whether the vendor replays is unconfirmed; [`UsedOffsets`] is for one that does not.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::base64;
use crate::log::{Part, Position};
use crate::random::Random;

const NONCE_BYTES: usize = 8;
const CONTENT_BYTES: usize = 33;
const TAG_BYTES: usize = 8;
const SEALED_BYTES: usize = NONCE_BYTES + CONTENT_BYTES + TAG_BYTES;
/// Base64 of that many bytes ends in `=`, which is wanted.
const _: () = assert!(!SEALED_BYTES.is_multiple_of(3));

const TOPIC_NONCE: u64 = 0x6f6e;
const TOPIC_MASK: u64 = 0x6f6d;

/// What an offset says, once it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offset {
    /// Which query it belongs to; see [`digest`].
    pub(crate) query: u64,
    /// The last event that was looked at.
    pub(crate) position: Position,
    pub(crate) issued_ms: i64,
}

/// Makes and opens the offsets of one simulation.
#[derive(Debug)]
pub(crate) struct OffsetSealer {
    seed: u64,
    made: AtomicU64,
}

impl OffsetSealer {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            made: AtomicU64::new(0),
        }
    }

    /// Returns a new text for `offset`.
    pub(crate) fn seal(&self, offset: &Offset) -> String {
        let serial = self.made.fetch_add(1, Ordering::Relaxed);
        // A bijection of the serial number, so that nonces never repeat but do not look like a count.
        let nonce = Random::of(self.seed, TOPIC_NONCE, 0).number() ^ serial.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut content = offset.to_bytes();
        self.mask(nonce, &mut content);
        let mut sealed = Vec::with_capacity(SEALED_BYTES);
        sealed.extend_from_slice(&nonce.to_be_bytes());
        sealed.extend_from_slice(&content);
        let tag = self.tag(&sealed);
        sealed.extend_from_slice(&tag);
        let mut text = String::new();
        base64::encode_into(&mut text, &sealed);
        text
    }

    /// Returns what `text` says; `None` unless an offset of this seed.
    pub(crate) fn open(&self, text: &str) -> Option<Offset> {
        let sealed = base64::decode(text).filter(|sealed| sealed.len() == SEALED_BYTES)?;
        let (signed, tag) = sealed.split_at_checked(SEALED_BYTES - TAG_BYTES)?;
        if self.tag(signed) != tag {
            return None;
        }
        let (nonce, content) = signed.split_first_chunk::<NONCE_BYTES>()?;
        let mut content: [u8; CONTENT_BYTES] = content.try_into().ok()?;
        self.mask(u64::from_be_bytes(*nonce), &mut content);
        Offset::from_bytes(&content)
    }

    fn mask(&self, nonce: u64, content: &mut [u8]) {
        let mut random = Random::of(self.seed, TOPIC_MASK, nonce);
        for group in content.chunks_mut(8) {
            for (byte, noise) in group.iter_mut().zip(random.number().to_be_bytes()) {
                *byte ^= noise;
            }
        }
    }

    fn tag(&self, signed: &[u8]) -> [u8; TAG_BYTES] {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_be_bytes());
        hash.update(signed);
        first_eight(&hash.finalize())
    }
}

impl Offset {
    fn to_bytes(self) -> [u8; CONTENT_BYTES] {
        let mut bytes = [0; CONTENT_BYTES];
        bytes[0..8].copy_from_slice(&self.query.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.position.time_ms.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.position.index.to_be_bytes());
        bytes[24..32].copy_from_slice(&self.issued_ms.to_be_bytes());
        bytes[32] = u8::from(self.position.part == Part::Added);
        bytes
    }

    fn from_bytes(bytes: &[u8; CONTENT_BYTES]) -> Option<Self> {
        let (query, rest) = bytes.split_first_chunk::<8>()?;
        let (time_ms, rest) = rest.split_first_chunk::<8>()?;
        let (index, rest) = rest.split_first_chunk::<8>()?;
        let (issued_ms, part) = rest.split_first_chunk::<8>()?;
        Some(Self {
            query: u64::from_be_bytes(*query),
            position: Position {
                time_ms: i64::from_be_bytes(*time_ms),
                part: if part == [1] { Part::Added } else { Part::Stream },
                index: u64::from_be_bytes(*index),
            },
            issued_ms: i64::from_be_bytes(*issued_ms),
        })
    }
}

/// The most used offsets that are remembered, some 50 bytes each; older ones could be used again.
const USED_OFFSETS_MAX: usize = 1_000_000;

/// The offsets that have been used, for a vendor that takes each of them once.
#[derive(Debug, Default)]
pub(crate) struct UsedOffsets {
    used: Mutex<(BTreeSet<u64>, VecDeque<u64>)>,
}

impl UsedOffsets {
    /// Uses an offset; returns whether that was its first time.
    pub(crate) fn take(&self, text: &str) -> bool {
        let mark = digest(text);
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let (marks, by_age) = &mut *used;
        if !marks.insert(mark) {
            return false;
        }
        by_age.push_back(mark);
        if by_age.len() > USED_OFFSETS_MAX
            && let Some(oldest) = by_age.pop_front()
        {
            marks.remove(&oldest);
        }
        true
    }
}

/// Returns a short digest of a text, such as what a query asks for.
pub(crate) fn digest(query: &str) -> u64 {
    u64::from_be_bytes(first_eight(&Sha256::digest(query.as_bytes())))
}

fn first_eight(hash: &[u8]) -> [u8; 8] {
    let mut first = [0; 8];
    for (byte, from) in first.iter_mut().zip(hash) {
        *byte = *from;
    }
    first
}

#[cfg(test)]
mod tests;
