//! Durations and times as people read them.

use std::time::Duration;

use jiff::Timestamp;

/// A duration in its two largest units: "2 d 3 h".
pub(crate) fn rough(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3_600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let begun = parts.iter().skip_while(|(count, _)| *count == 0).take(2);
    let shown: Vec<String> = begun
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if shown.is_empty() {
        "0 s".to_owned()
    } else {
        shown.join(" ")
    }
}

/// "2026-11-24 10:00:05 UTC"
pub(crate) fn short(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The first line of a text: what is below is a hint for elsewhere.
pub(crate) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
