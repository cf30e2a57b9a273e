//! Our own measurements, by name, and what our traces are called. `docs/reference/metrics.md` describes each.

use std::time::Duration;

use crate::audit::Audit;
use jiff::{SignedDuration, Timestamp};
use margay_schema::LogType;
use margay_store::Ledger;
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

/// What the spans that traces are made of are called by: a filter of log messages leaves them out, unless it asks for everything.
/// `docs/reference/traces.md` describes each.
pub const SPANS: &str = "span";

const ROUNDS: &str = "margay_poll_rounds_total";
const REQUESTS: &str = "margay_poll_requests_total";
const RECORDS_JOURNALLED: &str = "margay_records_journalled_total";
const RECORDS_KNOWN: &str = "margay_records_known_total";
const EVENTS_LANDED: &str = "margay_events_landed_total";
const REJECTS_LANDED: &str = "margay_rejects_landed_total";
const LANDING_SECONDS: &str = "margay_landing_seconds";
const EVENT_LAG_SECONDS: &str = "margay_event_lag_seconds";
const WINDOWS_WAITING: &str = "margay_backfill_windows_waiting";
const HOLES_SECONDS: &str = "margay_coverage_holes_seconds";
const LOST_SECONDS: &str = "margay_coverage_lost_seconds";
const PROVEN_AGE_SECONDS: &str = "margay_coverage_age_seconds";
const DELIVERIES: &str = "margay_delivery_attempts_total";
const ALARMS_OPEN: &str = "margay_alarm_open";
const AUDITS: &str = "margay_audits_total";
const AUDIT_EVENTS: &str = "margay_audit_events_checked_total";
const AUDIT_FINDINGS: &str = "margay_audit_findings_total";
const AUDIT_REPAIRED: &str = "margay_audit_repaired_total";
const AUDIT_FINISHED: &str = "margay_audit_finished_timestamp_seconds";

/// Gives every measurement its help text. Call once, after a recorder is installed.
pub fn describe() {
    describe_counter!(ROUNDS, "Poll rounds by source and how they ended");
    describe_counter!(REQUESTS, "Requests to vendors by source, retries included");
    describe_counter!(RECORDS_JOURNALLED, "New records journalled by source");
    describe_counter!(
        RECORDS_KNOWN,
        "Records served again that the journal already had, by source"
    );
    describe_counter!(EVENTS_LANDED, "Events committed to the lake by log type");
    describe_counter!(
        REJECTS_LANDED,
        "Records committed to classification_failures by log type"
    );
    describe_histogram!(
        LANDING_SECONDS,
        metrics::Unit::Seconds,
        "Time from reading a batch to its commit"
    );
    describe_gauge!(
        EVENT_LAG_SECONDS,
        metrics::Unit::Seconds,
        "Age of the newest event of the last batch when it landed"
    );
    describe_gauge!(WINDOWS_WAITING, "Windows of the past that wait to be read, by source");
    describe_gauge!(
        HOLES_SECONDS,
        metrics::Unit::Seconds,
        "Event time that nothing proves complete, by source; being filled or waiting for it"
    );
    describe_gauge!(
        LOST_SECONDS,
        metrics::Unit::Seconds,
        "Event time that the vendor deleted before it was read, by source; never shrinks"
    );
    describe_gauge!(
        PROVEN_AGE_SECONDS,
        metrics::Unit::Seconds,
        "How long ago the event time ends up to which the live tail is proven complete, by source"
    );
    describe_counter!(
        DELIVERIES,
        "Tries to deliver an alert, by kind of destination and what came of them"
    );
    describe_gauge!(
        ALARMS_OPEN,
        "1 while an alarm sounds, by source (empty for the server's own) and alarm"
    );
    describe_audits();
}

