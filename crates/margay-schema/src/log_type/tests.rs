use super::*;

#[test]
fn a_log_type_names_its_table() {
    let log_type: LogType = "Asana.Audit".parse().unwrap();
    assert_eq!(log_type.as_str(), "Asana.Audit");
    assert_eq!(log_type.to_string(), "Asana.Audit");
    assert_eq!(log_type.table_name(), "asana_audit");
}

#[test]
fn log_types_that_panther_accepts_are_accepted() {
    for text in [
        "AWS.CloudTrail",
        "Custom.A",
        "Custom.Sample.B2.C3",
        "Abc",
        "Custom.A.B.C.D.E.F",
    ] {
        assert!(text.parse::<LogType>().is_ok(), "{text}");
    }
}

#[test]
fn other_names_say_what_is_wrong() {
    for (text, error) in [
        ("", LogTypeError::Length),
        ("Ab", LogTypeError::Length),
        ("asana.Audit", LogTypeError::Part),
        ("Asana.audit", LogTypeError::Part),
        ("Asana..Audit", LogTypeError::Part),
        ("Asana.Audit.", LogTypeError::Part),
        ("Asana Audit", LogTypeError::Part),
        ("Asana_Audit", LogTypeError::Part),
        ("Äsana", LogTypeError::Part),
        ("A.B.C.D.E.F.G.H", LogTypeError::TooManyParts),
    ] {
        assert_eq!(text.parse::<LogType>(), Err(error), "{text}");
    }
    assert_eq!("A".repeat(256).parse::<LogType>(), Err(LogTypeError::Length));
}
