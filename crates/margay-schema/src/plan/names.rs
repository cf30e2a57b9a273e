//! Which field has a name: a hash table that is made once for each object of a schema and asked for each key of each record.
//!
//! The hash takes in at most sixteen bytes and the length, so that it costs less than comparing the names does. Names that
//! agree in all of these land in neighbouring places; a schema's author can make his own lookups slower that way, a
//! vendor cannot.

/// Places in the table for each name, at least: most lookups then meet the right name first.
const PLACES_PER_NAME: usize = 2;
/// Odd, and with bits all over: 2^64 divided by the golden ratio.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
/// No field; a schema has far fewer.
const EMPTY: u16 = u16::MAX;

/// The positions of names, found by name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Names {
    /// Positions, or [`EMPTY`]. A power of two of places, at least one of which is empty.
    places: Box<[u16]>,
    /// The hash's highest bits are the place.
    shift: u32,
}

impl Names {
    pub(super) fn of<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> Self {
        let place_count = (PLACES_PER_NAME * names.len()).next_power_of_two().max(2);
        let mut table = Self {
            places: vec![EMPTY; place_count].into(),
            shift: u64::BITS - place_count.trailing_zeros(),
        };
        for (position, name) in names.enumerate() {
            let mut place = table.first_place(name);
            while table.places[place] != EMPTY {
                place = table.next_place(place);
            }
            table.places[place] = u16::try_from(position).expect("a schema has at most FIELD_COUNT_MAX fields");
        }
        table
    }

    /// Returns the position of a name. `is_it` says whether the name at a position is the one.
    #[inline]
    pub(super) fn find(&self, name: &str, is_it: impl Fn(usize) -> bool) -> Option<usize> {
        let mut place = self.first_place(name);
        loop {
            match self.places[place] {
                EMPTY => return None,
                position if is_it(usize::from(position)) => return Some(usize::from(position)),
                _ => place = self.next_place(place),
            }
        }
    }

    #[inline]
    fn first_place(&self, name: &str) -> usize {
        usize::try_from(hash(name.as_bytes()) >> self.shift).unwrap_or_default()
    }

    #[inline]
    fn next_place(&self, place: usize) -> usize {
        (place + 1) & (self.places.len() - 1)
    }
}

/// The first and the last eight bytes, or four, or what there is; and the length.
#[inline]
fn hash(name: &[u8]) -> u64 {
    let (first, last) = if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
    } else if let (Some(first), Some(last)) = (name.first_chunk(), name.last_chunk()) {
        (
            u64::from(u32::from_le_bytes(*first)),
            u64::from(u32::from_le_bytes(*last)),
        )
    } else {
        let byte = |at: usize| u64::from(name.get(at).copied().unwrap_or_default());
        (byte(0), byte(1) << 8 | byte(2))
    };
    let length = u64::try_from(name.len()).unwrap_or_default();
    (first ^ last.rotate_left(29) ^ length).wrapping_mul(MULTIPLIER)
}

#[cfg(test)]
mod tests;
