//! What a list of log sources has of each source's last day, if it is asked for: read for all of them at once.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use margay_detect::{AlarmKind, AlarmSettings};
use margay_runtime::alarm::AlarmForm;
use margay_schema::SourceId;
use margay_store::{MeasureStep, Measures, StorageFault, Store};
use serde::Serialize;
use utoipa::ToSchema;

/// Hours of a day.
const HOURS: usize = 24;

/// What flowed through a log source in the last 24 hours of the clock, of which the last one is not over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct LastDay {
    /// Events that landed.
    events: u64,
    /// Bytes of their records, as the vendor sent them.
    bytes: u64,
    /// Events that landed in each of these hours, the oldest first.
    #[schema(min_items = 24, max_items = 24)]
    hourly: Vec<u64>,
}

/// What is read of all sources.
#[derive(Debug, Default)]
pub(crate) struct LastDays {
    from: Timestamp,
    measures: HashMap<SourceId, Vec<(Timestamp, Measures)>>,
    drop_offs: HashMap<SourceId, String>,
}

impl LastDays {
    /// Reads what flowed through these sources, and how their silence alarms are set.
    pub(crate) async fn read(store: &Store, sources: &[SourceId], now: Timestamp) -> Result<Self, StorageFault> {
        let hour = hour_of(now);
        let from = hour.saturating_sub(hours(HOURS - 1)).unwrap_or(Timestamp::MIN);
        let to = hour.saturating_add(hours(1)).unwrap_or(Timestamp::MAX);
        Ok(Self {
            from,
            measures: store.measures_of(sources, MeasureStep::Coarse, from, to).await?,
            drop_offs: store.alarm_settings_of(sources, AlarmKind::DropOff.as_str()).await?,
        })
    }

    /// Returns the last day of a source.
    pub(crate) fn of(&self, id: SourceId) -> LastDay {
        let mut hourly = vec![0; HOURS];
        let (mut events, mut bytes) = (0, 0);
        for (at, measures) in self.measures.get(&id).into_iter().flatten() {
            let after = at.duration_since(self.from).as_hours();
            if let Some(hour) = usize::try_from(after).ok().and_then(|hour| hourly.get_mut(hour)) {
                *hour = measures.events;
                events += measures.events;
                bytes += measures.bytes;
            }
        }
        LastDay { events, bytes, hourly }
    }

    /// Returns after how many minutes of silence the alarm of a source sounds; nothing if it is switched off.
    pub(crate) fn drop_off_minutes(&self, id: SourceId) -> Option<u64> {
        let form = self.drop_offs.get(&id).and_then(|json| AlarmForm::from_json(json).ok());
        // What cannot be read any more counts as the defaults, as it does when alarms are evaluated.
        let settings = form
            .and_then(|form| form.settings(AlarmKind::DropOff).ok())
            .unwrap_or_else(|| AlarmSettings::default_of(AlarmKind::DropOff));
        settings.is_enabled.then_some(settings.threshold.as_secs() / 60)
    }
}

fn hours(count: usize) -> SignedDuration {
    SignedDuration::from_hours(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Returns the beginning of the hour.
fn hour_of(now: Timestamp) -> Timestamp {
    let seconds = now.as_second();
    Timestamp::from_second(seconds - seconds.rem_euclid(3_600)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measures(events: u64) -> Measures {
        Measures {
            events,
            bytes: events * 100,
            ..Measures::default()
        }
    }

    #[test]
    fn each_hour_has_its_place_and_hours_without_events_are_zero() {
        let id: SourceId = "01890000-0000-7000-8000-000000000000".parse().unwrap();
        let from: Timestamp = "2026-01-01T05:00:00Z".parse().unwrap();
        let at = |hour: usize| from + hours(hour);
        let days = LastDays {
            from,
            // One that is too late, too: the clock may have been set back.
            measures: [(
                id,
                vec![(at(0), measures(3)), (at(23), measures(4)), (at(24), measures(9))],
            )]
            .into(),
            drop_offs: HashMap::new(),
        };
        let day = days.of(id);
        assert_eq!((day.events, day.bytes), (7, 700));
        assert_eq!(day.hourly.len(), HOURS);
        assert_eq!((day.hourly[0], day.hourly[1], day.hourly[23]), (3, 0, 4));
        let other: SourceId = "01890000-0000-7000-8000-000000000001".parse().unwrap();
        assert_eq!(days.of(other).hourly, vec![0; HOURS]);
    }

    #[test]
    fn the_silence_alarm_is_a_day_unless_it_is_set_and_nothing_if_it_is_off() {
        let ids: Vec<SourceId> = (0..4)
            .map(|number| SourceId::from_uuid(uuid::Uuid::from_u128(number)))
            .collect();
        let days = LastDays {
            drop_offs: [
                (ids[1], r#"{"minutesThreshold":240}"#.to_owned()),
                (ids[2], r#"{"enabled":false}"#.to_owned()),
                (ids[3], "nonsense".to_owned()),
            ]
            .into(),
            ..LastDays::default()
        };
        let minutes: Vec<_> = ids.iter().map(|id| days.drop_off_minutes(*id)).collect();
        assert_eq!(minutes, [Some(1_440), Some(240), None, Some(1_440)]);
    }

    #[test]
    fn an_hour_begins_at_its_beginning_also_before_1970() {
        let hour = |text: &str| hour_of(text.parse().unwrap()).to_string();
        assert_eq!(hour("2026-01-01T05:59:59.9Z"), "2026-01-01T05:00:00Z");
        assert_eq!(hour("1969-12-31T23:30:00Z"), "1969-12-31T23:00:00Z");
    }
}
