//! Which crate may use which: dependencies point down, and each heavy dependency has one home.

use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use super::Finding;

/// The edges of `ARCHITECTURE.md`. A new one is a decision: add it here and there.
const EDGES: &[(&str, &[&str])] = &[
    ("margay-script", &[]),
    ("margay-schema", &["margay-script"]),
    ("margay-connector", &[]),
    ("margay-detect", &[]),
    ("margay-store", &["margay-schema"]),
    ("margay-lake", &["margay-schema"]),
    (
        "margay-runtime",
        &[
            "margay-schema",
            "margay-connector",
            "margay-detect",
            "margay-store",
            "margay-lake",
        ],
    ),
    (
        "margay-server",
        &[
            "margay-schema",
            "margay-connector",
            "margay-detect",
            "margay-store",
            "margay-lake",
            "margay-runtime",
        ],
    ),
    ("margay-sim", &[]),
    ("margay-chaos", &["margay-sim"]),
    (
        "margay",
        &[
            "margay-schema",
            "margay-connector",
            "margay-detect",
            "margay-store",
            "margay-lake",
            "margay-runtime",
            "margay-server",
            "margay-sim",
        ],
    ),
    ("xtask", &[]),
];

/// Heavy dependencies and the only crate that may name them.
const HOMES: &[(&str, &str)] = &[
    ("deltalake", "margay-lake"),
    ("datafusion", "margay-lake"),
    ("arrow", "margay-lake"),
    ("parquet", "margay-lake"),
    ("sqlx", "margay-store"),
    ("reqwest", "margay-runtime"),
    ("clap", "margay"),
];

/// What a pure crate must not name: it would bring async, IO, a clock or randomness.
const PURE: &[&str] = &["margay-script", "margay-schema", "margay-connector", "margay-detect"];
const IMPURE: &[&str] = &[
    "tokio",
    "futures",
    "reqwest",
    "axum",
    "sqlx",
    "deltalake",
    "rand",
    "getrandom",
    "tracing",
];

pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    let packages = super::packages(root, &["--no-deps"])?;
    Ok(packages.iter().flat_map(findings_of).collect())
}

fn findings_of(package: &Value) -> Vec<Finding> {
    let name = package["name"].as_str().unwrap_or_default();
    let Some((_, allowed)) = EDGES.iter().find(|(known, _)| *known == name) else {
        return vec![format!(
            "crate `{name}` has no line in xtask/src/tidy/edges.rs and ARCHITECTURE.md"
        )];
    };
    let dependencies = package["dependencies"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut findings = Vec::new();
    for dependency in dependencies {
        let other = dependency["name"].as_str().unwrap_or_default();
        // Tests may reach across: they prove that two sides agree.
        let is_for_tests = dependency["kind"].as_str() == Some("dev");
        if is_for_tests {
            continue;
        }
        let is_ours = EDGES.iter().any(|(known, _)| *known == other);
        if is_ours && !allowed.contains(&other) {
            findings.push(format!(
                "crate `{name}` must not use `{other}`: dependencies point down"
            ));
        }
        if let Some((_, home)) = HOMES.iter().find(|(heavy, _)| *heavy == other)
            && *home != name
        {
            findings.push(format!("crate `{name}` names `{other}`, whose only home is `{home}`"));
        }
        if PURE.contains(&name) && IMPURE.contains(&other) {
            findings.push(format!("pure crate `{name}` names `{other}`"));
        }
    }
    findings
}
