//! Events as Asana shows them, from a seed: the variety that normalising meets, in a size that stays the same.
//!
//! The kinds are those of the vendor's reference: people and others, ids of 16 digits, addresses of both families, names
//! beyond ASCII and with escapes, details of every shape, and now and then a long text or a key that no schema knows.

use std::fmt::Write as _;

/// What the events are made from. Another seed gives other events, and so other figures.
const SEED: u64 = 0x6d61_7267_6179;

const NAMES: [(&str, &str); 8] = [
    ("Noor Haddad", "noor.haddad"),
    ("Pat Oduya", "pat.oduya"),
    ("Ines Wójcik", "ines.wojcik"),
    ("Tomás Ferreira", "tomas"),
    ("Chi Nguyen", "chi.nguyen"),
    ("佐藤 花子", "hanako.sato"),
    ("Bill \\\"Billy\\\" O'Neil", "bill"),
    ("Aleksandra Konstantinopolska", "aleksandra.konstantinopolska"),
];

const TYPES: [(&str, &str, &str); 10] = [
    ("user_login_succeeded", "logins", "user"),
    ("user_login_failed", "logins", "user"),
    ("user_logged_out", "logins", "user"),
    ("task_deleted", "deletion", "task"),
    ("project_privacy_settings_changed", "access_control", "project"),
    ("project_member_added", "access_control", "project"),
    ("attachment_downloaded", "content_export", "attachment"),
    ("attachment_uploaded", "creation", "attachment"),
    ("workspace_saml_settings_changed", "admin_settings", "workspace"),
    ("user_workspace_admin_role_changed", "roles", "user"),
];

const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Asana-iOS/9.1",
];

const TITLES: [&str; 6] = [
    "Quarterly plan",
    "Q4 \\\"plans\\\" \\u2014 draft",
    "Fix the login page, again",
    "Rechnungsprüfung März",
    "🚀 launch checklist",
    "contract_final_v2 (signed).pdf",
];

/// Numbers from a seed: splitmix64, which needs no crate.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn is_one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        let at = self.below(items.len() as u64);
        &items[usize::try_from(at).unwrap_or_default()]
    }
}

/// Returns that many events, each one line of JSON.
pub(crate) fn events(count: u64) -> Vec<String> {
    let mut random = Random(SEED);
    (0..count).map(|index| event(index, &mut random)).collect()
}

fn event(index: u64, random: &mut Random) -> String {
    let (event_type, category, resource_type) = *random.pick(&TYPES);
    let gid = 1_200_000_000_000_000 + index * 10_007 + random.below(10_007);
    let second = index * 7;
    let mut out = String::new();
    write_all(
        &mut out,
        format_args!(
            r#"{{"gid":"{gid}","created_at":"2026-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z","event_type":"{event_type}","event_category":"{category}","actor":"#,
            1 + second / 86_400 / 28 % 12,
            1 + second / 86_400 % 28,
            second / 3_600 % 24,
            second / 60 % 60,
            second % 60,
            random.below(1_000),
        ),
    );
    actor(random, &mut out);
    out.push_str(r#","resource":"#);
    resource(resource_type, random, &mut out);
    out.push_str(r#","details":"#);
    details(random, &mut out);
    out.push_str(r#","context":"#);
    context(random, &mut out);
    if random.is_one_in(50) {
        write_all(&mut out, format_args!(r#","sequence":{}"#, random.next()));
    }
    out.push('}');
    out
}

fn actor(random: &mut Random, out: &mut String) {
    if random.is_one_in(12) {
        let kind = random.pick(&["asana", "asana_support", "anonymous", "external_administrator"]);
        return write_all(out, format_args!(r#"{{"actor_type":"{kind}"}}"#));
    }
    out.push_str(r#"{"actor_type":"user","#);
    person(random, out);
}

/// Writes what is alike in an actor and a resource that are people, and the end of the object.
fn person(random: &mut Random, out: &mut String) {
    let (name, user) = random.pick(&NAMES);
    let gid = 1_209_000_000_000_000 + random.below(400);
    write_all(
        out,
        format_args!(r#""gid":"{gid}","name":"{name}","email":"{user}@acorn.example"}}"#),
    );
}

fn resource(kind: &str, random: &mut Random, out: &mut String) {
    write_all(out, format_args!(r#"{{"resource_type":"{kind}","#));
    if kind == "user" {
        return person(random, out);
    }
    if kind == "task" {
        let subtype = random.pick(&["default_task", "milestone", "approval"]);
        write_all(out, format_args!(r#""resource_subtype":"{subtype}","#));
    }
    let gid = 1_209_000_000_000_000 + random.below(90_000);
    if random.is_one_in(15) {
        write_all(out, format_args!(r#""gid":"{gid}","name":null}}"#));
    } else {
        let title = random.pick(&TITLES);
        write_all(
            out,
            format_args!(r#""gid":"{gid}","name":"{title} {}"}}"#, random.below(900)),
        );
    }
}

fn details(random: &mut Random, out: &mut String) {
    match random.below(20) {
        0..=5 => out.push_str("{}"),
        6..=10 => {
            let method = random.pick(&["GOOGLE", "SAML", "PASSWORD"]);
            write_all(out, format_args!(r#"{{"method":["{method}"]}}"#));
        }
        11..=14 => {
            let new = random.pick(&["members_only", "public_to_workspace", "private"]);
            write_all(out, format_args!(r#"{{"old_value":null,"new_value":"{new}"}}"#));
        }
        15..=17 => {
            let gid = 1_209_000_000_000_000 + random.below(700);
            write_all(
                out,
                format_args!(
                    r#"{{"group":{{"gid":"{gid}","name":"Acorn north","resource_type":"team"}},"count":{},"is_guest":false}}"#,
                    random.below(5_000)
                ),
            );
        }
        // A part of a SAML answer; whole ones have some 20 kB, and would hide everything else.
        _ => {
            out.push_str(r#"{"method":["SAML"],"saml_response":""#);
            for _ in 0..80 {
                write_all(out, format_args!("{:08x}", random.below(1 << 32)));
            }
            out.push_str(r#"=="}"#);
        }
    }
}

fn context(random: &mut Random, out: &mut String) {
    let kind = *random.pick(&["web", "web", "web", "desktop", "mobile", "api", "api", "email"]);
    write_all(out, format_args!(r#"{{"context_type":"{kind}""#));
    if kind == "email" {
        return out.push('}');
    }
    if kind == "api" {
        let method = random.pick(&["oauth", "personal_access_token", "service_account", "cookie"]);
        write_all(out, format_args!(r#","api_authentication_method":"{method}""#));
        if *method == "oauth" {
            out.push_str(r#","oauth_app_name":"Backup & Sync""#);
        }
    }
    if random.is_one_in(8) {
        write_all(
            out,
            format_args!(
                r#","client_ip_address":"2001:db8:{:x}::{:x}""#,
                random.below(65_536),
                random.below(4_096)
            ),
        );
    } else {
        write_all(
            out,
            format_args!(r#","client_ip_address":"198.51.100.{}""#, random.below(256)),
        );
    }
    if !random.is_one_in(6) {
        write_all(out, format_args!(r#","user_agent":"{}""#, random.pick(&AGENTS)));
    }
    out.push('}');
}

fn write_all(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    out.write_fmt(text).unwrap_or_default();
}
