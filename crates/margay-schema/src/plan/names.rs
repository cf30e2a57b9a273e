//! Which field has a name: a hash table that is made once for each object of a schema and asked for each key of each record.
//!
//! A name is cut into two words, which take in its first and its last eight bytes. They are hashed, and compared: names of
//! up to sixteen bytes, and so nearly all, are the same if their words and lengths are. Names that only differ in the
//! middle land in neighbouring places; a schema's author can make his own lookups slower that way, a vendor cannot.

/// Places in the table for each name, at least: most lookups then meet the right name first.
const PLACES_PER_NAME: usize = 2;
/// Odd, and with bits all over: 2^64 divided by the golden ratio.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// The positions of names, found by name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Names {
    /// A power of two of places, at least one of which is empty.
    places: Box<[Option<Place>]>,
    /// The hash's highest bits are the place.
    shift: u32,
}

/// A name, and what is found under it.
#[derive(Debug, Clone, PartialEq)]
struct Place {
    words: Words,
    name: Box<str>,
    position: usize,
}

/// What is hashed of a name. If the name is not longer than the words, all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Words {
    first: u64,
    last: u64,
    length: usize,
}

/// Bytes of a name that its words surely hold.
const WORDS_BYTES: usize = 16;

impl Names {
    pub(super) fn of<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> Self {
        let place_count = (PLACES_PER_NAME * names.len()).next_power_of_two().max(2);
        let mut table = Self {
            places: vec![None; place_count].into(),
            shift: u64::BITS - place_count.trailing_zeros(),
        };
        for (position, name) in names.enumerate() {
            let words = Words::of(name.as_bytes());
            let mut at = table.first_place(words);
            while table.places[at].is_some() {
                at = table.next_place(at);
            }
            let name = name.into();
            table.places[at] = Some(Place { words, name, position });
        }
        table
    }

    /// Returns the position of a name.
    #[inline]
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let words = Words::of(name.as_bytes());
        let mut at = self.first_place(words);
        while let Some(place) = &self.places[at] {
            if place.words == words && (words.length <= WORDS_BYTES || *place.name == *name) {
                return Some(place.position);
            }
            at = self.next_place(at);
        }
        None
    }

    #[inline]
    fn first_place(&self, words: Words) -> usize {
        usize::try_from(words.hash() >> self.shift).unwrap_or_default()
    }

    #[inline]
    fn next_place(&self, at: usize) -> usize {
        (at + 1) & (self.places.len() - 1)
    }
}

impl Words {
    /// The first and the last eight bytes, or four, or what there is; in names of less than sixteen bytes they overlap.
    #[inline]
    fn of(name: &[u8]) -> Self {
        let (first, last) = if let (Some(first), Some(last)) = (name.first_chunk::<8>(), name.last_chunk::<8>()) {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        } else if let (Some(first), Some(last)) = (name.first_chunk::<4>(), name.last_chunk::<4>()) {
            (
                u64::from(u32::from_le_bytes(*first)),
                u64::from(u32::from_le_bytes(*last)),
            )
        } else {
            let byte = |at: usize| u64::from(name.get(at).copied().unwrap_or_default());
            (byte(0), byte(1) << 8 | byte(2))
        };
        Self {
            first,
            last,
            length: name.len(),
        }
    }

    #[inline]
    const fn hash(self) -> u64 {
        (self.first ^ self.last.rotate_left(29) ^ self.length as u64).wrapping_mul(MULTIPLIER)
    }
}

#[cfg(test)]
mod tests;
