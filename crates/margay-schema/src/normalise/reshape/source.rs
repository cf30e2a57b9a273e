//! What a phase reads: the values at its paths, all found in one walk.

use std::collections::BTreeMap;

use super::{Elements, Members};
use crate::json::JsonError;
use crate::plan::SourceTree;

/// The values by the numbers of their sources; none where nothing or null stands.
pub(super) type Found<'t> = Vec<Option<&'t str>>;

/// Finds the values that a tree of paths leads to from `text`.
pub(super) fn find<'t>(tree: &SourceTree, text: &'t str, found: &mut Found<'t>) -> Result<(), JsonError> {
    if let Some(number) = tree.source
        && text != "null"
    {
        found[number] = Some(text);
    }
    if tree.children.is_empty() {
        return Ok(());
    }
    match text.as_bytes().first() {
        Some(b'{') => in_object(tree, text, found),
        Some(b'[') => in_array(tree, text, found),
        _ => Ok(()),
    }
}

/// Of equal keys the last counts, so all are seen before one is followed.
fn in_object<'t>(tree: &SourceTree, text: &'t str, found: &mut Found<'t>) -> Result<(), JsonError> {
    let mut last: BTreeMap<&str, (&SourceTree, &'t str)> = BTreeMap::new();
    let mut members = Members::of(text, 0)?;
    while let Some((key, value)) = members.next()? {
        if let Some((key, child)) = tree.children.get_key_value(&*key.decode()) {
            last.insert(key, (child, value));
        }
    }
    last.into_values()
        .try_for_each(|(child, value)| find(child, value, found))
}

fn in_array<'t>(tree: &SourceTree, text: &'t str, found: &mut Found<'t>) -> Result<(), JsonError> {
    let position = |key: &str| {
        let is_number = key.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| key.parse::<usize>().ok()).flatten()
    };
    let mut wanted: Vec<(usize, &SourceTree)> = tree
        .children
        .iter()
        .filter_map(|(key, child)| Some((position(key)?, child)))
        .collect();
    wanted.sort_unstable_by_key(|(position, _)| std::cmp::Reverse(*position));
    let mut elements = Elements::of(text, 0)?;
    let mut index = 0;
    while !wanted.is_empty()
        && let Some(element) = elements.next()?
    {
        while let Some((_, child)) = wanted.pop_if(|(position, _)| *position == index) {
            find(child, element, found)?;
        }
        index += 1;
    }
    Ok(())
}
