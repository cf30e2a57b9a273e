//! `cargo run` without a name is Margay: the README's first command, which nothing else runs as it stands there.

use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use super::Finding;

const BINARY: &str = "margay";

/// Checks.
pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    Ok(finding_of(&super::metadata(root, &["--no-deps"])?)
        .into_iter()
        .collect())
}

fn finding_of(metadata: &Value) -> Option<Finding> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let members = list(&metadata["workspace_default_members"]);
    let packages = list(&metadata["packages"]);
    let run: Vec<String> = packages
        .iter()
        .filter(|package| members.contains(&package["id"]))
        .flat_map(|package| list(&package["targets"]))
        .filter(|target| list(&target["kind"]).contains(&Value::from("bin")))
        .filter_map(|target| target["name"].as_str().map(str::to_owned))
        .collect();
    (run != [BINARY]).then(|| {
        format!(
            "`cargo run` could be {}: `default-members` in Cargo.toml is to name the package of `{BINARY}` only",
            run.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn finding(default_members: &[&str]) -> Option<Finding> {
        let package = |id: &str, kind: &str| json!({"id": id, "targets": [{"name": id, "kind": [kind]}]});
        finding_of(&json!({
            "workspace_default_members": default_members,
            "packages": [package("margay", "bin"), package("xtask", "bin"), package("margay-lake", "lib")],
        }))
    }

    #[test]
    fn cargo_run_is_one_binary_and_it_is_ours() {
        assert_eq!(finding(&["margay"]), None);
        assert_eq!(finding(&["margay", "margay-lake"]), None, "a library is not run");
        for wrong in [&["margay", "xtask"][..], &["xtask"], &["margay-lake"], &[]] {
            assert!(finding(wrong).is_some(), "{wrong:?}");
        }
    }
}
