//! What running a program costs: processor time, time, memory, of the program and everything that it started.
//!
//! All is read from `/proc`, so it works on Linux only. A program that has ended keeps its accounts until it is waited for, so the
//! last reading of the processor time is complete, children that were waited for included. Memory is sampled: a peak shorter than
//! [`LOOK_INTERVAL`] in a child may be missed; the program's own peak comes from the kernel.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

/// Clock ticks a second in `/proc`: 100 on every Linux that Rust runs on (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;
/// Short enough to catch the peak of memory, long enough to cost nothing that shows.
const LOOK_INTERVAL: Duration = Duration::from_millis(10);
/// Nothing that is measured takes longer, ten million events and a cold build included; what does hangs.
const WALL_MAX: Duration = Duration::from_secs(2 * 60 * 60);
/// How much of what a failed program said is shown: its end has the reason.
const STDERR_BYTES_MAX: usize = 2_000;
/// A megabyte as goals and disks count it.
pub(super) const BYTES_PER_MB: f64 = 1_000_000.0;
const BYTES_PER_KIB: f64 = 1_024.0;

/// What one run cost. What was not measured is absent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Cost {
    /// User and system time of all processes.
    pub(super) cpu_seconds: Option<f64>,
    pub(super) wall_seconds: f64,
    /// The most memory that was resident at once, in megabytes.
    pub(super) memory_mb: Option<f64>,
}

impl Cost {
    /// A duration, and nothing else.
    pub(super) fn of_time(wall: Duration) -> Self {
        Self {
            cpu_seconds: None,
            wall_seconds: wall.as_secs_f64(),
            memory_mb: None,
        }
    }
}

/// Runs a program to its end. Its standard output goes where the caller said, nowhere unless it did; what it says on standard error
/// becomes part of the error if it fails.
pub(super) fn measure(command: &mut Command) -> Result<Cost> {
    let mut stderr = tempfile::tempfile()?;
    let line = line_of(command);
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stderr(stderr.try_clone()?)
        .spawn()
        .with_context(|| format!("could not start `{line}`"))?;
    let accounts = watch(&mut child, started)?;
    let wall_seconds = started.elapsed().as_secs_f64();
    let ended = child.wait()?;
    if !ended.success() {
        bail!("`{line}` failed ({ended}): {}", end_of(&mut stderr)?);
    }
    Ok(Cost {
        cpu_seconds: Some(accounts.cpu_seconds),
        wall_seconds,
        memory_mb: Some(accounts.memory_mb),
    })
}

/// Accounts of a process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Accounts {
    pub(super) cpu_seconds: f64,
    pub(super) memory_mb: f64,
}

/// Returns what a process that goes on has used so far, without its children.
pub(super) fn accounts_of(process_id: u32) -> Result<Accounts> {
    let stat = fs::read_to_string(format!("/proc/{process_id}/stat"))?;
    let status = fs::read_to_string(format!("/proc/{process_id}/status"))?;
    let cpu_seconds = Stat::parse(&stat).context("no processor time in /proc")?.cpu_seconds;
    let memory_mb = megabytes(&status, "VmRSS:").context("no memory in /proc")?;
    Ok(Accounts { cpu_seconds, memory_mb })
}

/// Returns how much of a process's memory is its own: not pages of its program's file, which the kernel may take back at any time.
pub(super) fn private_mb_of(process_id: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process_id}/status"))?;
    megabytes(&status, "RssAnon:").context("no private memory in /proc")
}

/// What was run, for people. It may end up in a page, so of absolute paths only the last part is told.
fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let told: Vec<String> = words
        .map(|word| {
            let path = Path::new(word);
            let name = path.file_name().filter(|_| path.is_absolute()).unwrap_or(word);
            name.to_string_lossy().into_owned()
        })
        .collect();
    told.join(" ")
}

/// Reads the accounts of the child and its descendants until it has ended.
fn watch(child: &mut Child, started: Instant) -> Result<Accounts> {
    let id = child.id();
    let mut accounts = Accounts {
        cpu_seconds: 0.0,
        memory_mb: 0.0,
    };
    loop {
        let text = fs::read_to_string(format!("/proc/{id}/stat")).context("no /proc: this runs on Linux only")?;
        let stat = Stat::parse(&text).with_context(|| format!("/proc/{id}/stat says `{text}`"))?;
        accounts.cpu_seconds = stat.cpu_seconds;
        if stat.is_ended {
            return Ok(accounts);
        }
        accounts.memory_mb = accounts.memory_mb.max(peak_of(id)).max(memory_of_tree(id));
        if started.elapsed() > WALL_MAX {
            child.kill()?;
            child.wait()?;
            bail!("it was ended after {} minutes", WALL_MAX.as_secs() / 60);
        }
        thread::park_timeout(LOOK_INTERVAL);
    }
}

