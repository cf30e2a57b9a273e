//! `expandFields`: fields made of others, as `'%{year}-%{month}-%{day}T%{time}Z'` is.

use crate::limits::{FIELD_NAME_BYTES_MAX, TEMPLATE_BYTES_MAX};

/// A field that is made of others, by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expansion {
    pub(crate) name: String,
    pub(crate) parts: Vec<Part>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Text that stands for itself.
    Text(String),
    /// The value of a field.
    Field(String),
}

impl Expansion {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// What is wrong with it, for people.
    pub(crate) fn read(name: &str, template: &str) -> Result<Self, String> {
        if template.len() > TEMPLATE_BYTES_MAX {
            return Err(format!(
                "a template has at most {TEMPLATE_BYTES_MAX} bytes, this has {}",
                template.len()
            ));
        }
        let mut parts = Vec::new();
        for part in Placeholders::new(template) {
            let (text, field) = part?;
            if !text.is_empty() {
                parts.push(Part::Text(text.to_owned()));
            }
            match field {
                Some("") => return Err("a template's placeholder has a name, such as `%{year}`".to_owned()),
                Some(field) => parts.push(Part::Field(field.to_owned())),
                None => {}
            }
        }
        if parts.is_empty() {
            return Err("a template is not empty".to_owned());
        }
        Ok(Self {
            name: name.to_owned(),
            parts,
        })
    }

    /// Returns the names of the fields it is made of.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Field(name) => Some(&**name),
            Part::Text(_) => None,
        })
    }
}

/// Cuts a pattern at its `%{…}` placeholders: texts, each with the name of the placeholder after it. The last text has
/// none.
pub(super) struct Placeholders<'a> {
    rest: Option<&'a str>,
    length: usize,
}

impl<'a> Placeholders<'a> {
    pub(super) const fn new(pattern: &'a str) -> Self {
        Self {
            rest: Some(pattern),
            length: pattern.len(),
        }
    }
}

impl<'a> Iterator for Placeholders<'a> {
    type Item = Result<(&'a str, Option<&'a str>), String>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.take()?;
        let Some((text, after)) = rest.split_once("%{") else {
            return Some(Ok((rest, None)));
        };
        let at = self.length - rest.len() + text.len();
        let Some((name, after)) = after.split_once('}') else {
            return Some(Err(format!("the `%{{` at byte {at} has no `}}`")));
        };
        let name = name.trim();
        if name.len() > FIELD_NAME_BYTES_MAX {
            return Some(Err(format!(
                "the placeholder at byte {at} has a name of more than {FIELD_NAME_BYTES_MAX} bytes"
            )));
        }
        if name.contains("%{") || name.contains(char::is_control) {
            return Some(Err(format!("the `%{{` at byte {at} is not closed before the next")));
        }
        self.rest = Some(after);
        Some(Ok((text, Some(name))))
    }
}
