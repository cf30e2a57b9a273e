//! The words a simulated organisation is made of: names that real people and software have, and some that break
//! software.

pub(super) const FIRST_NAMES: &[&str] = &[
    "Ada", "Amina", "Anton", "Beatriz", "Bruno", "Carla", "Chidi", "Clara", "Dana", "Deepak", "Elena", "Emeka", "Eva",
    "Farid", "Felix", "Giulia", "Greta", "Hana", "Hugo", "Ines", "Ivan", "Jana", "Jonas", "Kaya", "Kofi", "Lara",
    "Leon", "Lina", "Marek", "Maya", "Milan", "Nadia", "Noah", "Olga", "Omar", "Paula", "Priya", "Rafael", "Rosa",
    "Samir", "Sofia", "Tariq", "Tessa", "Tomas", "Uma", "Viktor", "Wanda", "Yara", "Yusuf", "Zeno",
];

pub(super) const LAST_NAMES: &[&str] = &[
    "Abe", "Adeyemi", "Almeida", "Bauer", "Bianchi", "Castillo", "Dubois", "Eriksen", "Fischer", "Garcia", "Haddad",
    "Hansen", "Ito", "Ivanov", "Jansen", "Kaur", "Kim", "Kowalski", "Lang", "Lopez", "Mbeki", "Meyer", "Moreau",
    "Nagy", "Novak", "Okafor", "Oliveira", "Park", "Patel", "Petrov", "Quinn", "Rao", "Rossi", "Sato", "Schmid",
    "Silva", "Singh", "Tanaka", "Teixeira", "Usman", "Vargas", "Vogel", "Weber", "Wong", "Yilmaz", "Zimmer",
];

/// Display names that software trips over: quotes, accents both composed and combining, CJK, right-to-left, emoji with
/// joiners, HTML, SQL, a backslash, characters beyond the basic plane.
pub(super) const DIFFICULT_NAMES: &[&str] = &[
    "Zoë Ångström",
    "Jose\u{301} Nu\u{303}ez",
    "Siobhán \"Shiv\" O'Brien",
    "李 小雨",
    "さくら 田中",
    "محمد العربي",
    "נועה כהן",
    "Ana 🦊 Sousa",
    "Fam 👩‍👩‍👧‍👦 Account",
    "Łukasz Żółć",
    "Иван Петров",
    "<img src=x onerror=alert(1)>",
    "Robert'); DROP TABLE events;--",
    "back\\slash \u{1d4dc}argay",
];

pub(super) const DEPARTMENTS: &[&str] = &[
    "Design",
    "Engineering",
    "Finance",
    "Legal",
    "Marketing",
    "Operations",
    "People",
    "Sales",
    "Security",
    "Support",
];

pub(super) const PROJECT_WORDS: &[&str] = &[
    "Atlas", "Beacon", "Cobalt", "Delta", "Ember", "Falcon", "Granite", "Harbor", "Indigo", "Juniper", "Kestrel",
    "Lumen", "Meridian", "Nimbus", "Orchid", "Pioneer", "Quartz", "Ridge", "Summit", "Tundra",
];

pub(super) const PROJECT_SUFFIXES: &[&str] = &[
    "launch",
    "migration",
    "renewal",
    "roadmap",
    "onboarding",
    "audit",
    "sprint board",
    "rollout",
];

pub(super) const TASK_VERBS: &[&str] = &[
    "Review",
    "Draft",
    "Fix",
    "Ship",
    "Plan",
    "Archive",
    "Translate",
    "Measure",
    "Approve",
    "Rehearse",
];

pub(super) const TASK_OBJECTS: &[&str] = &[
    "the quarterly figures",
    "login page",
    "vendor contract",
    "release notes",
    "budget 2026",
    "customer survey",
    "backup procedure",
    "travel policy",
    "job description",
    "data export",
    "press kit",
    "incident report",
];

/// Titles that software trips over. The first four are guaranteed to occur; see `event::Oddity`.
pub(super) const DIFFICULT_TITLES: &[&str] = &[
    "<img src=x onerror=alert(document.domain)>",
    "\"Quoted\" title, with a comma; a tab\t, a back\\slash and\na second line",
    "مراجعة الميزانية \u{202e}fdp.exe",
    "🚀🔥 Launch — naïve café 日本語 ✅",
    "</script><script>alert('x')</script>",
    "=HYPERLINK(\"http://example.invalid\",\"click\")",
    "{\"gid\":\"not an event\"}",
    "null",
    " leading and trailing blanks ",
    "",
];

pub(super) const FILE_NAMES: &[&str] = &[
    "figures.xlsx",
    "contract.pdf",
    "screenshot.png",
    "minutes.docx",
    "export.csv",
    "logo.svg",
    "recording.mp4",
];

/// Applications that people connect, with the address each one gives; the one public sample has it empty.
pub(super) const APPS: &[(&str, &str)] = &[
    ("Slack for Asana", "https://slack.example"),
    ("Google Calendar sync", "https://calendar.example"),
    ("ExperienceCloud", ""),
    ("Jira Cloud", "https://jira.example/app?id=1&tab=2"),
    ("Zapier", ""),
    ("Büro-Zeiterfassung \"Pünktlich\"", "https://zeit.example"),
];

pub(super) const SERVICE_ACCOUNTS: &[&str] = &[
    "SCIM provisioning",
    "Audit export",
    "Data warehouse sync",
    "Backup robot 🤖",
    "Slack service account",
];

pub(super) const RULES: &[&str] = &[
    "When a task is added to this project",
    "Task completed → move to \"Done\"",
    "Due date approaching",
    "منجز",
];

/// What browsers, the desktop client and the phones call themselves. The desktop client's form is from a public sample.
pub(super) const WEB_AGENTS: &[&str] = &[
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
];

pub(super) const DESKTOP_AGENTS: &[&str] = &[
    "AsanaDesktopOfficial darwin_arm64/2.4.1 Chrome/138.0.7204.97",
    "AsanaDesktopOfficial win32_x64/2.4.1 Chrome/138.0.7204.97",
];

pub(super) const MOBILE_AGENTS: &[&str] = &[
    "Asana/7.201.0 (iPhone; iOS 26.1; Scale/3.00)",
    "Asana/8.90.2 (Android 16; Pixel 9)",
];

pub(super) const API_AGENTS: &[&str] = &[
    "python-requests/2.32.5",
    "okhttp/5.1.0",
    "Apache-HttpClient/5.4 (Java/21)",
];
