//! The built-in grok patterns. Their names are those that logs are commonly described with; none gives a field by
//! itself. `docs/reference/parsers.md` lists them, and a test holds the list to this one.

/// Names and expressions, by subject.
pub(crate) const BUILT_IN: &[(&str, &str)] = &[
    // Any text.
    ("DATA", r".*?"),
    ("GREEDYDATA", r".*"),
    ("NOTSPACE", r"\S+"),
    ("NS", r"%{NOTSPACE}"),
    ("SPACE", r"\s*"),
    ("WORD", r"\b\w+\b"),
    ("QUOTEDSTRING", r#""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"#),
    ("QS", r"%{QUOTEDSTRING}"),
    ("HEXDIGIT", r"[0-9A-Fa-f]"),
    ("UUID", r"%{HEXDIGIT}{8}-(?:%{HEXDIGIT}{4}-){3}%{HEXDIGIT}{12}"),
    (
        "LOGLEVEL",
        r"\b(?i:emerg(?:ency)?|alert|crit(?:ical)?|fatal|severe|panic|err(?:or)?|warn(?:ing)?|notice|info(?:rmation(?:al)?)?|debug|trace)\b",
    ),
    // Numbers.
    ("DIGITS", r"\d+"),
    ("INT", r"[+-]?\d+"),
    ("POSINT", r"\b[1-9]\d*\b"),
    ("NONNEGINT", r"\b\d+\b"),
    ("BASE10NUM", r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)"),
    ("NUMBER", r"%{BASE10NUM}"),
    ("BASE16NUM", r"[+-]?(?:0[xX])?%{HEXDIGIT}+"),
    // People and machines.
    ("USERNAME", r"[0-9A-Za-z._-]+"),
    ("USER", r"%{USERNAME}"),
    (
        "EMAILLOCALPART",
        r"[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+(?:\.[0-9A-Za-z!#$%&'*+/=?^_`{|}~-]+)*",
    ),
    ("EMAILADDRESS", r"%{EMAILLOCALPART}@%{HOSTNAME}"),
    ("IPV4OCTET", r"(?:25[0-5]|2[0-4]\d|[01]?\d?\d)"),
    ("IPV4", r"(?:%{IPV4OCTET}\.){3}%{IPV4OCTET}"),
    ("IPV6GROUP", r"%{HEXDIGIT}{1,4}"),
    // Longer forms stand before those that they begin with: the first that matches wins.
    (
        "IPV6",
        concat!(
            r"(?:",
            r"(?:%{IPV6GROUP}:){6}%{IPV4}",
            r"|(?:%{IPV6GROUP}(?::%{IPV6GROUP}){0,4})?::(?:%{IPV6GROUP}:){0,4}%{IPV4}",
            r"|(?:%{IPV6GROUP}:){7}%{IPV6GROUP}",
            r"|%{IPV6GROUP}:(?::%{IPV6GROUP}){1,6}",
            r"|(?:%{IPV6GROUP}:){2}(?::%{IPV6GROUP}){1,5}",
            r"|(?:%{IPV6GROUP}:){3}(?::%{IPV6GROUP}){1,4}",
            r"|(?:%{IPV6GROUP}:){4}(?::%{IPV6GROUP}){1,3}",
            r"|(?:%{IPV6GROUP}:){5}(?::%{IPV6GROUP}){1,2}",
            r"|(?:%{IPV6GROUP}:){6}:%{IPV6GROUP}",
            r"|(?:%{IPV6GROUP}:){1,7}:",
            r"|:(?::%{IPV6GROUP}){1,7}",
            r"|::",
            r")(?:%[0-9A-Za-z._-]+)?"
        ),
    ),
    ("IP", r"%{IPV6}|%{IPV4}"),
    (
        "HOSTNAME",
        r"\b[0-9A-Za-z][0-9A-Za-z-]*(?:\.[0-9A-Za-z][0-9A-Za-z-]*)*\.?",
    ),
    ("HOST", r"%{HOSTNAME}"),
    ("IPORHOST", r"%{IP}|%{HOSTNAME}"),
    ("HOSTPORT", r"%{IPORHOST}:%{POSINT}"),
    (
        "MAC",
        r"(?:%{HEXDIGIT}{2}[:-]){5}%{HEXDIGIT}{2}|(?:%{HEXDIGIT}{4}\.){2}%{HEXDIGIT}{4}",
    ),
    // Files and addresses of the web.
    ("UNIXPATH", r#"(?:/[^/\s"'<>|?*]*)+"#),
    ("WINPATH", r#"(?:[A-Za-z]:|\\)(?:\\[^\\/:*?"<>|]*)+"#),
    ("PATH", r"%{UNIXPATH}|%{WINPATH}"),
    ("TTY", r"/dev/(?:pts/\d+|tty\w*)"),
    ("URIPROTO", r"[A-Za-z][0-9A-Za-z+.-]*"),
    ("URIHOST", r"(?:\[%{IPV6}\]|%{IPORHOST})(?::%{POSINT})?"),
    ("URIPATH", r"(?:/[0-9A-Za-z$.+!*'(){},~:;=@#%&_-]*)+"),
    ("URIPARAM", r#"\?[^\s"<>]*"#),
    ("URIPATHPARAM", r"%{URIPATH}%{URIPARAM}?"),
    (
        "URI",
        r"%{URIPROTO}://(?:%{USER}(?::[^@\s/]*)?@)?%{URIHOST}?%{URIPATHPARAM}?",
    ),
    // Times.
    (
        "MONTH",
        r"\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b",
    ),
    ("MONTHNUM", r"(?:1[0-2]|0?[1-9])"),
    ("MONTHNUM2", r"(?:1[0-2]|0[1-9])"),
    ("MONTHDAY", r"(?:3[01]|[12]\d|0?[1-9])"),
    (
        "DAY",
        r"\b(?:Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)\b",
    ),
    ("YEAR", r"(?:\d{4}|\d{2})"),
    ("HOUR", r"(?:2[0-3]|[01]?\d)"),
    ("MINUTE", r"[0-5]\d"),
    ("SECOND", r"(?:60|[0-5]?\d)(?:[.,:]\d+)?"),
    ("TIME", r"%{HOUR}:%{MINUTE}(?::%{SECOND})?"),
    ("TZ", r"\b(?:UTC|GMT|[A-Z]{1,3}[SD]T|CES?T|EES?T|WES?T|MSK|IST|JST)\b"),
    ("DATE_US", r"%{MONTHNUM}[/-]%{MONTHDAY}[/-]%{YEAR}"),
    ("DATE_EU", r"%{MONTHDAY}[./-]%{MONTHNUM}[./-]%{YEAR}"),
    ("DATE", r"%{DATE_US}|%{DATE_EU}"),
    ("DATETIME", r"%{DATE}[- ]%{TIME}"),
    ("ISO8601_TIMEZONE", r"(?:Z|[+-]%{HOUR}(?::?%{MINUTE})?)"),
    ("ISO8601_SECOND", r"(?:60|[0-5]?\d)(?:[.,]\d+)?"),
    (
        "TIMESTAMP_ISO8601",
        r"\d{4}-%{MONTHNUM}-%{MONTHDAY}[Tt ]%{HOUR}:?%{MINUTE}(?::?%{ISO8601_SECOND})?%{ISO8601_TIMEZONE}?",
    ),
    ("TIMESTAMP_RFC822", r"%{DAY} %{MONTH} %{MONTHDAY} %{YEAR} %{TIME} %{TZ}"),
    (
        "TIMESTAMP_RFC2822",
        r"%{DAY}, %{MONTHDAY} %{MONTH} %{YEAR} %{TIME} (?:%{ISO8601_TIMEZONE}|%{TZ})",
    ),
    ("TIMESTAMP_OTHER", r"%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{TZ} %{YEAR}"),
    ("TIMESTAMP_EVENTLOG", r"\d{4}%{MONTHNUM2}[0-3]\d[0-2]\d%{MINUTE}[0-6]\d"),
    ("HTTPDATE", r"%{MONTHDAY}/%{MONTH}/\d{4}:%{TIME} %{INT}"),
    // Syslog.
    ("SYSLOGTIMESTAMP", r"%{MONTH} +%{MONTHDAY} %{TIME}"),
    ("SYSLOGPRI", r"<\d{1,3}>"),
    ("SYSLOGHOST", r"%{IPORHOST}"),
    ("PROG", r"[!-Z\\^-~]+"),
    ("PID", r"%{POSINT}"),
    ("SYSLOGPROG", r"%{PROG}(?:\[%{PID}\])?"),
];
