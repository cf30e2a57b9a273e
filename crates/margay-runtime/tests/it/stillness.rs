//! Knows when nothing but the caller is at work in this process: the moment at which virtual time may move.
//!
//! The line's effects run on threads of their own: the database's, the lake's, those that carry requests, the simulated vendor's. Time that
//! moved while one of them works would make a healthy disk look like one that takes minutes. So before the runtime parks, it is
//! waited, in real time, until every other thread sleeps and none has run since the look before. A thread that writes to a disk
//! is not asleep to the kernel, and one that has been woken counts as running, so a look cannot fall into a gap between them.

use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many looks in a row must show the same stillness: the kernel may hold a packet of the loopback for a moment.
const LOOKS: u32 = 3;

/// One virtual world a process: two would wait for each other to be still.
static ALONE: Mutex<()> = Mutex::new(());

/// Waits until no other virtual world is in this process. The runner gives each test a process anyway.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until every other thread of this process sleeps.
pub(crate) fn wait() {
    let mut last = None;
    let mut same = 0;
    while same < LOOKS {
        let look = asleep();
        same = if look.is_some() && look == last { same + 1 } else { 0 };
        last = look;
        std::thread::yield_now();
    }
}

/// How often each other thread has been given up the processor; `None` if one of them is at work.
fn asleep() -> Option<Vec<(String, String)>> {
    let own = fs::read_link("/proc/thread-self").unwrap();
    let own = own.file_name().unwrap().to_owned();
    let mut threads = Vec::new();
    for entry in fs::read_dir("/proc/self/task").unwrap().flatten() {
        if entry.file_name() == own {
            continue;
        }
        // A thread that ends while it is looked at has been at work.
        let status = fs::read_to_string(entry.path().join("status")).ok()?;
        if !status.contains("State:\tS") {
            return None;
        }
        let switches = status.split_once("voluntary_ctxt_switches:")?.1.to_owned();
        threads.push((entry.file_name().to_string_lossy().into_owned(), switches));
    }
    threads.sort();
    Some(threads)
}
