//! Changes of everything but names and types: how a value is read, and what is said about it. All of them are allowed.

use super::{ChangeKind, Changes, Verdict, join};
use crate::indicator::Indicator;
use crate::schema::{Field, Schema, ValueType};
use crate::time::TimeFormat;
use crate::transformations::Transformations;
use crate::validation::Validation;

/// What a change means that asks more of a record.
const STRICTER: &str = "records that fit before may be rejected now";

/// Compares what stands at the top of a schema.
pub(super) fn of_schema(old: &Schema, new: &Schema, changes: &mut Changes) {
    text(
        "",
        ChangeKind::Description,
        "the description",
        old.description(),
        new.description(),
        changes,
    );
    text(
        "",
        ChangeKind::ReferenceUrl,
        "the reference URL",
        old.reference_url(),
        new.reference_url(),
        changes,
    );
    switch(
        "",
        (ChangeKind::FieldDiscovery, "fieldDiscoveryEnabled"),
        old.is_field_discovery_enabled(),
        new.is_field_discovery_enabled(),
        changes,
    );
    parser(old, new, changes);
    event_time(old, new, changes);
}

/// Another parser reads the same lines otherwise, or not at all.
fn parser(old: &Schema, new: &Schema, changes: &mut Changes) {
    if old.parser() == new.parser() {
        return;
    }
    let kind = |schema: &Schema| schema.parser().map_or("no parser", |parser| parser.kind().name());
    let (before, after) = (kind(old), kind(new));
    let message = if before == after {
        format!("the {after} parser has changed")
    } else {
        format!("the parser changes from {before} to {after}")
    };
    // A native parser reads JSON, as does none.
    let reads_the_same = !old.reads_lines() && !new.reads_lines();
    if reads_the_same {
        changes.add("parser", ChangeKind::Parser, message);
    } else {
        let hint = "records that fit before may be rejected now, or read otherwise".to_owned();
        changes.hinted("parser", ChangeKind::Parser, Verdict::Warning, message, Some(hint));
    }
}

/// Which fields may become the event's time is one list for the whole schema: a field that is moved, or marked, changes
/// the time of events that it is not even in.
fn event_time(old: &Schema, new: &Schema, changes: &mut Changes) {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    event_times(old.fields(), "", &mut before);
    event_times(new.fields(), "", &mut after);
    if before == after {
        return;
    }
    let list = |paths: &[String]| {
        if paths.is_empty() {
            "the time of parsing".to_owned()
        } else {
            paths
                .iter()
                .map(|path| format!("`{path}`"))
                .collect::<Vec<_>>()
                .join(", then ")
        }
    };
    let message = format!("the event's time is {}; it was {}", list(&after), list(&before));
    let hint = "rows that are there keep their time and day, only new ones get another".to_owned();
    changes.hinted("", ChangeKind::EventTime, Verdict::Warning, message, Some(hint));
}

fn event_times(fields: &[Field], parent: &str, found: &mut Vec<String>) {
    for field in fields {
        event_times_of(&field.value, &join(parent, &field.name), found);
    }
}

fn event_times_of(value: &ValueType, path: &str, found: &mut Vec<String>) {
    match value.held() {
        ValueType::Timestamp {
            is_event_time: true, ..
        } => found.push(path.to_owned()),
        ValueType::Array(element) => event_times_of(element, &format!("{path}[]"), found),
        ValueType::Object(fields) => event_times(fields, path, found),
        _ => {}
    }
}

/// Compares what a field says beside its type.
pub(super) fn of_field(old: &Field, new: &Field, path: &str, changes: &mut Changes) {
    match (old.required, new.required) {
        (false, true) => {
            changes.hinted(
                path,
                ChangeKind::Required,
                Verdict::Warning,
                "now required",
                Some(STRICTER.to_owned()),
            );
        }
        (true, false) => changes.add(path, ChangeKind::Required, "no longer required"),
        _ => {}
    }
    let (before, after) = (old.description.as_deref(), new.description.as_deref());
    text(path, ChangeKind::Description, "the description", before, after, changes);
    transformations(&old.transformations, &new.transformations, path, changes);
}

