//! Every crate in the tree has a licence that `deny.toml` allows. `cargo deny` checks more; this gates everywhere.

use std::path::Path;

use anyhow::{Context, Result};

use super::Finding;

/// The allow list is read from `deny.toml`, so that there is one.
const LIST: &str = "deny.toml";

pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    let text = std::fs::read_to_string(root.join(LIST)).with_context(|| format!("no {LIST}"))?;
    let allowed = allowed(&text).with_context(|| format!("no list of licences in {LIST}"))?;
    let packages = super::packages(root, &["--locked"])?;
    let mut findings = Vec::new();
    for package in packages {
        let licence = package["license"].as_str().unwrap_or_default();
        if !is_allowed(licence, &allowed) {
            let (name, version) = (package["name"].as_str(), package["version"].as_str());
            findings.push(format!(
                "crate `{} {}` has the licence `{licence}`, which {LIST} does not allow",
                name.unwrap_or_default(),
                version.unwrap_or_default()
            ));
        }
    }
    Ok(findings)
}

/// The quoted words between `allow = [` and `]`.
fn allowed(deny: &str) -> Option<Vec<&str>> {
    let list = deny.split_once("\nallow = [")?.1.split_once(']')?.0;
    Some(list.split('"').skip(1).step_by(2).collect())
}

/// One of the alternatives must do, with all its parts. Parentheses only group alternatives in the wild, so they may go: that
/// can only refuse too much.
fn is_allowed(licence: &str, allowed: &[&str]) -> bool {
    let plain = licence.replace(['(', ')'], "").replace('/', " OR ");
    plain.split(" OR ").any(|alternative| {
        let mut parts = alternative.split(" AND ").map(str::trim);
        parts.all(|part| allowed.contains(&part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_alternative_must_do_with_all_its_parts() {
        let allowed = allowed("[licenses]\nallow = [\n  \"MIT\",\n  \"Apache-2.0\",\n  \"Unicode-3.0\",\n]\n").unwrap();
        assert!(is_allowed("MIT", &allowed));
        assert!(is_allowed("GPL-3.0 OR MIT", &allowed));
        assert!(is_allowed("MIT/Apache-2.0", &allowed));
        assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0", &allowed));
        assert!(!is_allowed("GPL-3.0", &allowed));
        assert!(!is_allowed("MIT AND GPL-3.0", &allowed));
        assert!(!is_allowed("", &allowed));
    }
}
