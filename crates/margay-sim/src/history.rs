//! A history without a server: the events that a simulation would serve, as lines of a file.
//!
//! - **Invariant**: line for line what a [`Simulation`](crate::Simulation) serves that has the same seed and event count, the
//!   default span of history, no live events, and a clock that shows `until`.
//! - Nothing is kept: a history of any length is written with the memory of one event.

use std::io::{self, Write};

use jiff::Timestamp;

use crate::config::{EVENT_COUNT_MAX, HISTORY_SPAN};
use crate::event::{EventNumber, Generator};
use crate::log::Stream;
use crate::simulation::StartError;
use crate::world::whole_ms;

/// The events of an organisation up to a moment.
#[derive(Debug)]
pub struct History {
    generator: Generator,
    stream: Stream,
    event_count: u64,
}

impl History {
    /// Returns the history of a seed: `event_count` events over [`HISTORY_SPAN`] up to `until`.
    ///
    /// # Errors
    ///
    /// [`StartError::TooManyEvents`], beyond [`EVENT_COUNT_MAX`].
    pub fn new(seed: u64, event_count: u64, until: Timestamp) -> Result<Self, StartError> {
        if event_count > EVENT_COUNT_MAX {
            return Err(StartError::TooManyEvents { event_count });
        }
        let span_ms = whole_ms(HISTORY_SPAN).unsigned_abs();
        Ok(Self {
            generator: Generator::new(seed, event_count),
            stream: Stream::new(seed, until.as_millisecond(), span_ms, event_count, 0.0),
            event_count,
        })
    }

    /// Writes all events, oldest first, one JSON text a line.
    pub fn write(&self, target: &mut dyn Write) -> io::Result<()> {
        let mut line = String::new();
        for index in 0..self.event_count {
            line.clear();
            let sketch = self.generator.sketch(EventNumber::Stream(index));
            sketch.render(self.stream.time_ms(index), &mut line);
            line.push('\n');
            target.write_all(line.as_bytes())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
