//! A dict: entries in the order they came, found by hash.
//!
//! Entries of one bucket are chained, and each link that is followed costs a step. Whoever sends keys that share a
//! bucket pays for it with the record's own steps.

use crate::compare;
use crate::heap::{ENTRY_BYTES, Heap};
use crate::problem::Run;
use crate::value::{DictPlace, Value};

#[cfg(test)]
mod tests;

/// Entries up to which all are looked at, without an index.
const SMALL: usize = 8;

/// No entry.
const END: usize = usize::MAX;

#[derive(Debug, Default)]
pub(crate) struct Dict {
    entries: Vec<Entry>,
    /// The first entry of each bucket; empty while the dict is small, else a power of two.
    buckets: Vec<usize>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) key: Value,
    pub(crate) value: Value,
    hash: u64,
    next: usize,
}

impl Dict {
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn bucket(&self, hash: u64) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "only the low bits are wanted")]
        let low = hash as usize;
        low & (self.buckets.len() - 1)
    }

    /// Returns the position of a key, whose hash is given.
    fn find(&self, heap: &Heap<'_>, key: Value, hash: u64) -> Run<Option<usize>> {
        if self.buckets.is_empty() {
            for (position, entry) in self.entries.iter().enumerate() {
                heap.meter.step()?;
                if entry.hash == hash && compare::equal(heap, entry.key, key)? {
                    return Ok(Some(position));
                }
            }
            return Ok(None);
        }
        let mut position = self.buckets[self.bucket(hash)];
        while position != END {
            heap.meter.step()?;
            let entry = &self.entries[position];
            if entry.hash == hash && compare::equal(heap, entry.key, key)? {
                return Ok(Some(position));
            }
            position = entry.next;
        }
        Ok(None)
    }

    /// Adds an entry that is not there yet.
    fn add(&mut self, key: Value, value: Value, hash: u64) {
        self.entries.push(Entry {
            key,
            value,
            hash,
            next: END,
        });
        if self.entries.len() <= SMALL {
            return;
        }
        if self.entries.len() > self.buckets.len() {
            self.index();
        } else {
            self.link(self.entries.len() - 1);
        }
    }

    fn link(&mut self, position: usize) {
        let bucket = self.bucket(self.entries[position].hash);
        self.entries[position].next = std::mem::replace(&mut self.buckets[bucket], position);
    }

    /// Makes the index anew. It doubles each time, so an entry is linked twice on average.
    fn index(&mut self) {
        self.buckets.clear();
        if self.entries.len() > SMALL {
            self.buckets.resize(self.entries.len().next_power_of_two() * 2, END);
            for position in 0..self.entries.len() {
                self.link(position);
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.buckets.clear();
    }
}

/// Returns the value of a key.
pub(crate) fn get(heap: &Heap<'_>, place: DictPlace, key: Value) -> Run<Option<Value>> {
    let hash = compare::hash(heap, key)?;
    let dict = &heap.dict(place).dict;
    let position = dict.find(heap, key, hash)?;
    Ok(position.map(|position| dict.entries[position].value))
}

/// Sets the value of a key.
pub(crate) fn set(heap: &mut Heap<'_>, place: DictPlace, key: Value, value: Value) -> Run<()> {
    let hash = compare::hash(heap, key)?;
    if let Some(position) = heap.dict(place).dict.find(heap, key, hash)? {
        heap.dict_mut(place)?.entries[position].value = value;
    } else {
        heap.meter.allocate(ENTRY_BYTES)?;
        heap.dict_mut(place)?.add(key, value, hash);
    }
    Ok(())
}

/// Takes a key out, and returns its value. Those behind it move up, which is charged for.
pub(crate) fn remove(heap: &mut Heap<'_>, place: DictPlace, key: Value) -> Run<Option<Value>> {
    let hash = compare::hash(heap, key)?;
    let Some(position) = heap.dict(place).dict.find(heap, key, hash)? else {
        heap.dict_mut(place)?;
        return Ok(None);
    };
    heap.meter.steps(heap.dict(place).dict.entries.len() as u64)?;
    let dict = heap.dict_mut(place)?;
    let entry = dict.entries.remove(position);
    for entry in &mut dict.entries {
        entry.next = END;
    }
    dict.index();
    Ok(Some(entry.value))
}
