//! The phases after the first: values are set from elsewhere in the record, or masked.
//!
//! A source's path starts at the record, and what it leads to is read as it was before the phase. So an edit makes the
//! same text wherever its field stands. It is made once; in the other elements of an array it is repeated.

use std::borrow::Cow;
use std::ops::Range;

use super::source::{self, Found};
use super::{Elements, Members, Out, Stop, unfold};
use crate::json::{Kind, Reader, write_string};
use crate::limits::{RECORD_BYTES_MAX, RECORD_VALUE_COUNT_MAX};
use crate::normalise::path::{Path, Problems};
use crate::plan::{Edit, PhasePlan, Target, TargetObject, TargetValue, Unfold};

mod mask;
#[cfg(test)]
mod tests;

use mask::{has_containers, masked, masked_whole};

/// Writes the record that starts here.
pub(super) fn run(plan: &PhasePlan, text: &str, out: &mut Out, problems: &mut Problems) -> Result<(), Stop> {
    // Without the white space in front of it.
    let mut reader = Reader::of_text(text);
    let record = reader.skip()?;
    reader.end()?;
    let mut phase = Phase::of(plan, record, problems)?;
    phase.object(&plan.targets, Some(record), Key::Name, &Path::Root, out)?;
    Ok(())
}

/// A phase that has found what it reads.
struct Phase<'t, 'p> {
    plan: &'p PhasePlan,
    found: Found<'t>,
    /// What the sources of splits mean, by their numbers, once it is needed.
    texts: Vec<Option<Cow<'t, str>>>,
    /// What the edits have come to, by their numbers.
    made: Vec<Made>,
    problems: &'p mut Problems,
    /// Places for values that were visited so far, filled or not.
    target_count: usize,
    /// Bytes that copies took once they were unfolded. They may be more than is written in the end.
    unfolded_bytes: usize,
    /// How often something was made of a source.
    #[cfg(test)]
    source_use_count: usize,
}

/// What an edit has come to.
#[derive(Clone)]
enum Made {
    /// It was not needed yet.
    NotYet,
    /// A split has no such part.
    Missing,
    /// A split's part is here in the text of its source.
    Part(Range<usize>),
    /// It is finished, and stands here in the output.
    Written(Range<usize>),
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

/// The key that a value has, or something around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    /// The field's name.
    Name,
    /// The one that the field is renamed from. Nothing else reads what is under it, so it may be anything.
    Old,
}

impl<'t, 'p> Phase<'t, 'p> {
    fn of(plan: &'p PhasePlan, record: &'t str, problems: &'p mut Problems) -> Result<Self, Stop> {
        let mut found: Found<'t> = vec![None; plan.source_paths.len()];
        source::find(&plan.sources, record, &mut found)?;
        Ok(Self {
            plan,
            texts: vec![None; found.len()],
            found,
            made: vec![Made::NotYet; plan.edit_count],
            problems,
            target_count: 0,
            unfolded_bytes: 0,
            #[cfg(test)]
            source_use_count: 0,
        })
    }

