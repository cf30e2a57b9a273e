//! Schemas that are made to take time or memory are refused for what they are, whatever they try.

use std::fmt::Write as _;

use crate::world::World;

/// Checks a schema in a process that may not take more memory than this, in kB of address space. A debug build with its
/// threads maps most of it before it reads the first byte; what the promise of 200 MB is about is measured, not tested.
const ADDRESS_SPACE_KB: u32 = 4 * 1024 * 1024;

fn check(name: &str, yaml: &str, reason: &str) {
    let world = World::of(0);
    let file = world.data_dir().with_extension("yml");
    std::fs::write(&file, yaml).unwrap();
    let margay = world.command(&[]);
    let output = std::process::Command::new("sh")
        .args([
            "-c",
            &format!("ulimit -v {ADDRESS_SPACE_KB}; exec \"$0\" schema check \"$1\""),
        ])
        .arg(margay.get_program())
        .arg(&file)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(8), "{name}: {stderr}");
    assert!(stderr.contains(reason), "{name}: {stderr}");
}

fn with_fields(fields: &str) -> String {
    format!("schema: Custom.Hostile\nfields:\n{fields}")
}

#[test]
fn deep_nesting() {
    let mut field = "{name: a, type: int}".to_owned();
    for _ in 0..5_000 {
        field = format!("{{name: a, type: object, fields: [{field}]}}");
    }
    check("flow", &with_fields(&format!("  - {field}\n")), "inside each other");
    let brackets = format!(
        "schema: Custom.Hostile\nfields: {}{}\n",
        "[".repeat(400_000),
        "]".repeat(400_000)
    );
    check("brackets", &brackets, "inside each other");
}

#[test]
fn ten_thousand_fields() {
    let mut fields = String::new();
    for index in 0..10_000 {
        writeln!(fields, "  - {{name: f{index}, type: string}}").unwrap();
    }
    check("fields", &with_fields(&fields), "the schema has 10000 fields");
}

#[test]
fn cyclic_and_growing_references() {
    let cycle = "definitions:\n  Aa: {type: object, fields: [{name: b, type: ref, target: Bb}]}\n  \
                 Bb: {type: array, element: {type: ref, target: Aa}}\n";
    let schema = with_fields("  - {name: a, type: ref, target: Aa}\n");
    check("cycle", &format!("{cycle}{schema}"), "contains itself");
    let mut definitions = "definitions:\n  D0: {type: object, fields: [{name: a, type: int}]}\n".to_owned();
    for index in 1..20 {
        let field = |name: &str| format!("{{name: {name}, type: ref, target: D{}}}", index - 1);
        let fields: Vec<String> = ["a", "b", "c", "d"].iter().map(|name| field(name)).collect();
        writeln!(
            definitions,
            "  D{index}: {{type: object, fields: [{}]}}",
            fields.join(", ")
        )
        .unwrap();
    }
    let schema = with_fields("  - {name: a, type: ref, target: D19}\n");
    check("bomb", &format!("{definitions}{schema}"), "fields at all depths");
}

#[test]
fn regular_expressions_that_explode() {
    let schema = |pattern: &str| {
        format!(
            "parser: {{regex: {{match: ['{pattern}']}}}}\n{}",
            with_fields("  - {name: a, type: string}\n")
        )
    };
    check(
        "repetition",
        &schema("(?P<a>(((x{1000}){1000}){1000}){1000})"),
        "when it is compiled",
    );
    check(
        "classes",
        &schema(&format!("(?P<a>{})", "\\p{L}{500}".repeat(50))),
        "when it is compiled",
    );
    check(
        "depth",
        &schema(&format!("(?P<a>{}x{})", "(".repeat(5_000), ")".repeat(5_000))),
        "regular expression",
    );
    let grok = "parser: {regex: {match: ['%{A:a}'], patternDefinitions: {A: '%{B}%{B}%{B}%{B}%{B}%{B}', \
                B: '%{C}%{C}%{C}%{C}%{C}%{C}%{C}', C: '%{D}%{D}%{D}%{D}%{D}%{D}%{D}', D: '%{E}%{E}%{E}%{E}%{E}%{E}', \
                E: '%{F}%{F}%{F}%{F}%{F}%{F}%{F}', F: '%{GREEDYDATA}%{GREEDYDATA}%{GREEDYDATA}'}}}\n";
    check(
        "grok",
        &format!("{grok}{}", with_fields("  - {name: a, type: string}\n")),
        "written out",
    );
}

#[test]
fn aliases_that_expand() {
    let mut yaml = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for index in 1..40 {
        let before = format!("*a{}", index - 1);
        writeln!(yaml, "a{index}: &a{index} [{}]", [before.as_str(); 9].join(", ")).unwrap();
    }
    check("laughs", &yaml, "aliases");
}

#[test]
fn scripts_that_do_not_end() {
    let script = |body: &str| {
        format!(
            "parser:\n  script:\n    function: |\n      {body}\n{}",
            with_fields("  - {name: a, type: string}\n")
        )
    };
    check(
        "at the top",
        &script("x = [0] * 10000000000\n      def parse(log):\n          return {}"),
        "parser",
    );
}
