//! `build`: how large the binary is, and how long a stranger waits for it.

use anyhow::Result;

use crate::bench::Bench;
use crate::bench::cost::{BYTES_PER_MB, measure};
use crate::bench::markdown::figure;
use crate::bench::results::{Section, Table};
use crate::step::{self, say};

/// Measures. A cold build takes minutes of all cores, so it is made only by whoever names this measure.
pub(super) fn run(bench: &Bench, is_named: bool) -> Result<Section> {
    let mut section = Section::new("Build", &bench.stamp);
    #[expect(clippy::cast_precision_loss, reason = "a size for people")]
    let binary_mb = std::fs::metadata(&bench.margay.binary)?.len() as f64 / BYTES_PER_MB;
    section.fact("build_binary_mb", binary_mb);
    let mut rows = vec![vec!["binary".to_owned(), format!("{binary_mb:.1} MB")]];
    if is_named {
        say("a cold build of the binary; crates are downloaded before");
        let root = &bench.data.root;
        step::run(root, &["cargo", "fetch", "--locked", "--quiet"], &[])?;
        let target = tempfile::tempdir_in(&bench.rules.work)?;
        let cost = measure(
            step::command("cargo")
                .args(["build", "--quiet", "--release", "--locked", "--offline", "-p", "margay"])
                .env("CARGO_TARGET_DIR", target.path())
                .env("CARGO_INCREMENTAL", "0")
                .current_dir(root),
        )?;
        section.fact("build_minutes", cost.wall_seconds / 60.0);
        let told = [
            ("cold build, minutes", cost.wall_seconds / 60.0),
            ("cold build, CPU minutes", cost.cpu_seconds.unwrap_or_default() / 60.0),
            ("peak memory of all compilers, MB", cost.memory_mb.unwrap_or_default()),
        ];
        rows.extend(told.map(|(name, value)| vec![name.to_owned(), figure(value)]));
    } else {
        section.note("The time of a cold build is measured by `--only build`.");
    }
    section.tables.push(Table {
        title: String::new(),
        head: vec![String::new(), String::new()],
        rows,
    });
    Ok(section)
}
