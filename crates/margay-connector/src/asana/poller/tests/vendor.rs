//! A vendor with a log, for whole rounds: pages by offset, a fresh offset on every page, expiry, late events.

use std::collections::HashMap;

use super::*;

pub(super) struct Vendor {
    /// (time, gid, visible from), oldest first among those visible.
    events: Vec<(Timestamp, String, Timestamp)>,
    /// Offset → how many of the visible events of which window it has passed.
    offsets: HashMap<String, (Timestamp, usize)>,
    pub(super) offset_uses_max: usize,
    pub(super) served: usize,
}

impl Vendor {
    pub(super) fn new() -> Self {
        Self {
            events: Vec::new(),
            offsets: HashMap::new(),
            offset_uses_max: usize::MAX,
            served: 0,
        }
    }

    /// Adds `count` events, `apart` from one another, the first at `from`.
    pub(super) fn add(&mut self, from: Timestamp, apart: Duration, count: usize) {
        for index in 0..count {
            let time = later(from, apart * u32::try_from(index).unwrap());
            self.events
                .push((time, format!("{}", 1_208_000_000_000_000 + self.events.len()), time));
        }
    }

    pub(super) fn gids(&self) -> HashSet<String> {
        self.events.iter().map(|event| event.1.clone()).collect()
    }

    pub(super) fn gids_before(&self, time: Timestamp) -> HashSet<String> {
        let before = self.events.iter().filter(|event| event.0 < time);
        before.map(|event| event.1.clone()).collect()
    }

    pub(super) fn forget_offsets(&mut self) {
        self.offsets.clear();
    }

    pub(super) fn answer(&mut self, request: &Request, now: Timestamp) -> Outcome {
        let query: HashMap<String, String> = request.url.query_pairs().into_owned().collect();
        let start: Timestamp = query["start_at"].parse().unwrap();
        let end: Option<Timestamp> = query.get("end_at").map(|end| end.parse().unwrap());
        let limit: usize = query["limit"].parse().unwrap();
        let passed = match query.get("offset") {
            None => 0,
            Some(offset) => match self.offsets.get(offset) {
                Some((window, passed)) => {
                    assert_eq!(*window, start, "an offset is sent with the window it was given for");
                    *passed
                }
                None => {
                    return response(
                        400,
                        r#"{"errors":[{"message":"offset: Your pagination token has expired."}]}"#,
                    );
                }
            },
        };
        let matching: Vec<_> = self
            .events
            .iter()
            .filter(|event| event.0 >= start && end.is_none_or(|end| event.0 < end) && event.2 <= now)
            .collect();
        let events: Vec<_> = matching.iter().skip(passed).take(limit).collect();
        let data = events
            .iter()
            .map(|event| format!(r#"{{"gid":"{}","created_at":"{}"}}"#, event.1, event.0));
        let data = data.collect::<Vec<_>>().join(",");
        let next = if matching.is_empty() {
            "null".to_owned()
        } else {
            let passed = passed + events.len();
            self.served += 1;
            let offset = format!("{passed}+{}/&#=", self.served);
            if self.served.is_multiple_of(self.offset_uses_max) {
                self.offsets.clear();
            } else {
                self.offsets.insert(offset.clone(), (start, passed));
            }
            format!(r#"{{"offset":"{offset}"}}"#)
        };
        response(200, &format!(r#"{{"data":[{data}],"next_page":{next}}}"#))
    }
}
