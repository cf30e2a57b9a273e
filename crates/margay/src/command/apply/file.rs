//! The file of `margay apply`: YAML becomes what is declared, each thing with its place. Nothing is looked up here.
//!
//! Always holds: a problem names keys and places, never a value, which may be a secret at the wrong place.

use std::fmt;

use margay_detect::AlarmKind;
use margay_runtime::alarm::AlarmForm;
use margay_schema::did_you_mean;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use serde_saphyr::{Error, Location, Spanned};

use super::secret::SecretRef;

#[cfg(test)]
mod tests;

/// The longest file: a thousand log sources with their alarms are a quarter of it.
pub(super) const FILE_BYTES_MAX: usize = 1024 * 1024;
/// The most log sources of a file: more than anybody has, so that a file that was made wrongly is told so.
pub(super) const LOG_SOURCES_MAX: usize = 1_000;
/// What `version` is.
const VERSION: u64 = 1;

/// What a file declares.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Declared {
    version: Spanned<u64>,
    /// Paths of schema files.
    #[serde(default, deserialize_with = "or_none")]
    pub(super) schemas: Vec<Spanned<String>>,
    #[serde(default, deserialize_with = "or_none")]
    pub(super) log_sources: Vec<DeclaredSource>,
    #[serde(default, deserialize_with = "or_none")]
    pub(super) destinations: Vec<DeclaredDestination>,
    /// The server's own.
    #[serde(default, deserialize_with = "or_none")]
    pub(super) alarms: DeclaredAlarms,
}

/// A log source; the words are the API's.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DeclaredSource {
    pub(super) label: Spanned<String>,
    pub(super) connector: Option<Spanned<String>>,
    pub(super) organization_id: Spanned<String>,
    pub(super) token: Option<Spanned<SecretRef>>,
    pub(super) api_url: Option<Spanned<String>>,
    pub(super) log_type: Option<Spanned<String>>,
    pub(super) start_at: Option<Spanned<String>>,
    pub(super) requests_per_minute: Option<Spanned<u32>>,
    pub(super) requests_in_flight: Option<Spanned<u32>>,
    /// `default` for the server's; left out, it stays as it is.
    pub(super) poll_interval: Option<Spanned<String>>,
    pub(super) paused: Option<bool>,
    #[serde(default, deserialize_with = "or_none")]
    pub(super) alarms: DeclaredAlarms,
}

/// A destination; the words are the API's.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DeclaredDestination {
    pub(super) name: Spanned<String>,
    pub(super) kind: Spanned<String>,
    pub(super) settings: Option<Map<String, Value>>,
    pub(super) secret: Option<Spanned<SecretRef>>,
    #[serde(default, deserialize_with = "or_none")]
    pub(super) severities: Vec<Spanned<String>>,
    #[serde(default, deserialize_with = "or_none")]
    pub(super) alert_types: Vec<Spanned<String>>,
    pub(super) enabled: Option<bool>,
}

/// Alarms by their names, each once.
#[derive(Debug, Default)]
pub(super) struct DeclaredAlarms(pub(super) Vec<(AlarmKind, Spanned<AlarmForm>)>);

/// A place in the file, both from 1; 0 is the whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    line: u64,
    column: u64,
}

/// Something in the file that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    place: Place,
    message: String,
}

impl Declared {
    /// Reads a file.
    ///
    /// # Errors
    /// What is no YAML, unknown, missing or of the wrong type, with its place.
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        if text.len() > FILE_BYTES_MAX {
            return Err(Problem::of_file(format!(
                "the file has more than {FILE_BYTES_MAX} bytes"
            )));
        }
        let declared: Self = serde_saphyr::from_str(text).map_err(|error| Problem::of(&error))?;
        if declared.version.value != VERSION {
            return Err(Problem::new(
                &declared.version,
                format!("this Margay reads version {VERSION} of the file\nhint: was it written for a newer one?"),
            ));
        }
        if declared.log_sources.len() > LOG_SOURCES_MAX {
            return Err(Problem::of_file(format!(
                "a file has at most {LOG_SOURCES_MAX} log sources, and this one has {}",
                declared.log_sources.len()
            )));
        }
        Ok(declared)
    }
}

impl<'de> Deserialize<'de> for DeclaredAlarms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Alarms;
        impl<'de> Visitor<'de> for Alarms {
            type Value = DeclaredAlarms;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("alarms by their names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DeclaredAlarms, A::Error> {
                let mut alarms: Vec<(AlarmKind, Spanned<AlarmForm>)> = Vec::new();
                while let Some(AlarmName(kind)) = map.next_key()? {
                    // Names differ by case only: YAML takes them for two keys.
                    if alarms.iter().any(|(other, _)| *other == kind) {
                        return Err(A::Error::custom(format!("`{}` is there twice", kind.as_str())));
                    }
                    alarms.push((kind, map.next_value()?));
                }
                Ok(DeclaredAlarms(alarms))
            }
        }
        deserializer.deserialize_map(Alarms)
    }
}

