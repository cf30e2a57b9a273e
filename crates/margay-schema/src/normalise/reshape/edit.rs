//! The phases after the first: values are set from elsewhere in the record, or masked.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::source::{self, Found};
use super::{Elements, Members, Out, Stop, unfold};
use crate::json::{Kind, Reader, write_string};
use crate::limits::RECORD_VALUE_COUNT_MAX;
use crate::normalise::path::{Path, Problems};
use crate::plan::{Edit, PhasePlan, Target, TargetObject, TargetValue, Unfold};
use crate::transformations::Mask;

/// Writes the record that starts here.
pub(super) fn run(plan: &PhasePlan, text: &str, out: &mut Out, problems: &mut Problems) -> Result<(), Stop> {
    // Without the white space in front of it.
    let mut reader = Reader::of_text(text);
    let record = reader.skip()?;
    reader.end()?;
    let mut found: Found<'_> = vec![None; plan.source_paths.len()];
    source::find(&plan.sources, record, &mut found)?;
    let mut phase = Phase {
        plan,
        found,
        problems,
        target_count: 0,
    };
    phase.object(&plan.targets, Some(record), &Path::Root, out)?;
    Ok(())
}

/// A phase that has found what it reads.
struct Phase<'t, 'p> {
    plan: &'p PhasePlan,
    found: Found<'t>,
    problems: &'p mut Problems,
    /// Places for values that were visited so far, filled or not.
    target_count: usize,
}

/// What becomes of a target in one object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is set to something else: what the object has is passed over.
    Set,
    /// It stays, though what is in it may change.
    Stays,
    /// It stays, and there is a value that is not null.
    StaysThere,
}

impl Phase<'_, '_> {
    /// Writes an object, or what one would be that is not there. Returns whether it has members.
    fn object(
        &mut self,
        plan: &TargetObject,
        text: Option<&str>,
        path: &Path<'_>,
        out: &mut Out,
    ) -> Result<bool, Stop> {
        self.target_count += plan.members.len();
        if self.target_count > RECORD_VALUE_COUNT_MAX {
            return Err(Stop::TooManyValues);
        }
        let mut fates: Vec<Fate> = Vec::with_capacity(plan.members.len());
        for target in &plan.members {
            let is_set = self.sets(target, path);
            fates.push(if is_set { Fate::Set } else { Fate::Stays });
        }
        let mut is_first = true;
        out.push("{")?;
        if let Some(text) = text {
            let mut members = Members::of(text, 0)?;
            while let Some((key, member)) = members.next()? {
                let position = plan.position(&key.decode());
                match position {
                    None => {
                        out.begin(&mut is_first, Some(key.quoted()))?;
                        out.push(member)?;
                    }
                    Some(position) if fates[position] == Fate::Set => {}
                    Some(position) => {
                        let is_there = member != "null";
                        fates[position] = if is_there { Fate::StaysThere } else { Fate::Stays };
                        out.begin(&mut is_first, Some(key.quoted()))?;
                        self.kept(&plan.members[position], member, path, out)?;
                    }
                }
            }
        }
        for (target, fate) in plan.members.iter().zip(fates) {
            self.added(target, fate, path, &mut is_first, out)?;
        }
        out.push("}")?;
        Ok(!is_first)
    }

    /// Writes a value that the record has and that is not set to another.
    fn kept(&mut self, target: &Target, text: &str, path: &Path<'_>, out: &mut Out) -> Result<(), Stop> {
        match &target.edit {
            Some(Edit::Mask(mask)) => masked(mask, text, out),
            _ => self.value(&target.inner, text, &Path::Field(path, &target.name), out),
        }
    }

