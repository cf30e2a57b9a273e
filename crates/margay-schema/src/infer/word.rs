//! Names taken apart: `sourceIPAddress`, `source_ip_address` and `source-ip-address` are the same words.

/// What a name says, in small letters.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    words: Vec<String>,
    /// The words without anything between them.
    joined: String,
}

impl Words {
    /// Takes a name apart at everything that is neither letter nor digit, and where capitals begin a word.
    pub(super) fn of(name: &str) -> Self {
        let mut words: Vec<String> = Vec::new();
        let mut word = String::new();
        let characters: Vec<char> = name.chars().collect();
        for (index, &character) in characters.iter().enumerate() {
            let is_start = character.is_uppercase() && {
                let after_small = index > 0 && !characters[index - 1].is_uppercase();
                let before_small = characters.get(index + 1).is_some_and(|next| next.is_lowercase());
                after_small || before_small
            };
            if (is_start || !character.is_alphanumeric()) && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            if character.is_alphanumeric() {
                word.extend(character.to_lowercase());
            }
        }
        if !word.is_empty() {
            words.push(word);
        }
        Self {
            joined: words.concat(),
            words,
        }
    }

    /// Returns the words of one thing, where these are those of many: `user_ids` holds a `user_id`.
    pub(super) fn singular(mut self) -> Self {
        if let Some(last) = self.words.last_mut()
            && last.len() > 2
            && last.ends_with('s')
            && !last.ends_with("ss")
        {
            last.pop();
            self.joined.pop();
        }
        self
    }

    pub(super) fn has(&self, wanted: &[&str]) -> bool {
        self.words.iter().any(|word| wanted.contains(&word.as_str()))
    }

    pub(super) fn is(&self, wanted: &[&str]) -> bool {
        wanted.contains(&self.joined.as_str())
    }

    pub(super) fn ends_with(&self, wanted: &[&str]) -> bool {
        wanted.iter().any(|end| self.joined.ends_with(end))
    }

    /// Returns whether the name is one of a text that often looks like a number: `1.9` comes before `1.10`.
    pub(super) fn is_text(&self) -> bool {
        self.words
            .last()
            .is_some_and(|last| TEXT_WORDS.contains(&last.as_str()))
    }

    /// Returns whether the name is one of a moment, such as `created_at`, `ts` or `startTimeMs`.
    pub(super) fn is_time(&self) -> bool {
        let mut words = self.words.iter().map(String::as_str).rev();
        let last = words.find(|word| !TIME_UNITS.contains(word));
        last.is_some_and(|last| TIME_WORDS.contains(&last) || last.ends_with("time") || last.ends_with("timestamp"))
    }
}

/// Last words of the names of texts that may hold nothing but digits.
const TEXT_WORDS: [&str; 8] = [
    "code", "phone", "postcode", "release", "ver", "version", "zip", "zipcode",
];

/// Words after the one that counts.
const TIME_UNITS: [&str; 14] = [
    "s",
    "sec",
    "secs",
    "seconds",
    "ms",
    "millis",
    "milliseconds",
    "us",
    "micros",
    "microseconds",
    "ns",
    "nanos",
    "nanoseconds",
    "utc",
];

/// Last words of the names of moments, besides all that end with `time`. Durations have such names too
/// (`response_time`), but no values in this century.
const TIME_WORDS: [&str; 25] = [
    "at",
    "begin",
    "created",
    "date",
    "end",
    "epoch",
    "exp",
    "expiration",
    "expires",
    "expiry",
    "finished",
    "iat",
    "modified",
    "nbf",
    "occurred",
    "published",
    "received",
    "seen",
    "since",
    "start",
    "started",
    "stamp",
    "ts",
    "updated",
    "when",
];
