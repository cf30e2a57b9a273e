//! The `validate` attribute: rules, each by itself and against the others.

use super::super::hint::did_you_mean;
use super::super::keys::{Form, Mapping};
use super::super::problem::Problems;
use super::super::yaml::{Node, Position};
use super::leaf::words;
use crate::limits::{
    SCHEMA_BYTES_MAX, VALIDATION_PART_COUNT_MAX, VALIDATION_TEXT_BYTES_MAX, VALIDATION_TEXT_COUNT_MAX,
};
use crate::validation::{AddressFamily, Rules, Validation};

/// Reads `validate`, if it is given.
pub(super) fn read(mapping: &Mapping<'_>, path: &str, problems: &mut Problems) -> Option<Validation> {
    let entry = mapping.entry("validate")?;
    let validate = Mapping::read(&entry.value, Form::Validation, path, problems)?;
    let allow = texts(&validate, "allow", VALIDATION_TEXT_COUNT_MAX, path, problems);
    let deny = texts(&validate, "deny", VALIDATION_TEXT_COUNT_MAX, path, problems);
    let allow_contains = parts(&validate, "allowContains", path, problems);
    let deny_contains = parts(&validate, "denyContains", path, problems);
    let rules = Rules {
        allow: allow.iter().map(|(_, text)| (*text).to_owned()).collect(),
        deny: deny.iter().map(|(_, text)| (*text).to_owned()).collect(),
        allow_contains: allow_contains.iter().map(|(_, text)| (*text).to_owned()).collect(),
        deny_contains: deny_contains.iter().map(|(_, text)| (*text).to_owned()).collect(),
        ip: family(&validate, "ip", path, problems),
        cidr: family(&validate, "cidr", path, problems),
    };
    if rules.is_empty() {
        if !validate.has_keys() {
            problems.add(
                entry.value.at,
                path,
                "`validate` needs at least one rule, or may be left out",
            );
        }
        return None;
    }
    let checked = Checked {
        rules: &rules,
        path,
        at: entry.key_at,
    };
    checked.allow_and_deny(&validate, problems);
    checked.addresses(problems);
    checked.allowed_texts(&allow, problems);
    checked.allowed_parts(&allow_contains, problems);
    Some(Validation::new(rules))
}

/// Reads a list of texts, each of which counts once.
fn texts<'a>(
    validate: &Mapping<'a>,
    key: &str,
    count_max: usize,
    path: &str,
    problems: &mut Problems,
) -> Vec<(&'a Node, &'a str)> {
    let Some(entry) = validate.entry(key) else {
        return Vec::new();
    };
    let mut texts = words(&entry.value, key, path, problems);
    if texts.len() > count_max {
        let message = format!("`{key}` has at most {count_max} items, this has {}", texts.len());
        problems.add(entry.value.at, path, message);
        texts.truncate(count_max);
    }
    let mut seen = std::collections::HashSet::new();
    texts.retain(|(item, text)| {
        if text.len() > VALIDATION_TEXT_BYTES_MAX {
            let message = format!("an item of `{key}` has at most {VALIDATION_TEXT_BYTES_MAX} bytes");
            problems.add(item.at, path, message);
            return false;
        }
        let is_new = seen.insert(*text);
        if !is_new {
            problems.warn(item.at, path, format!("`{key}` has this item already"), || None);
        }
        is_new
    });
    texts
}

/// Reads a list of parts of texts. The empty text is part of every text.
fn parts<'a>(validate: &Mapping<'a>, key: &str, path: &str, problems: &mut Problems) -> Vec<(&'a Node, &'a str)> {
    let mut parts = texts(validate, key, VALIDATION_PART_COUNT_MAX, path, problems);
    parts.retain(|(item, text)| {
        if text.is_empty() {
            let message = format!("an item of `{key}` is not empty: every string contains the empty one");
            problems.add(item.at, path, message);
        }
        !text.is_empty()
    });
    parts
}

fn family(validate: &Mapping<'_>, key: &str, path: &str, problems: &mut Problems) -> Option<AddressFamily> {
    let entry = validate.entry(key)?;
    let word = validate.text(key, SCHEMA_BYTES_MAX, path, problems)?;
    let family = AddressFamily::of_name(word);
    if family.is_none() {
        let names = AddressFamily::NAMES;
        let hint = || did_you_mean(word, &names).or_else(|| Some(format!("known are {}", names.join(", "))));
        problems.add_hinted(entry.value.at, path, format!("`{key}` has no value `{word}`"), hint);
    }
    family
}

/// Rules, each of them right by itself.
struct Checked<'a> {
    rules: &'a Rules,
    path: &'a str,
    at: Position,
}

impl Checked<'_> {
    fn allow_and_deny(&self, validate: &Mapping<'_>, problems: &mut Problems) {
        if let Some(deny) = validate.entry("deny")
            && !self.rules.allow.is_empty()
        {
            let message = "`deny` has no effect beside `allow`, which says everything that may come";
            problems.warn(deny.key_at, self.path, message, || None);
        }
    }

    fn addresses(&self, problems: &mut Problems) {
        if self.rules.ip.is_some() && self.rules.cidr.is_some() {
            let message = "nothing passes both `ip` and `cidr`: an address is no range of addresses";
            problems.add(self.at, self.path, message);
        }
    }

    /// Reports what `allow` lists and another rule refuses.
    fn allowed_texts(&self, allow: &[(&Node, &str)], problems: &mut Problems) {
        let refused: Vec<_> = allow
            .iter()
            .filter(|(_, text)| self.rules.check_contents(text).is_err())
            .collect();
        if !allow.is_empty() && refused.len() == allow.len() {
            let message = "nothing passes: what `allow` lists is refused by the other rules";
            problems.add(self.at, self.path, message);
            return;
        }
        for (item, _) in refused {
            problems.warn(
                item.at,
                self.path,
                "this item never passes: another rule refuses it",
                || None,
            );
        }
    }

    /// Reports parts that are asked for though they hold a part that is refused.
    fn allowed_parts(&self, allow_contains: &[(&Node, &str)], problems: &mut Problems) {
        let is_refused = |text: &str| {
            self.rules
                .deny_contains
                .iter()
                .any(|denied| text.contains(denied.as_str()))
        };
        let refused: Vec<_> = allow_contains.iter().filter(|(_, text)| is_refused(text)).collect();
        if !allow_contains.is_empty() && refused.len() == allow_contains.len() {
            let message = "nothing passes: what `allowContains` asks for contains what `denyContains` refuses";
            problems.add(self.at, self.path, message);
            return;
        }
        for (item, _) in refused {
            let message = "this item never helps: it contains what `denyContains` refuses";
            problems.warn(item.at, self.path, message, || None);
        }
    }
}