    /// Writes what comes new into an object: what is set, and objects that were not there and now have members.
    fn added(
        &mut self,
        target: &Target,
        fate: Fate,
        path: &Path<'_>,
        is_first: &mut bool,
        out: &mut Out,
    ) -> Result<(), Stop> {
        let path = Path::Field(path, &target.name);
        match (&target.edit, fate, &target.inner) {
            (Some(edit), Fate::Set, inner) => {
                out.begin(is_first, Some(&target.quoted_name))?;
                self.set(edit, inner, &path, out)
            }
            (_, Fate::Stays, TargetValue::Object(object)) => {
                let (length, was_first) = (out.text.len(), *is_first);
                out.begin(is_first, Some(&target.quoted_name))?;
                if !self.object(object, None, &path, out)? {
                    out.text.truncate(length);
                    *is_first = was_first;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn value(&mut self, plan: &TargetValue, text: &str, path: &Path<'_>, out: &mut Out) -> Result<(), Stop> {
        match plan {
            TargetValue::Object(plan) if text.starts_with('{') => self.object(plan, Some(text), path, out).map(drop),
            TargetValue::Array(plan) if text.starts_with('[') => {
                let mut is_first = true;
                out.push("[")?;
                let mut elements = Elements::of(text, 0)?;
                let mut index = 0;
                while let Some(element) = elements.next()? {
                    out.begin(&mut is_first, None)?;
                    self.value(plan, element, &Path::Element(path, index), out)?;
                    index += 1;
                }
                out.push("]")
            }
            _ => out.push(text),
        }
    }

    /// Returns whether a target is set to what its sources hold. Reports sources that are no text where text is needed.
    fn sets(&mut self, target: &Target, path: &Path<'_>) -> bool {
        let sources = match &target.edit {
            None | Some(Edit::Mask(_)) => return false,
            Some(Edit::Copy { source, .. }) => return self.found[*source].is_some(),
            Some(Edit::Concat { sources, .. }) => sources,
            Some(Edit::Split { source, .. }) => std::slice::from_ref(source),
        };
        let container = sources
            .iter()
            .find_map(|&source| Some((source, container(self.found[source]?)?)));
        if let Some((source, kind)) = container {
            let expected = format!(
                "a string, number or boolean at `{}` to make it from",
                self.plan.source_paths[source]
            );
            self.problems
                .add(&Path::Field(path, &target.name), expected, kind.name());
            return false;
        }
        sources.iter().any(|&source| self.found[source].is_some())
    }

    /// Writes what a target is set to.
    fn set(&mut self, edit: &Edit, inner: &TargetValue, path: &Path<'_>, out: &mut Out) -> Result<(), Stop> {
        match edit {
            Edit::Copy { source, unfold } => {
                let copied = self.found[*source].unwrap_or("null");
                if *unfold == Unfold::Nothing {
                    return self.value(inner, copied, path, out);
                }
                let mut unfolded = Out::default();
                unfold::value(unfold, copied, 0, &mut unfolded)?;
                self.value(inner, &unfolded.text, path, out)
            }
            Edit::Concat {
                sources,
                quoted_separator,
            } => {
                // What stands between the quotes of JSON strings makes another when it is put together.
                let mut is_first = true;
                out.push("\"")?;
                for value in sources.iter().filter_map(|&source| self.found[source]) {
                    if !std::mem::replace(&mut is_first, false) {
                        out.push(unquoted(quoted_separator))?;
                    }
                    out.push(unquoted(value))?;
                }
                out.push("\"")
            }
            Edit::Split {
                source,
                separator,
                index,
            } => {
                let text = self.found[*source].map_or(Ok(Cow::Borrowed("")), text_of)?;
                match text.split(&**separator).nth(*index) {
                    Some(part) => push_string(part, out),
                    None => out.push("null"),
                }
            }
            Edit::Mask(_) => unreachable!("a mask sets nothing"),
        }
    }
}

/// Returns the kind of a value that is no text.
fn container(value: &str) -> Option<Kind> {
    match value.as_bytes().first() {
        Some(b'{') => Some(Kind::Object),
        Some(b'[') => Some(Kind::Array),
        _ => None,
    }
}

/// Returns what a string means, or the literal text of a number or boolean.
fn text_of(value: &str) -> Result<Cow<'_, str>, Stop> {
    if value.starts_with('"') {
        Ok(Reader::of_text(value).decoded_string()?)
    } else {
        Ok(Cow::Borrowed(value))
    }
}

/// Returns what stands between the quotes of a string, as it is written; or a number or boolean.
fn unquoted(value: &str) -> &str {
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(value)
}

fn push_string(text: &str, out: &mut Out) -> Result<(), Stop> {
    let mut quoted = String::with_capacity(text.len() + 2);
    write_string(&mut quoted, text);
    out.push(&quoted)
}

/// Writes a value behind its mask: texts, and those in arrays. Null hides nothing, and an object does not fit the field.
fn masked(mask: &Mask, value: &str, out: &mut Out) -> Result<(), Stop> {
    if value == "null" || value.starts_with('{') {
        return out.push(value);
    }
    if value.starts_with('[') {
        let mut is_first = true;
        out.push("[")?;
        let mut elements = Elements::of(value, 0)?;
        while let Some(element) = elements.next()? {
            out.begin(&mut is_first, None)?;
            masked(mask, element, out)?;
        }
        return out.push("]");
    }
    match mask {
        Mask::Redact { to } => push_string(to, out),
        Mask::Obfuscate { salt } => {
            let text = text_of(value)?;
            let digest = Sha256::new()
                .chain_update(salt)
                .chain_update(text.as_bytes())
                .finalize();
            push_string(&hexadecimal(&digest), out)
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
