use super::*;

fn settings(kind: AlarmKind, json: &str) -> Result<AlarmSettings, String> {
    let form = AlarmForm::from_json(json).map_err(|problem| problem.to_string())?;
    assert_eq!(AlarmForm::from_json(&form.to_json()).unwrap(), form);
    form.settings(kind).map_err(|problem| problem.to_string())
}

#[test]
fn what_is_left_out_has_its_default() {
    let default = AlarmSettings::default_of(AlarmKind::DropOff);
    assert_eq!(settings(AlarmKind::DropOff, "{}"), Ok(default.clone()));
    let set = settings(
        AlarmKind::DropOff,
        r#"{"enabled":false,"minutesThreshold":15,"remindMinutes":240}"#,
    );
    let expected = AlarmSettings {
        is_enabled: false,
        threshold: Duration::from_secs(900),
        remind_every: Some(Duration::from_secs(4 * 3600)),
        ..default
    };
    assert_eq!(set, Ok(expected));
}

#[test]
fn a_calendar_is_read_with_its_time_zone() {
    let json = r#"{"calendar":{"timeZone":"Europe/Vienna","hours":{"monday":["09:00-12:00","13:00-17:00"]},"holidays":["2026-12-28"]}}"#;
    let Calendar::Hours(hours) = settings(AlarmKind::DropOff, json).unwrap().calendar else {
        panic!()
    };
    assert_eq!(hours.zone().iana_name(), Some("Europe/Vienna"));
    assert_eq!(hours.weekly()[0].len(), 2);
    assert_eq!(hours.holidays().len(), 1);
}

#[test]
fn what_cannot_be_is_refused() {
    let day = |calendar: &str| format!(r#"{{"calendar":{calendar}}}"#);
    for (kind, json, told) in [
        (
            AlarmKind::DropOff,
            r#"{"minutesThreshold":14}"#.to_owned(),
            "15 to 43200 minutes",
        ),
        (
            AlarmKind::DropOff,
            r#"{"minutesThreshold":99999999999999999}"#.to_owned(),
            "15 to 43200 minutes",
        ),
        (
            AlarmKind::DropOff,
            r#"{"minutes":20}"#.to_owned(),
            "unknown field `minutes`",
        ),
        (
            AlarmKind::DropOff,
            r#"{"remindMinutes":1}"#.to_owned(),
            "at least 15 minutes apart",
        ),
        (
            AlarmKind::Disk,
            r#"{"minutesThreshold":20}"#.to_owned(),
            "SERVER_DISK has no threshold",
        ),
        (
            AlarmKind::Lag,
            day(r#"{"timeZone":"UTC","hours":{"monday":["09:00-17:00"]}}"#),
            "only the drop-off alarm",
        ),
        (
            AlarmKind::DropOff,
            day(r#"{"timeZone":"Mars/Olympus","hours":{"monday":["09:00-17:00"]}}"#),
            "no time zone `Mars/Olympus`",
        ),
        (
            AlarmKind::DropOff,
            day(r#"{"timeZone":"UTC","hours":{}}"#),
            "no day of the week",
        ),
        (
            AlarmKind::DropOff,
            day(r#"{"timeZone":"UTC","hours":{"monday":["9-17"]}}"#),
            "`9-17` is no part of a day",
        ),
        (
            AlarmKind::DropOff,
            day(r#"{"timeZone":"UTC","hours":{"monday":["09:00-17:00"]},"holidays":["Xmas"]}"#),
            "`Xmas` is no day",
        ),
    ] {
        let problem = settings(kind, &json).unwrap_err();
        assert!(problem.contains(told), "{json}: {problem}");
    }
}

#[test]
fn a_calendar_file_is_yaml_or_json() {
    let yaml = "timeZone: Europe/Vienna\nhours:\n  monday: [09:00-17:00]\n  friday:\n  - 09:00-12:00\nholidays:\n- 2026-12-25\n";
    let json = r#"{"timeZone":"Europe/Vienna","hours":{"monday":["09:00-17:00"],"friday":["09:00-12:00"]},"holidays":["2026-12-25"]}"#;
    let calendar = CalendarForm::from_yaml(yaml).unwrap();
    assert_eq!(CalendarForm::from_yaml(json), Ok(calendar.clone()));
    assert_eq!(serde_json::to_string(&calendar).unwrap(), json);
    let problem = CalendarForm::from_yaml("timeZone: UTC\nhours: {}\nholiday: []\n").unwrap_err();
    assert!(problem.to_string().contains("unknown field"), "{problem}");
}
