use super::*;
use crate::bench::contest::Missing;
use crate::bench::results::Stamp;

fn cost(cpu_seconds: f64, wall_seconds: f64) -> Cost {
    Cost {
        cpu_seconds: Some(cpu_seconds),
        wall_seconds,
        memory_mb: None,
    }
}

fn contest() -> Contest {
    let standing = |name: &str, costs: &[Cost]| Standing {
        name: name.to_owned(),
        costs: costs.to_vec(),
    };
    Contest {
        title: "50 events".to_owned(),
        standings: vec![
            standing("Margay", &[cost(1.0, 2.0), cost(1.5, 4.0), cost(1.25, 3.0)]),
            standing("other", &[cost(2.5, 1.5)]),
        ],
        missing: vec![Missing {
            name: "third".to_owned(),
            reason: "failed:\nTraceback\nno wheel for this machine\n".to_owned(),
        }],
    }
}

#[test]
fn ratios_come_first_and_what_was_not_measured_has_no_column() {
    let text = table(&contest_table(&contest()));
    let expected = "\
| 50 events | CPU × | time × | CPU s | time s |
|---|---|---|---|---|
| Margay | 1.00 | 1.00 | 1.25 (1.00–1.50) | 3.00 (2.00–4.00) |
| other | 2.00 | 0.50 | 2.50 (2.50–2.50) | 1.50 (1.50–1.50) |
";
    assert_eq!(text, expected);
}

#[test]
fn whoever_is_missing_is_named_with_the_reason() {
    let mut section = Section::new("Pull", &Stamp::default());
    section.contests.push(contest());
    let text = section_text(&section);
    assert!(
        text.contains("\nMissing: third (no wheel for this machine)\n"),
        "{text}"
    );
}

#[test]
fn only_what_is_between_the_marks_is_replaced() {
    let text = "# A\n<!-- bench -->\nold\n<!-- /bench -->\nend\n";
    let once = replace_block(text, "new").unwrap();
    assert_eq!(once, "# A\n<!-- bench -->\n\nnew\n<!-- /bench -->\nend\n");
    assert_eq!(replace_block(&once, "new").unwrap(), once);
    assert_eq!(replace_block("# A\n<!-- bench -->\n", "new"), None);
}

#[test]
fn figures_have_three_digits() {
    let texts: Vec<String> = [0.0042, 0.5, 2.345, 23.45, 234.5].map(figure).to_vec();
    assert_eq!(texts, ["0.004", "0.500", "2.35", "23.4", "234"]);
}

#[test]
fn a_bar_in_a_cell_does_not_end_it() {
    let one = Table {
        title: String::new(),
        head: vec!["a|b".to_owned()],
        rows: Vec::new(),
    };
    assert_eq!(table(&one), "| a\\|b |\n|---|\n");
}

#[test]
fn a_page_gets_the_tables_and_the_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    fs::create_dir(&kept).unwrap();
    fs::write(kept.join("growth.svg"), "<svg/>").unwrap();
    let page = folder.path().join("page.md");
    fs::write(&page, "# A\n<!-- bench -->\n<!-- /bench -->\n").unwrap();
    let mut section = Section::new("Growth", &Stamp::default());
    section
        .charts
        .push(("growth.svg".to_owned(), "how it grows".to_owned()));
    let mut results = Results::default();
    results.sections.insert("growth".to_owned(), section);

    write(&results, &["growth"], &kept, &page).unwrap();

    let text = fs::read_to_string(&page).unwrap();
    assert!(
        text.contains("### Growth") && text.contains("![how it grows](images/growth.svg)"),
        "{text}"
    );
    assert_eq!(
        fs::read_to_string(folder.path().join("images/growth.svg")).unwrap(),
        "<svg/>"
    );
}
