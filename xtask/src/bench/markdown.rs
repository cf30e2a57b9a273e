//! Results as Markdown: goals, then each measure with ratios first.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::bench::contest::{Contest, Standing};
use crate::bench::cost::Cost;
use crate::bench::goals::{self, Verdict};
use crate::bench::results::{Results, Section, Table};
use crate::bench::spread::Spread;

/// Between these two lines a file's text is the command's.
const BLOCK_BEGIN: &str = "<!-- bench -->";
const BLOCK_END: &str = "<!-- /bench -->";

/// Something that is measured of a run.
struct Quantity {
    ratio: &'static str,
    figure: &'static str,
    of: fn(&Cost) -> Option<f64>,
}

const QUANTITIES: &[Quantity] = &[
    Quantity {
        ratio: "CPU ×",
        figure: "CPU s",
        of: |cost| cost.cpu_seconds,
    },
    Quantity {
        ratio: "time ×",
        figure: "time s",
        of: |cost| Some(cost.wall_seconds),
    },
    Quantity {
        ratio: "memory ×",
        figure: "peak MB",
        of: |cost| cost.memory_mb,
    },
];

/// Where the pictures of a page are, from its own folder.
const IMAGES: &str = "images";

/// Puts the results into a page, between the marks, and their pictures from `folder` beside it.
pub(super) fn write(results: &Results, order: &[&str], folder: &Path, file: &Path) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    let written = replace_block(&text, &render(results, order))
        .with_context(|| format!("{} has no `{BLOCK_BEGIN}` … `{BLOCK_END}`", file.display()))?;
    let images = file.with_file_name(IMAGES);
    for (name, _) in results.sections.values().flat_map(|section| &section.charts) {
        fs::create_dir_all(&images)?;
        fs::copy(folder.join(name), images.join(name)).with_context(|| format!("could not copy the picture {name}"))?;
    }
    fs::write(file, written).with_context(|| format!("could not write {}", file.display()))
}

fn replace_block(text: &str, block: &str) -> Option<String> {
    let (before, rest) = text.split_once(BLOCK_BEGIN)?;
    let (_, after) = rest.split_once(BLOCK_END)?;
    Some(format!("{before}{BLOCK_BEGIN}\n\n{block}\n{BLOCK_END}{after}"))
}

/// Returns all that was measured; `order` is that of the measures.
pub(super) fn render(results: &Results, order: &[&str]) -> String {
    let mut text = "### Goals\n\n".to_owned();
    text += &table(&goals_table(&goals::verdicts(results)));
    text += "\nNormalising has a goal of its own, at least 40 % of the speed of a JSON parser: see [Normalising](#normalising).\n";
    for name in order {
        if let Some(section) = results.sections.get(*name) {
            text += "\n";
            text += &section_text(section);
        }
    }
    text
}

fn goals_table(verdicts: &[Verdict]) -> Table {
    let rows = verdicts.iter().map(|verdict| {
        let is_met = match verdict.is_met {
            None => "",
            Some(true) => "yes",
            Some(false) => "**no**",
        };
        vec![
            format!("`{}`", verdict.measure),
            verdict.what.to_owned(),
            verdict.against.clone(),
            verdict.measured.clone().unwrap_or_else(|| "not measured".to_owned()),
            is_met.to_owned(),
        ]
    });
    Table {
        title: String::new(),
        head: ["measure", "of", "goal", "measured", "met"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}

fn section_text(section: &Section) -> String {
    let mut text = format!("### {}\n\n", section.title);
    for note in &section.notes {
        text += note;
        text += "\n";
    }
    if !section.notes.is_empty() {
        text += "\n";
    }
    for contest in &section.contests {
        text += &table(&contest_table(contest));
        text += "\n";
        for missing in &contest.missing {
            // A reason may be pages long; what programs say last is what it comes to. The rest is in the results' file.
            let reason = missing.reason.trim().lines().next_back().unwrap_or_default();
            writeln!(text, "Missing: {} ({reason})\n", missing.name).ok();
        }
    }
    for one in &section.tables {
        text += &table(one);
        text += "\n";
    }
    for (file, shows) in &section.charts {
        writeln!(text, "![{shows}]({IMAGES}/{file})\n").ok();
    }
    let stamp = &section.stamp;
    let versions: Vec<String> = stamp
        .versions
        .iter()
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    writeln!(
        text,
        "<sub>{}, commit {}. {}. {}.</sub>",
        stamp.date,
        stamp.commit,
        stamp.machine.line(),
        versions.join(", ")
    )
    .ok();
    text
}

/// Ratios to the first standing, then medians with least and most.
fn contest_table(contest: &Contest) -> Table {
    let measured: Vec<&Quantity> = QUANTITIES
        .iter()
        .filter(|quantity| {
            contest
                .standings
                .iter()
                .any(|standing| spread(standing, quantity).is_some())
        })
        .collect();
    let mut head = vec![contest.title.clone()];
    head.extend(measured.iter().map(|quantity| quantity.ratio.to_owned()));
    head.extend(measured.iter().map(|quantity| quantity.figure.to_owned()));
    let first = contest.standings.first();
    let rows = contest.standings.iter().map(|standing| {
        let mut row = vec![standing.name.clone()];
        for quantity in &measured {
            let ours = first.and_then(|first| spread(first, quantity));
            row.push(ratio(ours, spread(standing, quantity)));
        }
        for quantity in &measured {
            row.push(spread(standing, quantity).map_or(String::new(), spread_text));
        }
        row
    });
    Table {
        title: String::new(),
        rows: rows.collect(),
        head,
    }
}

fn spread(standing: &Standing, quantity: &Quantity) -> Option<Spread> {
    Spread::of(standing.costs.iter().filter_map(quantity.of))
}

/// How often ours fits into theirs: 2.0 is twice what Margay needs.
fn ratio(ours: Option<Spread>, theirs: Option<Spread>) -> String {
    let (Some(ours), Some(theirs)) = (ours, theirs) else {
        return String::new();
    };
    if ours.median > 0.0 {
        format!("{:.2}", theirs.median / ours.median)
    } else {
        String::new()
    }
}

/// The median, and the least and most of all rounds.
pub(super) fn spread_text(spread: Spread) -> String {
    let Spread { median, least, most } = spread;
    format!("{} ({}–{})", figure(median), figure(least), figure(most))
}

/// Three digits that say something, none beyond the milliseconds that are measured.
pub(super) fn figure(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        small if small >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// A table whose columns line up in the file too.
fn table(table: &Table) -> String {
    let mut text = String::new();
    if !table.title.is_empty() {
        writeln!(text, "{}:\n", table.title).ok();
    }
    let row_text = |cells: &[String]| {
        let safe: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", safe.join(" | "))
    };
    text += &row_text(&table.head);
    writeln!(text, "|{}", "---|".repeat(table.head.len())).ok();
    for row in &table.rows {
        text += &row_text(row);
    }
    text
}

#[cfg(test)]
mod tests;
