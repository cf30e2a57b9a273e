//! What happens to a record before it is read: renames, JSON in strings, transformations.
//!
//! Each phase has a tree of the places it touches and nothing else, so that a schema without such attributes has no plan,
//! and a phase passes over the rest of a record without looking at it.

use std::collections::BTreeMap;

use crate::json::write_string;
use crate::schema::{Field, ValueType};
use crate::transformations::{EventPath, Mask, Transformations};

/// The phases, in the order in which they run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReshapePlan {
    /// Renames, and strings that give way to the JSON they hold.
    pub(crate) unfold: Option<UnfoldObject>,
    /// Copies, concats, splits and masks; those that the schema has.
    pub(crate) phases: Box<[PhasePlan]>,
}

/// What unfolding does to a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Unfold {
    Nothing,
    Object(UnfoldObject),
    Array(Box<Unfold>),
    /// If it is a string, what it holds takes its place; then to that.
    Embedded(Box<Unfold>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UnfoldObject {
    /// The fields that are renamed or have something in them to unfold, by name.
    members: Box<[UnfoldMember]>,
    /// The keys that become another, sorted, and the positions of their members.
    renames: Box<[(Box<str>, usize)]>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UnfoldMember {
    name: Box<str>,
    /// The name as JSON.
    pub(crate) quoted_name: Box<str>,
    pub(crate) value: Unfold,
}

/// Whether renames are part of an unfolding. They are not where a copy brings the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Renames {
    Done,
    Left,
}

/// One kind of transformation, all over the record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PhasePlan {
    /// Where the phase reads.
    pub(crate) sources: SourceTree,
    /// The paths of the sources, by their numbers.
    pub(crate) source_paths: Box<[EventPath]>,
    /// Where it writes.
    pub(crate) targets: TargetObject,
    /// How many edits the targets have.
    pub(crate) edit_count: usize,
}

/// The paths that a phase reads, as a tree of keys.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct SourceTree {
    /// The number of the source that ends here.
    pub(crate) source: Option<usize>,
    pub(crate) children: BTreeMap<Box<str>, SourceTree>,
}

/// What a phase does to an object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TargetObject {
    /// By name.
    pub(crate) members: Box<[Target]>,
    /// The keys that fields with masks are renamed from, sorted, and the positions of these fields. Where a key could
    /// not be renamed, because the field has a value of its own, it shall not show what the masks hide.
    old_keys: Box<[(Box<str>, usize)]>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Target {
    pub(crate) name: Box<str>,
    /// The name as JSON.
    pub(crate) quoted_name: Box<str>,
    pub(crate) edit: Option<Edit>,
    /// The number of the edit within its phase, if there is one.
    pub(crate) edit_number: usize,
    pub(crate) inner: TargetValue,
}

/// What a phase does to what is in a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TargetValue {
    Nothing,
    Object(TargetObject),
    Array(Box<TargetValue>),
}

/// What a phase does to a value. Sources are given by their numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Edit {
    Copy {
        source: usize,
        /// What is to be unfolded in the copy.
        unfold: Unfold,
    },
    Concat {
        sources: Box<[usize]>,
        /// The separator as JSON.
        quoted_separator: Box<str>,
    },
    Split {
        source: usize,
        separator: Box<str>,
        index: usize,
    },
    Mask(Mask),
}

impl ReshapePlan {
    /// Compiles the fields of a schema. `None` if there is nothing to do.
    pub(crate) fn of(fields: &[Field]) -> Option<Self> {
        let phases = [Kind::Copy, Kind::Concat, Kind::Split, Kind::Mask];
        let plan = Self {
            unfold: UnfoldObject::of(fields, Renames::Done),
            phases: phases
                .into_iter()
                .filter_map(|kind| PhasePlan::of(fields, kind))
                .collect(),
        };
        (plan.unfold.is_some() || !plan.phases.is_empty()).then_some(plan)
    }
}

impl Unfold {
    fn of(value: &ValueType, renames: Renames) -> Self {
        match value {
            ValueType::Embedded(inner) => Self::Embedded(Box::new(Self::of(inner, renames))),
            ValueType::Object(fields) => UnfoldObject::of(fields, renames).map_or(Self::Nothing, Self::Object),
            ValueType::Array(element) => match Self::of(element, renames) {
                Self::Nothing => Self::Nothing,
                element => Self::Array(Box::new(element)),
            },
            _ => Self::Nothing,
        }
    }
}

impl UnfoldObject {
    fn of(fields: &[Field], renames: Renames) -> Option<Self> {
        let rename_of = |field: &Field| match renames {
            Renames::Done => field.transformations.rename.clone(),
            Renames::Left => None,
        };
        let mut members = Vec::new();
        for field in fields {
            let (value, from) = (Unfold::of(&field.value, renames), rename_of(field));
            if value != Unfold::Nothing || from.is_some() {
                let member = UnfoldMember {
                    name: field.name.as_str().into(),
                    quoted_name: quoted(&field.name),
                    value,
                };
                members.push((member, from));
            }
        }
        members.sort_unstable_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let mut by_key: Vec<(Box<str>, usize)> = members
            .iter()
            .enumerate()
            .filter_map(|(position, (_, from))| Some((from.as_deref()?.into(), position)))
            .collect();
        by_key.sort_unstable();
        (!members.is_empty()).then(|| Self {
            members: members.into_iter().map(|(member, _)| member).collect(),
            renames: by_key.into(),
        })
    }

