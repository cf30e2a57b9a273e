//! The id of a record from a file: the same that reading from the vendor would give it, so that both know each other's records.

use std::borrow::Cow;
use std::collections::HashMap;
use std::str::FromStr;

use margay_connector::RecordId;
use margay_schema::LogType;
use serde_json::value::RawValue;

use crate::source::ASANA_LOG_TYPE;

/// The longest path to an id, and its most keys: records have no ids so deep inside.
const PATH_BYTES_MAX: usize = 1_024;
const PATH_KEYS_MAX: usize = 16;

/// Where a record has its id: keys from outside in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdPath(Vec<String>);

/// Why a text is no path to an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdPathError {
    /// A key has no characters.
    #[error("a key of the path is empty\nhint: keys are joined by dots, such as `event.id`")]
    EmptyKey,
    /// It is too long.
    #[error("a path to an id has at most {PATH_BYTES_MAX} bytes and {PATH_KEYS_MAX} keys")]
    TooLong,
}

impl FromStr for IdPath {
    type Err = IdPathError;

    /// Reads keys joined by dots.
    fn from_str(path: &str) -> Result<Self, Self::Err> {
        let keys: Vec<String> = path.split('.').map(str::to_owned).collect();
        if path.len() > PATH_BYTES_MAX || keys.len() > PATH_KEYS_MAX {
            return Err(IdPathError::TooLong);
        }
        if keys.iter().any(String::is_empty) {
            return Err(IdPathError::EmptyKey);
        }
        Ok(Self(keys))
    }
}

/// The id of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Id {
    /// From where it was looked for.
    Found(String),
    /// Made of the content: there is none where it was looked for.
    Made(String),
}

impl Id {
    /// Returns it as text.
    pub(super) fn into_string(self) -> String {
        match self {
            Self::Found(id) | Self::Made(id) => id,
        }
    }
}

/// Returns the id of a record. Where no path is given none is missed: then it is what reading from the vendor would give.
pub(super) fn id_of(body: &str, path: Option<&IdPath>, log_type: &LogType) -> Id {
    match path {
        Some(path) => match at_path(body, &path.0).and_then(RecordId::of_value) {
            Some(id) => Id::Found(id.into_string()),
            None => Id::Made(RecordId::of_content(body).into_string()),
        },
        None if log_type.as_str() == ASANA_LOG_TYPE => Id::Found(RecordId::of_record(body).into_string()),
        None => Id::Found(RecordId::of_content(body).into_string()),
    }
}

/// Returns the value at the path, if the record is JSON and has one there. Of a key that comes twice the last value counts, as in a schema.
fn at_path<'a>(body: &'a str, path: &[String]) -> Option<&'a RawValue> {
    let mut found: Option<&'a RawValue> = None;
    for key in path {
        let text = found.map_or(body, RawValue::get);
        let members: HashMap<Cow<'a, str>, &'a RawValue> = serde_json::from_str(text).ok()?;
        found = Some(*members.get(key.as_str())?);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(body: &str, path: &str) -> String {
        let id = id_of(body, Some(&path.parse().unwrap()), &"Custom.Log".parse().unwrap());
        assert_eq!(
            matches!(id, Id::Made(_)),
            id.clone().into_string().starts_with("sha256:")
        );
        id.into_string()
    }

    #[test]
    fn an_id_is_found_at_its_path_or_made_of_the_content() {
        assert_eq!(id(r#"{"event": {"id": "a-1"}, "id": 7}"#, "event.id"), "a-1");
        assert_eq!(id(r#"{"event": {"id": "a-1"}, "id": 7}"#, "id"), "7");
        assert_eq!(id(r#"{"i\u0064": "x"}"#, "id"), "x", "an escaped key is the key");
        for without in [r#"{"id": null}"#, r#"{"other": 1}"#, "no json", "[1]", r#"{"id": 1.5}"#] {
            let made = id(without, "id");
            assert!(made.starts_with("sha256:"), "{without}: {made}");
            assert_eq!(made, id(without, "id"));
        }
        assert_ne!(id("one", "id"), id("two", "id"));
    }

    #[test]
    fn a_record_of_asana_has_the_id_that_reading_gives_it() {
        let asana = "Asana.Audit".parse().unwrap();
        let found = id_of(r#"{"gid": "12", "id": "x"}"#, None, &asana);
        assert_eq!(found, Id::Found("12".to_owned()));
        let made = id_of(r#"{"id": "x"}"#, None, &"Custom.Log".parse().unwrap());
        assert!(made.into_string().starts_with("sha256:"));
    }

    #[test]
    fn a_path_without_a_key_or_without_end_is_refused() {
        assert_eq!("a..b".parse::<IdPath>(), Err(IdPathError::EmptyKey));
        assert_eq!("".parse::<IdPath>(), Err(IdPathError::EmptyKey));
        assert_eq!("a.".repeat(40).parse::<IdPath>(), Err(IdPathError::TooLong));
    }
}
