//! Links the released binary to be small: equal functions are folded into one, since generic code of a query engine is largely the same
//! machine code under many names, and the places to be adjusted when it is loaded are written down in bits and not in words.

use std::env;
use std::process::Command;

/// The first glibc that loads a program whose relocations are packed.
const GLIBC_PACKED: (u32, u32) = (2, 36);

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    if env::var("PROFILE").as_deref() != Ok("release") || !has_rusts_own_linker() {
        return;
    }
    println!("cargo::rustc-link-arg-bins=-Wl,--icf=all");
    let is_for_here = env::var_os("HOST") == env::var_os("TARGET");
    if is_for_here && glibc().is_some_and(|version| version >= GLIBC_PACKED) {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// Rust brings LLVM's linker for this target, which can do both; another one, of somebody's choice, may not know the flags.
fn has_rusts_own_linker() -> bool {
    let is = |variable: &str, value: &str| env::var(variable).as_deref() == Ok(value);
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ARCH", "x86_64")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && env::var_os("RUSTC_LINKER").is_none()
        && !flags.contains("link")
}

/// Returns the version of this machine's C library, if it says so: `glibc 2.36`.
fn glibc() -> Option<(u32, u32)> {
    let output = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = text.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}
