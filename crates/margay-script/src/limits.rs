//! Every limit of the crate, each with its unit and the reason for the number.
//!
//! A step is one expression, statement or element that is visited, [`BYTES_PER_STEP`] bytes that are scanned or
//! written, or [`SOUGHT_BYTES_PER_STEP`] bytes that are looked for: some 20 to 100 ns in a release build. Steps and bytes are counted by the evaluator, not measured, so that
//! a script that meets a limit on one machine meets it on every machine, and again when the record is replayed.

/// Bytes of a script. The longest in public schemas have a few kB.
pub const SOURCE_BYTES_MAX: usize = 64 * 1024;

/// Expressions and blocks inside each other. Each is a few frames of our own stack while it is parsed and evaluated.
pub const NESTING_MAX: usize = 64;

/// Expressions, statements and calls inside each other while a script runs: what the evaluator's own stack holds. A
/// quarter of the two megabytes of a thread, in a debug build, whose frames are the largest.
pub const EVALUATION_DEPTH_MAX: usize = 160;

/// Lists, tuples and dicts inside each other where a value is compared, hashed, printed or decoded. One less than what
/// the readers of records take.
pub const VALUE_DEPTH_MAX: usize = 125;

/// Steps of one run, for a record of no bytes: tens of milliseconds.
pub const RUN_STEPS_BASE: u64 = 500_000;

/// Steps of one run for each byte of the record: enough to look at every byte a dozen times in a loop.
pub const RUN_STEPS_PER_BYTE: u64 = 100;

/// Steps of one run, whatever the record: some seconds.
pub const RUN_STEPS_MAX: u64 = 100_000_000;

/// Bytes that one run may allocate, for a record of no bytes. Nothing is freed before the run ends, so this counts
/// what was ever allocated.
pub const RUN_BYTES_BASE: usize = 32 * 1024 * 1024;

/// Bytes that one run may allocate for each byte of the record: a list of objects of one short member takes nearly as
/// many when it is decoded.
pub const RUN_BYTES_PER_BYTE: usize = 64;

/// Bytes that one run may allocate, whatever the record. What is left of 200 MB beside the record and the event.
pub const RUN_BYTES_MAX: usize = 128 * 1024 * 1024;

/// Bytes scanned or written in one step.
pub const BYTES_PER_STEP: usize = 64;

/// Bytes of a text that is looked for in another, in one step. Before a search begins it is read several times, byte by
/// byte: some 5 ns each.
pub const SOUGHT_BYTES_PER_STEP: usize = 8;

/// Bits of an integer: nearly 20,000 decimal digits, and a multiplication still takes well below a millisecond.
pub const INTEGER_BITS_MAX: u64 = 65_536;