pub(crate) fn coverage(source_label: &str, windows_waiting: usize, ledger: &Ledger, now: Timestamp) {
    let label = || source_label.to_owned();
    let seconds = |duration: SignedDuration| duration.as_secs_f64();
    let waiting = u32::try_from(windows_waiting).unwrap_or(u32::MAX);
    gauge!(WINDOWS_WAITING, "source" => label()).set(f64::from(waiting));
    let total = |ranges: &[(Timestamp, Timestamp)]| {
        let add =
            |sum: SignedDuration, (from, to): &(Timestamp, Timestamp)| sum.saturating_add(to.duration_since(*from));
        ranges.iter().fold(SignedDuration::ZERO, add)
    };
    let holes = ledger
        .proven_through()
        .map(|through| ledger.holes(through))
        .unwrap_or_default();
    gauge!(HOLES_SECONDS, "source" => label()).set(seconds(total(&holes)));
    gauge!(LOST_SECONDS, "source" => label()).set(seconds(total(&ledger.lost())));
    if let Some(through) = ledger.proven_through() {
        gauge!(PROVEN_AGE_SECONDS, "source" => label()).set(seconds(now.duration_since(through)));
    }
}

fn describe_audits() {
    describe_counter!(AUDITS, "Audits by source and how they ended");
    describe_counter!(AUDIT_EVENTS, "Events that audits compared with the vendor, by source");
    describe_counter!(
        AUDIT_FINDINGS,
        "Events that were missing, extra or different when an audit looked, by source and kind"
    );
    describe_counter!(
        AUDIT_REPAIRED,
        "Missing events that audits fetched again and that are in the lake, by source"
    );
    describe_gauge!(
        AUDIT_FINISHED,
        metrics::Unit::Seconds,
        "When the last audit ended, in seconds since 1970, by source"
    );
}

pub(crate) fn audited(source_label: &str, audit: &Audit) {
    let label = || source_label.to_owned();
    let counts = audit.counts;
    counter!(AUDITS, "source" => label(), "outcome" => audit.end.as_str()).increment(1);
    counter!(AUDIT_EVENTS, "source" => label()).increment(counts.events);
    for (kind, count) in [
        ("missing", counts.missing),
        ("extra", counts.extra),
        ("different", counts.different),
    ] {
        counter!(AUDIT_FINDINGS, "source" => label(), "kind" => kind).increment(count);
    }
    counter!(AUDIT_REPAIRED, "source" => label()).increment(counts.repaired);
    gauge!(AUDIT_FINISHED, "source" => label())
        .set(audit.finished_at.duration_since(Timestamp::UNIX_EPOCH).as_secs_f64());
}

pub(crate) fn alarm(source_label: &str, kind: &'static str, is_open: bool) {
    let value = if is_open { 1.0 } else { 0.0 };
    gauge!(ALARMS_OPEN, "source" => source_label.to_owned(), "alarm" => kind).set(value);
}

pub(crate) fn delivery_tried(kind: &str, outcome: &'static str) {
    counter!(DELIVERIES, "kind" => kind.to_owned(), "outcome" => outcome).increment(1);
}

pub(crate) fn round_ended(source_label: &str, outcome: &'static str) {
    counter!(ROUNDS, "source" => source_label.to_owned(), "outcome" => outcome).increment(1);
}

pub(crate) fn request_sent(source_label: &str) {
    counter!(REQUESTS, "source" => source_label.to_owned()).increment(1);
}

pub(crate) fn page_journalled(source_label: &str, records_new: usize, records_known: usize) {
    counter!(RECORDS_JOURNALLED, "source" => source_label.to_owned()).increment(records_new as u64);
    counter!(RECORDS_KNOWN, "source" => source_label.to_owned()).increment(records_known as u64);
}

pub(crate) fn landed(
    log_type: &LogType,
    events: usize,
    rejects: usize,
    elapsed: Duration,
    lag: Option<SignedDuration>,
) {
    let log_type = log_type.as_str().to_owned();
    counter!(EVENTS_LANDED, "log_type" => log_type.clone()).increment(events as u64);
    counter!(REJECTS_LANDED, "log_type" => log_type.clone()).increment(rejects as u64);
    histogram!(LANDING_SECONDS, "log_type" => log_type.clone()).record(elapsed.as_secs_f64());
    if let Some(lag) = lag {
        gauge!(EVENT_LAG_SECONDS, "log_type" => log_type).set(lag.as_secs_f64());
    }
}
