//! How many arenas the C library's allocator may have.
//!
//! glibc gives each new thread an arena of its own, up to eight for each core, and keeps in each what was freed there. Whoever reads, packs,
//! normalises and writes on a dozen threads so holds a dozen times the memory of a batch, and more on a larger machine. The number can
//! only be set by the environment, before the program begins ("Memory Allocation Tunables", glibc manual 2.41, read 2026-11-27), or by a
//! call that is unsafe. So Margay sets it and begins once more.

use std::ffi::OsStr;
use std::process::Command;

use crate::env_vars;

/// Below this threads wait for each other.
const ARENAS_MIN: usize = 2;
/// More hardly help: threads keep small pieces for themselves.
const ARENAS_MAX: usize = 8;

/// Begins this program again with as many arenas as there are cores, unless the environment says something about it already. The process
/// stays the same, with its id, its arguments and its open files. If that is not possible it just goes on.
pub(crate) fn limit() {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) || is_set(|name| std::env::var_os(name).is_some()) {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let mut arguments = std::env::args_os();
    let name = arguments.next();
    let mut again = Command::new(&program);
    again
        .args(arguments)
        .env(env_vars::ARENAS_MAX, arenas(cores()).to_string())
        .env(env_vars::BEGUN_AGAIN, "1");
    begin(&mut again, name.as_deref().unwrap_or(program.as_os_str()));
}

#[cfg(unix)]
fn begin(again: &mut Command, name: &OsStr) {
    use std::os::unix::process::CommandExt as _;
    // Returns only if it failed, as where programs may start no others; nothing has been begun that would have to be mended.
    let _failed = again.arg0(name).exec();
}

#[cfg(not(unix))]
fn begin(_: &mut Command, _: &OsStr) {}

/// Whether there is nothing to set. A program with capabilities of its own, such as one that may listen on port 443, finds glibc's variables
/// removed: only our own says that it was begun again already.
fn is_set(has: impl Fn(&str) -> bool) -> bool {
    [env_vars::ARENAS_MAX, env_vars::GLIBC_TUNABLES, env_vars::BEGUN_AGAIN]
        .into_iter()
        .any(has)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(ARENAS_MIN, std::num::NonZero::get)
}

fn arenas(cores: usize) -> usize {
    cores.clamp(ARENAS_MIN, ARENAS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_arena_for_each_core_within_limits() {
        assert_eq!([1, 2, 6, 64].map(arenas), [2, 2, 6, 8]);
    }

    #[test]
    fn what_the_environment_says_is_left_alone() {
        assert!(is_set(|name| name == "MALLOC_ARENA_MAX"));
        assert!(is_set(|name| name == "GLIBC_TUNABLES"));
        assert!(is_set(|name| name == "MARGAY_BEGUN_AGAIN"), "never more than once");
        assert!(!is_set(|name| name == "MARGAY_LOG"));
    }
}
