//! What follows from an audit: claims, asked backfills, the kept result, the story.

use jiff::Timestamp;
use margay_connector::Window;
use margay_store::{AppendError, BackfillError, BackfillReason, Claim, Evidence, NewNote, Source};

use super::check::Checked;
use super::collect::Vendor;
use super::{Audit, AuditError, Occasion, Repair, Right, report};
use crate::backfill;
use crate::line::Line;
use crate::reader::Reader;
use crate::story::Sentence;

/// So many backfills are asked for at most; windows that are further apart are then asked for as one range.
const BACKFILLS_ASKED_MAX: usize = 10;

/// Enters what was proven, counts late events, and asks for what could not be repaired.
pub(super) async fn settle(
    vendor: &Vendor,
    right: &Right<'_>,
    found: &Checked,
    audit: &mut Audit,
) -> Result<(), AuditError> {
    let (store, source_id) = (&vendor.line.store, vendor.source.id);
    match right {
        Right::Held(reader, _) => {
            store.add_lateness(source_id, &found.lateness.buckets()).await?;
            if audit.occasion == Occasion::Asked {
                claim(reader, &found.sound, audit.finished_at).await?;
            }
        }
        Right::Beside => {
            let windows = merged(&found.wanting);
            audit.repair = Repair::Asked {
                windows: ask(vendor, &windows, audit.finished_at).await?,
                gone_within: spanned(&merged(&found.gone)),
            };
        }
    }
    Ok(())
}

/// A ledger that has no room costs the claim and nothing else: what it says without it is true.
async fn claim(reader: &Reader, windows: &[Window], at: Timestamp) -> Result<(), AuditError> {
    let claims: Vec<Claim> = merged(windows)
        .iter()
        .map(|window| Claim {
            from: window.from(),
            to: window.to(),
            evidence: Evidence::Audit,
            at,
        })
        .collect();
    match reader.line.store.claim(reader.source_id(), reader.token, &claims).await {
        Err(AppendError::LedgerFull { .. }) => {
            tracing::warn!(
                source = reader.label(),
                "the coverage ledger is full; an audit was not entered"
            );
            Ok(())
        }
        result => Ok(result?),
    }
}

/// Returns the same time in as few windows as there can be, in order.
pub(super) fn merged(windows: &[Window]) -> Vec<Window> {
    let mut sorted = windows.to_vec();
    sorted.sort_unstable();
    let mut merged: Vec<Window> = Vec::new();
    for window in sorted {
        let joined = merged
            .last()
            .filter(|last| last.to() >= window.from())
            .and_then(|last| Window::new(last.from(), last.to().max(window.to())));
        match (merged.last_mut(), joined) {
            (Some(last), Some(joined)) => *last = joined,
            _ => merged.push(window),
        }
    }
    merged
}

/// Returns the time from the first of these windows, in order, to the last.
fn spanned(windows: &[Window]) -> Option<Window> {
    let (first, last) = windows.first().zip(windows.last())?;
    Window::new(first.from(), last.to())
}

/// Asks whoever polls the source to read these windows again, and gives up what is proven of them; returns how many windows it will
/// be. Where nothing more can be asked for, the holes that they are now are found and read.
async fn ask(vendor: &Vendor, windows: &[Window], now: Timestamp) -> Result<u64, AuditError> {
    let asked: Vec<Window> = if windows.len() > BACKFILLS_ASKED_MAX {
        spanned(windows).into_iter().collect()
    } else {
        windows.to_vec()
    };
    let (store, source_id) = (&vendor.line.store, vendor.source.id);
    let mut count = 0;
    for window in asked {
        let wanted = backfill::in_days(window, BackfillReason::Asked, now);
        count += wanted.windows.len() as u64;
        let wanting: Vec<_> = windows
            .iter()
            .filter(|part| window.from() <= part.from() && part.to() <= window.to())
            .map(|part| (part.from(), part.to()))
            .collect();
        match store.ask_backfill_of_wanting(source_id, &wanting, wanted).await {
            Err(BackfillError::TooMany { .. }) => {
                for (from, to) in wanting {
                    store.disclaim(source_id, from, to).await?;
                }
            }
            begun => {
                begun?;
            }
        }
    }
    Ok(count)
}

/// Keeps the result, and tells of it.
pub(super) async fn keep(line: &Line, source: &Source, audit: &Audit) -> Result<(), AuditError> {
    line.store.keep_audit(source.id, audit.to_record()).await?;
    crate::telemetry::audited(&source.label, audit);
    let mut sentences: Vec<Sentence> = vec![report::told(audit)];
    if audit.counts.repaired > 0 {
        sentences.push(report::repaired(audit.counts.repaired));
    }
    for sentence in sentences {
        let note = NewNote {
            at: audit.finished_at,
            kind: sentence.kind,
            text: sentence.text,
        };
        line.store.note(source.id, note).await?;
    }
    if audit.is_sound() {
        tracing::debug!(source = source.label, "an audit found nothing wrong");
    } else {
        tracing::error!(
            source = source.label,
            missing = audit.counts.missing - audit.counts.repaired,
            extra = audit.counts.extra,
            different = audit.counts.different,
            "an audit found events that are not as the vendor shows them"
        );
    }
    Ok(())
}