fn transformations(old: &Transformations, new: &Transformations, path: &str, changes: &mut Changes) {
    let differing = [
        ("rename", old.rename != new.rename),
        ("copy", old.copy != new.copy),
        ("concat", old.concat != new.concat),
        ("split", old.split != new.split),
        ("mask", old.mask != new.mask),
    ];
    for (key, _) in differing.into_iter().filter(|(_, differs)| *differs) {
        let message = format!("`{key}` has changed; rows that are there keep what they hold");
        changes.add(path, ChangeKind::Transformations, message);
    }
}

/// Compares whether two values may come as strings with JSON in them.
pub(super) fn of_embedding(old: &ValueType, new: &ValueType, path: &str, changes: &mut Changes) {
    let is_embedded = |value: &ValueType| matches!(value, ValueType::Embedded(_));
    let attribute = (ChangeKind::EmbeddedJson, "isEmbeddedJSON");
    switch(path, attribute, is_embedded(old), is_embedded(new), changes);
}

/// Compares two values of one type without parts.
pub(super) fn of_value(old: &ValueType, new: &ValueType, path: &str, changes: &mut Changes) {
    match (old, new) {
        (
            ValueType::String {
                indicators: before,
                validation: rules_before,
            },
            ValueType::String {
                indicators: after,
                validation: rules_after,
            },
        ) => {
            indicators(before, after, path, changes);
            validation(rules_before.as_ref(), rules_after.as_ref(), path, changes);
        }
        (
            ValueType::Timestamp {
                formats: before,
                is_expiration: expires_before,
                ..
            },
            ValueType::Timestamp {
                formats: after,
                is_expiration: expires_after,
                ..
            },
        ) => {
            time_formats(before, after, path, changes);
            let attribute = (ChangeKind::Expiration, "isExpiration");
            switch(path, attribute, *expires_before, *expires_after, changes);
        }
        _ => {}
    }
}

fn validation(old: Option<&Validation>, new: Option<&Validation>, path: &str, changes: &mut Changes) {
    match (old, new) {
        (old, new) if old == new => {}
        (Some(_), None) => changes.add(path, ChangeKind::Validation, "no longer validated"),
        _ => {
            let message = "`validate` has changed";
            let hint = Some(STRICTER.to_owned());
            changes.hinted(path, ChangeKind::Validation, Verdict::Warning, message, hint);
        }
    }
}

fn indicators(old: &[Indicator], new: &[Indicator], path: &str, changes: &mut Changes) {
    let parts = [
        (
            "no longer looked for: ",
            names(old, new, |indicator| indicator.name().to_owned()),
        ),
        (
            "looked for from now on: ",
            names(new, old, |indicator| indicator.name().to_owned()),
        ),
    ];
    for (what, names) in parts {
        if !names.is_empty() {
            changes.add(
                path,
                ChangeKind::Indicators,
                format!("indicators {what}{}", names.join(", ")),
            );
        }
    }
}

fn time_formats(old: &[TimeFormat], new: &[TimeFormat], path: &str, changes: &mut Changes) {
    let gone = names(old, new, ToString::to_string);
    let come = names(new, old, ToString::to_string);
    if !gone.is_empty() {
        let message = format!("time formats no longer read: {}", gone.join(", "));
        changes.hinted(
            path,
            ChangeKind::TimeFormats,
            Verdict::Warning,
            message,
            Some(STRICTER.to_owned()),
        );
    }
    if !come.is_empty() {
        changes.add(
            path,
            ChangeKind::TimeFormats,
            format!("time formats read from now on: {}", come.join(", ")),
        );
    }
    if gone.is_empty() && come.is_empty() && old != new {
        changes.add(path, ChangeKind::TimeFormats, "time formats are tried in another order");
    }
}

/// The names of those in `of` that are not in `without`.
fn names<T: PartialEq>(of: &[T], without: &[T], name: impl Fn(&T) -> String) -> Vec<String> {
    of.iter().filter(|item| !without.contains(item)).map(name).collect()
}

fn text(path: &str, kind: ChangeKind, what: &str, old: Option<&str>, new: Option<&str>, changes: &mut Changes) {
    match (old, new) {
        (old, new) if old == new => {}
        (None, Some(_)) => changes.add(path, kind, format!("{what} is new")),
        (Some(_), None) => changes.add(path, kind, format!("{what} is gone")),
        _ => changes.add(path, kind, format!("{what} has changed")),
    }
}

fn switch(path: &str, (kind, key): (ChangeKind, &str), old: bool, new: bool, changes: &mut Changes) {
    if old != new {
        changes.add(path, kind, format!("`{key}` is now {new}"));
    }
}
