//! Fifty events that become visible after their time was proven, of both kinds: delivered late, and skipped by the stream.

use std::time::Duration;

use jiff::SignedDuration;
use margay_runtime::audit::{AuditSettings, Sample, audit};
use margay_runtime::{Lateness, Tenancy};
use margay_sim::{LateMode, SimulationConfig};
use tokio_util::sync::CancellationToken;

use crate::sim_world::{Server, World, assert_complete, serve_for, source, story};
use crate::world::pull_all;

const EACH: i64 = 25;

#[test]
fn fifty_late_events_are_all_found_the_lateness_is_known_and_an_audit_says_so() {
    let world = World::of(SimulationConfig {
        event_count: 300,
        history_span: Duration::from_hours(20),
        live_events_per_minute: 2.0,
        ..SimulationConfig::default()
    });
    let begin = world.now();
    for nth in 0..EACH {
        for (mode, created_after_s) in [(LateMode::DeliveredLate, 600), (LateMode::Skipped, 630)] {
            let created_at = begin + SignedDuration::from_secs(created_after_s + nth * 30);
            // Up to half an hour late: what others report of this vendor.
            let visible_at = created_at + SignedDuration::from_secs(300 + nth * 60);
            world.simulation.add_late_event(created_at, visible_at, mode);
        }
    }
    let server = Server::start(&world, None);
    let told = server.run(async {
        let line = world.open(server.clock(), Tenancy::Alone).await;
        serve_for(&line, Duration::from_mins(70)).await;
        pull_all(&line).await;
        assert_complete(&world, &line, "after seventy minutes").await;
        let source = source(&line).await;
        let lateness = Lateness::from_buckets(line.store.lateness(source.id).await.unwrap());
        assert_eq!(lateness.late_count(), 2 * EACH.unsigned_abs());
        let story = story(&line).await;
        // By itself an audit leaves out what may still become visible.
        let whole = AuditSettings {
            sample: Sample::ALL,
            from: Some(begin),
            to: Some(world.now()),
            ..AuditSettings::default()
        };
        let audited = audit(&line, &source, whole, &|_, _| {}, &CancellationToken::new())
            .await
            .unwrap();
        assert_eq!(
            (audited.counts.missing, audited.is_whole(), audited.is_sound()),
            (0, true, true),
            "{}",
            audited.sentence()
        );
        let is_audited = |time| audited.range.from() <= time && time < audited.range.to();
        let times = world.simulation.event_times();
        let shown = times.filter(|(_, time)| is_audited(*time)).count();
        assert!(
            shown > usize::try_from(2 * EACH).unwrap(),
            "with all late ones: {shown}"
        );
        assert_eq!(usize::try_from(audited.counts.events).unwrap(), shown);
        (lateness.p999(), story)
    });
    let (p999, story) = told.unwrap();
    assert!(
        p999 >= Duration::from_mins(25) && p999 <= Duration::from_hours(2),
        "{p999:?}"
    );
    assert!(story.contains("events became visible late"), "{story}");
}