/// A key with nothing after it declares nothing: what stood below it may be commented out.
fn or_none<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

struct AlarmName(AlarmKind);

impl<'de> Deserialize<'de> for AlarmName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = AlarmName;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("the name of an alarm")
            }

            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<AlarmName, E> {
                AlarmKind::of_name(name).map(AlarmName).ok_or_else(|| {
                    let known = AlarmKind::ALL.map(AlarmKind::as_str);
                    E::custom(unknown(&format!("there is no alarm `{}`", short(name)), name, &known))
                })
            }
        }
        deserializer.deserialize_str(Name)
    }
}

impl Place {
    fn of(location: &Location) -> Self {
        Self {
            line: location.line(),
            column: location.column(),
        }
    }

    /// The place of something in the file.
    pub(super) fn of_value<T>(value: &Spanned<T>) -> Self {
        Self::of(&value.referenced)
    }
}

impl Problem {
    /// A problem of something in the file.
    pub(super) fn new<T>(what: &Spanned<T>, message: impl fmt::Display) -> Self {
        Self::at(Place::of_value(what), message)
    }

    pub(super) fn at(place: Place, message: impl fmt::Display) -> Self {
        Self {
            place,
            message: message.to_string(),
        }
    }

    /// A problem of the file as a whole.
    pub(super) fn of_file(message: impl fmt::Display) -> Self {
        Self::at(Place::default(), message)
    }

    /// Says what the reader of YAML found, without repeating what stands there.
    fn of(error: &Error) -> Self {
        let place = error.location().map(|location| Place::of(&location));
        let message = match error.without_snippet() {
            Error::AliasError { error, .. } => return Self::at(place.unwrap_or_default(), Self::of(error).message),
            Error::SerdeUnknownField { field, expected, .. } => {
                unknown(&format!("there is no `{}` here", short(field)), field, expected)
            }
            Error::SerdeUnknownVariant { expected, .. } => format!("expected one of {} here", expected.join(", ")),
            Error::SerdeMissingField { field, .. } => format!("`{field}` is missing"),
            Error::DuplicateMappingKey { key, .. } => {
                format!("`{}` is there twice", short(key.as_deref().unwrap_or("a key")))
            }
            Error::SerdeInvalidType { expected, .. } | Error::SerdeInvalidValue { expected, .. } => {
                format!("expected {expected}")
            }
            Error::InvalidScalar { ty, .. } => format!("expected {} here", form_of(ty)),
            Error::Unexpected { expected, .. } => format!("expected {} here", form_of(expected)),
            Error::NullIntoString { .. } => "expected a text here, and there is none".to_owned(),
            Error::MultipleDocuments { .. } => "the file holds one YAML document, and this is the second".to_owned(),
            Error::Eof { .. } => "the file is empty, or ends too early".to_owned(),
            Error::Message { msg, .. } => msg.clone(),
            Error::ExternalMessage { msg, .. } => format!("this is not YAML: {msg}"),
            Error::UnknownAnchor { .. } => "an alias names an anchor that is not there".to_owned(),
            _ => "this cannot be read: it is not YAML, or too much of it".to_owned(),
        };
        Self::at(place.unwrap_or_default(), message)
    }

    /// The problem as compilers write it, so that editors can jump to its place.
    pub(super) fn located(&self, file: &str) -> String {
        let Place { line, column } = self.place;
        if line == 0 {
            format!("{file}: {}", self.message)
        } else {
            format!("{file}:{line}:{column}: {}", self.message)
        }
    }
}

/// Says that there is no such word, and which was meant or which there are.
pub(super) fn unknown(message: &str, word: &str, known: &[&str]) -> String {
    let hint = did_you_mean(word, known).unwrap_or_else(|| format!("there are {}", known.join(", ")));
    format!("{message}\nhint: {hint}")
}

fn form_of(expected: &str) -> &str {
    match expected {
        "mapping start" => "a mapping",
        "sequence start" => "a list",
        "string scalar" => "a text",
        "u32" | "u64" => "a whole number",
        "boolean" => "true or false",
        other => other,
    }
}

/// A key for a message: one that is long was no key.
fn short(key: &str) -> String {
    const KEY_CHARS_SHOWN: usize = 40;
    key.chars().take(KEY_CHARS_SHOWN).flat_map(char::escape_debug).collect()
}
