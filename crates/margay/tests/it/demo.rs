//! The README's first command.

use std::os::unix::fs::PermissionsExt;

use crate::world::World;

#[test]
fn it_pulls_ninety_days_and_prints_queries_that_run() {
    let world = World::of(0);
    let temporary = tempfile::TempDir::new().unwrap();
    let output = world
        .command(&[
            "demo",
            "--events",
            "2500",
            "--live-per-minute",
            "0",
            "--exit-when-landed",
        ])
        .env("TMPDIR", temporary.path())
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{stdout}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(stdout.contains("2500 events in the lake"), "{stdout}");

    // Each example is pasted into a shell, as the reader would.
    let mut examples = 0;
    for example in stdout
        .split("\n\n")
        .filter(|paragraph| paragraph.contains(" query \\\n"))
    {
        let shell = std::process::Command::new("sh").args(["-c", example]).output().unwrap();
        assert!(
            shell.status.success(),
            "{example}\n{}",
            String::from_utf8_lossy(&shell.stderr)
        );
        assert!(String::from_utf8_lossy(&shell.stdout).lines().count() >= 3, "{example}");
        examples += 1;
    }
    assert_eq!(examples, 4, "{stdout}");
    let folder = std::fs::read_dir(&temporary)
        .unwrap()
        .map(Result::unwrap)
        .find(|entry| entry.file_name().to_string_lossy().starts_with("margay-demo-"))
        .unwrap();
    let mode = folder.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700, "nobody else looks at it");
}
