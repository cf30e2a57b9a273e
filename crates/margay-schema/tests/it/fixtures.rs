//! `fixtures/valid/*.yaml` are schemas; `fixtures/invalid/*.yaml` are not, and `*.error.txt` beside them says why.

use std::path::{Path, PathBuf};

use expect_test::expect_file;
use margay_schema::Schema;

fn yaml_files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    assert!(files.len() > 1, "there are fixtures");
    files
}

#[test]
fn valid_schemas_are_accepted() {
    for file in yaml_files("valid") {
        if let Err(error) = Schema::from_yaml(&std::fs::read_to_string(&file).unwrap()) {
            panic!("{} is refused:\n{error}", file.display());
        }
    }
}

#[test]
fn invalid_schemas_are_refused_with_every_reason() {
    for file in yaml_files("invalid") {
        match Schema::from_yaml(&std::fs::read_to_string(&file).unwrap()) {
            Ok(_) => panic!("{} is accepted", file.display()),
            Err(error) => expect_file![file.with_extension("error.txt")].assert_eq(&format!("{error}\n")),
        }
    }
}