    pub(crate) fn members(&self) -> &[UnfoldMember] {
        &self.members
    }

    pub(crate) fn has_renames(&self) -> bool {
        !self.renames.is_empty()
    }

    /// Returns the position of the member of this name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.members.binary_search_by(|member| (*member.name).cmp(name)).ok()
    }

    /// Returns the position of the member that this key is renamed to.
    pub(crate) fn renamed(&self, key: &str) -> Option<usize> {
        let found = self.renames.binary_search_by(|(from, _)| (**from).cmp(key)).ok()?;
        Some(self.renames[found].1)
    }
}

/// The kinds of transformations that have a phase of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Copy,
    Concat,
    Split,
    Mask,
}

impl PhasePlan {
    fn of(fields: &[Field], kind: Kind) -> Option<Self> {
        let mut sources = Sources::default();
        let targets = sources.object(fields, kind)?;
        Some(Self {
            sources: sources.tree,
            source_paths: sources.paths.into(),
            targets,
            edit_count: sources.edit_count,
        })
    }
}

/// The sources of a phase, while it is compiled.
#[derive(Default)]
struct Sources {
    tree: SourceTree,
    paths: Vec<EventPath>,
    edit_count: usize,
}

impl Sources {
    /// Compiles an object; `None` if the phase has nothing to do in it.
    fn object(&mut self, fields: &[Field], kind: Kind) -> Option<TargetObject> {
        let mut members = Vec::new();
        for field in fields {
            let edit = self.edit(&field.transformations, &field.value, kind);
            let edit_number = self.edit_count;
            self.edit_count += usize::from(edit.is_some());
            let inner = self.value(&field.value, kind);
            if edit.is_some() || inner != TargetValue::Nothing {
                let old_key = field.transformations.rename.as_deref().filter(|_| kind == Kind::Mask);
                members.push((Target::new(&field.name, edit, edit_number, inner), old_key));
            }
        }
        members.sort_unstable_by(|(a, _), (b, _)| a.name.cmp(&b.name));
        let mut old_keys: Vec<(Box<str>, usize)> = members
            .iter()
            .enumerate()
            .filter_map(|(position, (_, old_key))| Some(((*old_key)?.into(), position)))
            .collect();
        old_keys.sort_unstable();
        (!members.is_empty()).then(|| TargetObject {
            members: members.into_iter().map(|(target, _)| target).collect(),
            old_keys: old_keys.into(),
        })
    }

    fn value(&mut self, value: &ValueType, kind: Kind) -> TargetValue {
        match value.held() {
            ValueType::Object(fields) => self
                .object(fields, kind)
                .map_or(TargetValue::Nothing, TargetValue::Object),
            ValueType::Array(element) => match self.value(element, kind) {
                TargetValue::Nothing => TargetValue::Nothing,
                element => TargetValue::Array(Box::new(element)),
            },
            _ => TargetValue::Nothing,
        }
    }

    fn edit(&mut self, transformations: &Transformations, value: &ValueType, kind: Kind) -> Option<Edit> {
        match kind {
            Kind::Copy => transformations.copy.as_ref().map(|from| Edit::Copy {
                source: self.number(from),
                unfold: Unfold::of(value, Renames::Left),
            }),
            Kind::Concat => transformations.concat.as_ref().map(|concat| Edit::Concat {
                sources: concat.paths.iter().map(|path| self.number(path)).collect(),
                quoted_separator: quoted(&concat.separator),
            }),
            Kind::Split => transformations.split.as_ref().map(|split| Edit::Split {
                source: self.number(&split.from),
                separator: split.separator.as_str().into(),
                index: split.index,
            }),
            Kind::Mask => transformations.mask.clone().map(Edit::Mask),
        }
    }

    /// Returns the number of a source, the same for equal paths.
    fn number(&mut self, path: &EventPath) -> usize {
        let mut tree = &mut self.tree;
        for key in path.keys() {
            tree = tree.children.entry(key.as_str().into()).or_default();
        }
        *tree.source.get_or_insert_with(|| {
            self.paths.push(path.clone());
            self.paths.len() - 1
        })
    }
}

impl Target {
    fn new(name: &str, edit: Option<Edit>, edit_number: usize, inner: TargetValue) -> Self {
        Self {
            name: name.into(),
            quoted_name: quoted(name),
            edit,
            edit_number,
            inner,
        }
    }
}

impl TargetObject {
    /// Returns the position of the target of this name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.members.binary_search_by(|target| (*target.name).cmp(name)).ok()
    }

    /// Returns the position of the target that this key should have been renamed to. It is no target's name: a rename
    /// is never from another field.
    pub(crate) fn renamed(&self, key: &str) -> Option<usize> {
        let found = self.old_keys.binary_search_by(|(from, _)| (**from).cmp(key)).ok()?;
        Some(self.old_keys[found].1)
    }
}

impl TargetValue {
    /// Returns one of the masks in a value of the last phase.
    pub(crate) fn any_mask(&self) -> Option<&Mask> {
        match self {
            Self::Nothing => None,
            Self::Array(element) => element.any_mask(),
            Self::Object(object) => object.members.iter().find_map(|target| match &target.edit {
                Some(Edit::Mask(mask)) => Some(mask),
                _ => target.inner.any_mask(),
            }),
        }
    }
}

fn quoted(name: &str) -> Box<str> {
    let mut quoted = String::with_capacity(name.len() + 2);
    write_string(&mut quoted, name);
    quoted.into()
}
