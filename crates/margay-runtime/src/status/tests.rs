use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn log_type(name: &str) -> LogType {
    name.parse().unwrap()
}

fn stuck(name: &str) -> LandingEnd {
    LandingEnd::Passed([(log_type(name), "it is full".to_owned())].into())
}

#[test]
fn a_log_type_that_cannot_land_is_no_others_problem() {
    let status = Status::default();
    status.landing_ended(at(0), stuck("Test.One"));
    status.landing_ended(at(30), stuck("Test.One"));
    assert_eq!(status.landing_problem(&log_type("Test.One")).unwrap(), "it is full");
    assert_eq!(status.landing_problem(&log_type("Test.Two")), None);
    assert!(status.readiness(at(59)).is_ready, "it may pass");
    let readiness = status.readiness(at(60));
    assert_eq!(readiness.reasons, ["landing has failed since 1970-01-01T00:00:00Z"]);
    status.landing_ended(at(61), LandingEnd::Passed(BTreeMap::new()));
    assert!(status.readiness(at(61)).is_ready);
}

#[test]
fn what_keeps_all_from_landing_is_everybodys_problem() {
    let status = Status::default();
    assert!(status.readiness(at(0)).reasons[0].contains("has not looked at the journal"));
    status.landing_ended(at(0), LandingEnd::Failed("no disk".to_owned()));
    assert_eq!(status.landing_problem(&log_type("Test.Two")).unwrap(), "no disk");
    status.landing_ended(at(90), LandingEnd::Failed("no disk".to_owned()));
    assert_eq!(status.readiness(at(90)).reasons.len(), 1);
    status.landing_ended(at(91), stuck("Test.One"));
    assert_eq!(status.landing_problem(&log_type("Test.Two")), None);
    assert!(status.readiness(at(91)).is_ready, "another problem, which is young");
}