    /// Writes an object, or what one would be that is not there. Returns whether it has members.
    fn object(
        &mut self,
        plan: &TargetObject,
        text: Option<&str>,
        under: Key,
        path: &Path<'_>,
        out: &mut Out,
    ) -> Result<bool, Stop> {
        self.target_count += plan.members.len();
        if self.target_count > RECORD_VALUE_COUNT_MAX {
            return Err(Stop::TooManyValues);
        }
        let mut fates: Vec<Fate> = Vec::with_capacity(plan.members.len());
        for target in &plan.members {
            let is_set = self.sets(target, path)?;
            fates.push(if is_set { Fate::Set } else { Fate::Stays });
        }
        let mut is_first = true;
        out.push("{")?;
        if let Some(text) = text {
            let mut members = Members::of(text, 0)?;
            while let Some((key, member)) = members.next()? {
                let name = key.decode();
                let position = plan.position(&name);
                if position.is_some_and(|position| fates[position] == Fate::Set) {
                    continue;
                }
                out.begin(&mut is_first, Some(key.quoted()))?;
                if let Some(position) = position {
                    let is_there = member != "null";
                    fates[position] = if is_there { Fate::StaysThere } else { Fate::Stays };
                    self.kept(&plan.members[position], member, under, path, out)?;
                } else if let Some(position) = plan.renamed(&name) {
                    self.kept(&plan.members[position], member, Key::Old, path, out)?;
                } else {
                    out.push(member)?;
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
    fn kept(&mut self, target: &Target, text: &str, under: Key, path: &Path<'_>, out: &mut Out) -> Result<(), Stop> {
        match &target.edit {
            Some(Edit::Mask(mask)) if under == Key::Old && has_containers(text)? => masked_whole(mask, text, out),
            Some(Edit::Mask(mask)) => masked(mask, text, out),
            _ => self.value(&target.inner, text, under, &Path::Field(path, &target.name), out),
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
                self.set(edit, target.edit_number, inner, &path, out)
            }
            (_, Fate::Stays, TargetValue::Object(object)) => {
                let (length, was_first) = (out.text.len(), *is_first);
                out.begin(is_first, Some(&target.quoted_name))?;
                if !self.object(object, None, Key::Name, &path, out)? {
                    out.text.truncate(length);
                    *is_first = was_first;
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn value(
        &mut self,
        plan: &TargetValue,
        text: &str,
        under: Key,
        path: &Path<'_>,
        out: &mut Out,
    ) -> Result<(), Stop> {
        match plan {
            TargetValue::Object(plan) if text.starts_with('{') => {
                self.object(plan, Some(text), under, path, out).map(drop)
            }
            TargetValue::Array(plan) if text.starts_with('[') => {
                let mut is_first = true;
                out.push("[")?;
                let mut elements = Elements::of(text, 0)?;
                let mut index = 0;
                while let Some(element) = elements.next()? {
                    out.begin(&mut is_first, None)?;
                    self.value(plan, element, under, &Path::Element(path, index), out)?;
                    index += 1;
                }
                out.push("]")
            }
            // The field takes no such value. This may be a string with JSON in it, which was not unfolded here.
            _ if under == Key::Old => match plan.any_mask() {
                Some(mask) => masked_whole(mask, text, out),
                None => out.push(text),
            },
            _ => out.push(text),
        }
    }

    /// Returns whether a target is set to what its sources hold. Reports sources that are no text where text is needed.
    fn sets(&mut self, target: &Target, path: &Path<'_>) -> Result<bool, Stop> {
        let sources = match &target.edit {
            None | Some(Edit::Mask(_)) => return Ok(false),
            Some(Edit::Copy { source, .. }) => return Ok(self.found[*source].is_some()),
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
            return Ok(false);
        }
        match &target.edit {
            Some(Edit::Split {
                source,
                separator,
                index,
            }) => self.has_part(target.edit_number, *source, separator, *index),
            _ => Ok(sources.iter().any(|&source| self.found[source].is_some())),
        }
    }

    /// Returns whether a split's source has the part that it takes. Looks for it the first time only.
    fn has_part(&mut self, number: usize, source: usize, separator: &str, index: usize) -> Result<bool, Stop> {
        if let Made::NotYet = self.made[number] {
            let part = match self.found[source] {
                None => None,
                Some(value) => {
                    self.count_source_use();
                    let text = match &mut self.texts[source] {
                        Some(text) => text,
                        none => none.insert(text_of(value)?),
                    };
                    part(text, separator, index)
                }
            };
            self.made[number] = part.map_or(Made::Missing, Made::Part);
        }
        Ok(!matches!(self.made[number], Made::Missing))
    }

    #[cfg_attr(not(test), expect(clippy::unused_self, reason = "only tests count"))]
    fn count_source_use(&mut self) {
        #[cfg(test)]
        {
            self.source_use_count += 1;
        }
    }

    /// Writes what a target is set to.
    fn set(
        &mut self,
        edit: &Edit,
        number: usize,
        inner: &TargetValue,
        path: &Path<'_>,
        out: &mut Out,
    ) -> Result<(), Stop> {
        if let Made::Written(written) = &self.made[number] {
            return out.repeat(written.clone());
        }
        let start = out.text.len();
        self.make(edit, number, inner, path, out)?;
        self.made[number] = Made::Written(start..out.text.len());
        Ok(())
    }

    /// Writes for the first time what a target is set to.
    fn make(
        &mut self,
        edit: &Edit,
        number: usize,
        inner: &TargetValue,
        path: &Path<'_>,
        out: &mut Out,
    ) -> Result<(), Stop> {
        match edit {
            Edit::Copy { source, unfold } => {
                self.count_source_use();
                let copied = self.found[*source].unwrap_or("null");
                if *unfold == Unfold::Nothing {
                    return self.value(inner, copied, Key::Name, path, out);
                }
                let mut unfolded = Out::default();
                unfold::value(unfold, copied, 0, &mut unfolded)?;
                self.unfolded_bytes += unfolded.text.len();
                if self.unfolded_bytes > RECORD_BYTES_MAX {
                    return Err(Stop::TooLong);
                }
                self.value(inner, &unfolded.text, Key::Name, path, out)
            }
            Edit::Concat {
                sources,
                quoted_separator,
            } => {
                self.count_source_use();
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
            Edit::Split { source, .. } => match (&self.made[number], &self.texts[*source]) {
                (Made::Part(part), Some(text)) => push_string(&text[part.clone()], out),
                _ => out.push("null"),
            },
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

/// Returns where a part of a text is that a separator cuts.
fn part(text: &str, separator: &str, index: usize) -> Option<Range<usize>> {
    let start = match index.checked_sub(1) {
        None => 0,
        Some(before) => text.match_indices(separator).nth(before)?.0 + separator.len(),
    };
    let length = text[start..].find(separator);
    Some(start..length.map_or(text.len(), |length| start + length))
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
