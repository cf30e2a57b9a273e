//! Every schema that comes with Margay, and one of each parser kind, has tests beside it, and passes them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use margay_schema::Schema;
use margay_schema::test_file::TestFile;

/// The YAML files below a folder: schemas, and files of tests.
fn yaml_files(folder: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut schemas, mut tests) = (Vec::new(), Vec::new());
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with("_tests.yml") {
                tests.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yml") {
                schemas.push(path);
            }
        }
    }
    (schemas, tests)
}

/// Runs the tests of a folder on its schemas.
fn run(folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let (schema_files, test_files) = yaml_files(&folder);
    assert!(!schema_files.is_empty(), "{} has schemas", folder.display());
    let mut schemas: BTreeMap<String, (Schema, usize)> = BTreeMap::new();
    for file in &schema_files {
        let schema = Schema::from_yaml(&std::fs::read_to_string(file).unwrap())
            .unwrap_or_else(|error| panic!("{}:\n{error}", file.display()));
        schemas.insert(schema.log_type().to_string(), (schema, 0));
    }
    let mut failures = String::new();
    for file in &test_files {
        let tests = TestFile::from_yaml(&std::fs::read_to_string(file).unwrap())
            .unwrap_or_else(|error| panic!("{}:\n{error}", file.display()));
        assert_eq!(tests.warnings, [], "{}", file.display());
        for test in &tests.tests {
            let (schema, count) = schemas
                .get_mut(&test.log_type)
                .unwrap_or_else(|| panic!("{}: no schema {}", file.display(), test.log_type));
            *count += 1;
            for difference in test.run(schema).differences {
                writeln!(failures, "{}: {}: {difference}", file.display(), test.name).unwrap();
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
    for (name, (_, count)) in &schemas {
        assert!(*count > 0, "{name} has no tests");
    }
}

#[test]
fn built_in_schemas_pass_their_tests() {
    run("../../content");
}

#[test]
fn a_schema_of_each_parser_kind_passes_its_tests() {
    run("fixtures/parsers");
}
