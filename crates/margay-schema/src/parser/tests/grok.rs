use std::collections::BTreeMap;

use super::super::grok::BUILT_IN;
use super::super::regex::{Expression, check_definition};
use super::{schema, show};

/// Texts that each pattern takes whole, and texts that it does not.
const SAMPLES: &[(&str, &[&str], &[&str])] = &[
    ("DATA", &["", "any thing"], &[]),
    ("GREEDYDATA", &["", "any thing"], &[]),
    ("NOTSPACE", &["a,b"], &["", "a b"]),
    ("NS", &["a,b"], &["a b"]),
    ("SPACE", &["", " \t"], &["a"]),
    ("WORD", &["abc_1"], &["a-b", "é"]),
    (
        "QUOTEDSTRING",
        &[r#""""#, r#""a \" b""#, "'a b'"],
        &["a", r#""a"b""#, r#""a"#],
    ),
    ("QS", &[r#""a""#], &["a"]),
    ("HEXDIGIT", &["0", "f", "F"], &["g", "00"]),
    (
        "UUID",
        &["5c4f2f0e-1f5b-4A8E-9d4c-0a6f7b1c2d3e"],
        &["5c4f2f0e1f5b4a8e9d4c0a6f7b1c2d3e"],
    ),
    (
        "LOGLEVEL",
        &[
            "INFO",
            "warning",
            "Warn",
            "err",
            "ERROR",
            "emergency",
            "Fatal",
            "informational",
        ],
        &["inform", "verbose"],
    ),
    ("DIGITS", &["007"], &["", "-1"]),
    ("INT", &["-12", "+3", "0"], &["1.5", ""]),
    ("POSINT", &["12"], &["0", "-1", "012"]),
    ("NONNEGINT", &["0", "12", "012"], &["-1"]),
    ("BASE10NUM", &["1", "-1.50", ".5"], &["1.", "1e3"]),
    ("NUMBER", &["1", "-1.50"], &["x"]),
    ("BASE16NUM", &["0xFF", "ff", "-0Xa"], &["0x", "g"]),
    ("USERNAME", &["anna.ek_2-b"], &["a b", "a@b"]),
    ("USER", &["anna"], &["a b"]),
    ("EMAILLOCALPART", &["anna.ek+x", "o'neill"], &["a..b", ".a"]),
    (
        "EMAILADDRESS",
        &["anna.ek+x@mail.example.com"],
        &["anna", "@example.com"],
    ),
    ("IPV4OCTET", &["0", "255", "192", "010"], &["256", "1000"]),
    (
        "IPV4",
        &["192.0.2.1", "255.255.255.255"],
        &["192.0.2", "192.0.2.256", "1.2.3.4.5"],
    ),
    ("IPV6GROUP", &["0", "fFfF"], &["", "12345"]),
    (
        "IPV6",
        &[
            "::",
            "::1",
            "fe80::1%eth0",
            "2001:db8::1",
            "2001:db8:1:2:3:4:5:6",
            "2001:db8::",
            "1:2:3:4:5:6:7::",
            "1::3:4:5:6:7:8",
            "1:2:3::6:7:8",
            "1:2:3:4:5:6::8",
            "::ffff:192.0.2.1",
            "64:ff9b::192.0.2.33",
            "1:2:3:4:5:6:192.0.2.1",
        ],
        &["1:2:3", "1:2:3:4:5:6:7:8:9", "12345::", "192.0.2.1", "1::2::3"],
    ),
    ("IP", &["192.0.2.1", "2001:db8::1"], &["example.com"]),
    (
        "HOSTNAME",
        &["localhost", "a-1.example.com", "example.com."],
        &["-a", "a..b", "a_b"],
    ),
    ("HOST", &["localhost"], &["a b"]),
    ("IPORHOST", &["2001:db8::1", "192.0.2.1", "example.com"], &["a b"]),
    (
        "HOSTPORT",
        &["example.com:443", "192.0.2.1:80"],
        &["example.com", "example.com:x"],
    ),
    (
        "MAC",
        &["00:1B:44:11:3a:b7", "00-1b-44-11-3a-b7", "001b.4411.3ab7"],
        &["00:1b:44:11:3a", "001b44113ab7"],
    ),
    ("UNIXPATH", &["/", "/var/log/a.log", "/a//b/"], &["var/log", "/a b"]),
    (
        "WINPATH",
        &[r"C:\Program Files\a.exe", r"\\server\share", r"c:\"],
        &["C:", "/a", r"C:\a|b"],
    ),
    ("PATH", &["/a/b", r"C:\a"], &["a"]),
    ("TTY", &["/dev/pts/3", "/dev/tty1", "/dev/tty"], &["/dev/null"]),
    ("URIPROTO", &["https", "git+ssh"], &["1http", ""]),
    (
        "URIHOST",
        &["example.com:8080", "[2001:db8::1]:443", "192.0.2.1"],
        &["example.com:"],
    ),
    ("URIPATH", &["/a/b.html", "/"], &["a", "/a?b"]),
    ("URIPARAM", &["?a=b&c", "?"], &["a=b", "?a b"]),
    ("URIPATHPARAM", &["/a?b=c", "/a"], &["?b=c"]),
    (
        "URI",
        &[
            "https://example.com/a?b=c",
            "http://anna:secret@example.com:80/",
            "file:///etc/hosts",
        ],
        &["example.com", "https:/example.com"],
    ),
    ("MONTH", &["Jan", "September", "Sept", "May"], &["Ja", "13", "may"]),
    ("MONTHNUM", &["1", "01", "12"], &["0", "13"]),
    ("MONTHNUM2", &["01", "12"], &["1", "13"]),
    ("MONTHDAY", &["1", "01", "31"], &["0", "32"]),
    ("DAY", &["Mon", "Thursday"], &["Mo", "mon"]),
    ("YEAR", &["2026", "26"], &["202", "6"]),
    ("HOUR", &["0", "09", "23"], &["24"]),
    ("MINUTE", &["00", "59"], &["60", "5"]),
    ("SECOND", &["0", "59", "60", "07.123", "07,5"], &["61"]),
    ("TIME", &["13:55", "13:55:36", "13:55:36.123"], &["13", "25:00"]),
    ("TZ", &["UTC", "GMT", "PST", "CEST", "EDT"], &["Z", "utc"]),
    ("DATE_US", &["12/31/2026", "1-2-26"], &["31/12/2026"]),
    ("DATE_EU", &["31.12.2026", "31/12/26"], &["12/31/2026"]),
    ("DATE", &["12/31/2026", "31.12.2026"], &["2026-12-31"]),
    (
        "DATETIME",
        &["31.12.2026 13:55:36", "12/31/2026-13:55"],
        &["31.12.2026"],
    ),
    ("ISO8601_TIMEZONE", &["Z", "+01:00", "-0700", "+01"], &["UTC"]),
    ("ISO8601_SECOND", &["60", "07.123456", "7"], &["61"]),
    (
        "TIMESTAMP_ISO8601",
        &[
            "2026-01-02T03:04:05Z",
            "2026-01-02 03:04:05.123456+01:00",
            "2026-01-02T03:04",
        ],
        &["26-01-02T03:04:05Z", "2026-01-02", "2026-13-02T03:04:05Z"],
    ),
    ("TIMESTAMP_RFC822", &["Mon Jan 02 2026 13:55:36 PST"], &["Jan 02"]),
    (
        "TIMESTAMP_RFC2822",
        &["Mon, 02 Jan 2026 13:55:36 +0100", "Mon, 2 Jan 2026 13:55:36 GMT"],
        &["Mon 02 Jan"],
    ),
    ("TIMESTAMP_OTHER", &["Mon Jan 02 13:55:36 UTC 2026"], &["Mon"]),
    (
        "TIMESTAMP_EVENTLOG",
        &["20260102135536"],
        &["2026010213553", "20261302135536"],
    ),
    (
        "HTTPDATE",
        &["02/Jan/2026:13:55:36 -0700"],
        &["02/01/2026:13:55:36 -0700"],
    ),
    (
        "SYSLOGTIMESTAMP",
        &["Jan 22 16:14:23", "Feb  7 20:29:51"],
        &["22 Jan 16:14:23"],
    ),
    ("SYSLOGPRI", &["<13>", "<191>"], &["<>", "13"]),
    ("SYSLOGHOST", &["web-1", "192.0.2.1"], &["a b"]),
    ("PROG", &["sshd", "my-app/worker"], &["a b", "a[1]"]),
    ("PID", &["1234"], &["0"]),
    ("SYSLOGPROG", &["sshd[1234]", "kernel"], &["sshd[]", "a b"]),
];

#[test]
fn every_built_in_pattern_takes_its_samples_whole_and_nothing_else() {
    let sampled: Vec<&str> = SAMPLES.iter().map(|(name, ..)| *name).collect();
    let built_in: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
    assert_eq!(sampled, built_in);
    for (name, good, bad) in SAMPLES {
        let whole = schema(&format!("  regex: {{match: ['^%{{{name}:whole}}$']}}"));
        for text in *good {
            let line = format!(" {text} ");
            let expected = format!("{{\"whole\":{}}}", serde_json::to_string(text).unwrap());
            let found = super::super::json_of(whole.parser().unwrap(), text.as_bytes()).unwrap_or_default();
            assert_eq!(found, expected, "{name} takes {text:?}");
            // As a part, the longest that there is: what follows cannot be left for the next pattern.
            if !matches!(*name, "DATA" | "GREEDYDATA" | "SPACE" | "WINPATH" | "PATH") {
                let part = schema(&format!("  regex: {{match: ['^ %{{{name}:part}}(?P<rest>.*)$']}}"));
                let shown = show(part.session().read(line.as_bytes()));
                let expected = format!("{{\"part\":{},\"rest\":\" \"}}", serde_json::to_string(text).unwrap());
                assert_eq!(shown, expected, "{name} in {line:?}");
            }
        }
        for text in *bad {
            let found = super::super::json_of(whole.parser().unwrap(), text.as_bytes());
            assert!(found.is_err(), "{name} does not take {text:?}");
        }
    }
}

#[test]
fn every_built_in_pattern_is_small() {
    let none = BTreeMap::new();
    for (name, pattern) in BUILT_IN {
        assert_eq!(check_definition(pattern, &none), Ok(()), "{name}");
    }
    // Some of the largest fit into one expression.
    let many: String = (0..8).map(|i| format!("%{{URI:a{i}}} ")).collect();
    assert!(Expression::read(&many, &none).is_ok());
}

#[test]
fn the_reference_lists_the_built_in_patterns() {
    let reference = include_str!("../../../../../docs/reference/parsers.md");
    let (_, tables) = reference.split_once("### Built-in grok patterns").unwrap();
    let names = tables
        .lines()
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let names: Vec<&str> = names.map(|(name, _)| name).collect();
    let built_in: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, built_in);
}