fn peak_of(id: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    megabytes(&status, "VmHWM:").unwrap_or_default()
}

/// What is resident of a process and its descendants now. One that ends meanwhile counts for nothing.
fn memory_of_tree(id: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let own = megabytes(&status, "VmRSS:").unwrap_or_default();
    children_of(id).into_iter().map(memory_of_tree).sum::<f64>() + own
}

fn children_of(id: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{id}/task")) else {
        return Vec::new();
    };
    let lists = threads.flatten().map(|thread| thread.path().join("children"));
    let texts = lists.filter_map(|list| fs::read_to_string(list).ok());
    texts
        .flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .filter_map(|child| child.parse().ok())
        .collect()
}

/// What `/proc/<pid>/stat` says.
#[derive(Debug, PartialEq)]
struct Stat {
    is_ended: bool,
    /// Of the process and of its children that it waited for.
    cpu_seconds: f64,
}

impl Stat {
    /// The name in field 2 may hold blanks and parentheses; the fields behind it are counted from its end. Times are fields 14 to 17.
    fn parse(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let times = fields.get(11..15)?;
        let ticks: Option<Vec<f64>> = times.iter().map(|field| field.parse().ok()).collect();
        Some(Self {
            is_ended: matches!(*fields.first()?, "Z" | "X"),
            cpu_seconds: ticks?.iter().sum::<f64>() / TICKS_PER_SECOND,
        })
    }
}

/// Returns a line of `/proc/<pid>/status` that counts kibibytes.
fn megabytes(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find(|line| line.starts_with(name))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * BYTES_PER_KIB / BYTES_PER_MB)
}

fn end_of(file: &mut fs::File) -> Result<String> {
    use std::io::{Read, Seek, SeekFrom};
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(STDERR_BYTES_MAX)..]).into_owned();
    Ok(text.trim().to_owned())
}

/// Runs a program that is not measured and returns its standard output.
pub(super) fn output_of(command: &mut Command) -> Result<String> {
    let line = line_of(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("could not start `{line}`"))?;
    ensure!(
        output.status.success(),
        "`{line}` failed ({}): {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNNING: &str = "4242 (a (b) c) S 1 4242 4242 0 -1 4194560 1733 9 0 0 150 25 1000 300 20 0 4 0 12345 2703360 900 18446744073709551615";

    #[test]
    fn processor_time_has_that_of_children() {
        let stat = Stat::parse(RUNNING).unwrap();
        assert!(!stat.is_ended);
        assert!((stat.cpu_seconds - 14.75).abs() < 1e-9, "{stat:?}");
    }

    #[test]
    fn a_process_that_nobody_waited_for_has_ended() {
        assert!(Stat::parse(&RUNNING.replace(") S ", ") Z ")).unwrap().is_ended);
    }

    #[test]
    fn half_a_line_says_nothing() {
        assert_eq!(Stat::parse("4242 (sh) S 1 4242"), None);
        assert_eq!(Stat::parse(""), None);
    }

    #[test]
    fn memory_is_read_in_megabytes() {
        let status = "Name:\tmargay\nVmHWM:\t  100000 kB\nVmRSS:\t   50000 kB\n";
        assert_eq!(megabytes(status, "VmHWM:"), Some(102.4));
        assert_eq!(megabytes(status, "VmRSS:"), Some(51.2));
        assert_eq!(megabytes(status, "VmSwap:"), None);
    }

    #[test]
    fn a_command_is_told_without_the_folders_of_this_machine() {
        let mut command = Command::new("/home/somebody/bin/python");
        command.args(["-B", "/home/somebody/import.py", "http://127.0.0.1/api", "100"]);
        assert_eq!(line_of(&command), "python -B import.py http://127.0.0.1/api 100");
    }

    // Where there is no /proc nothing is measured.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_child_burns_is_counted() {
        // The shell starts another one, which counts and is waited for.
        let script = "sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'; true";
        let cost = measure(Command::new("sh").args(["-c", script]).stdout(Stdio::null())).unwrap();
        assert!(cost.cpu_seconds.unwrap() >= 0.02, "{cost:?}");
        assert!(cost.memory_mb.unwrap() > 0.1, "{cost:?}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_failure_says_what_the_program_said() {
        let problem = measure(Command::new("sh").args(["-c", "echo no disk >&2; exit 3"])).unwrap_err();
        assert!(problem.to_string().contains("no disk"), "{problem:#}");
    }
}
