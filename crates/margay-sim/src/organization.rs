//! The simulated organisation: who works there, on what, from where.
//!
//! Built once per simulation from the seed and never changed. Texts that events carry are stored as JSON strings,
//! quotes and escapes included, so that rendering an event only copies.

mod names;

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::catalogue::ResourceKind;
use crate::random::Random;

/// People with an account in the organisation's own domains.
const MEMBER_COUNT: usize = 480;
/// People from elsewhere.
const GUEST_COUNT: usize = 40;
/// The first so many members administer the organisation.
pub(crate) const ADMIN_COUNT: usize = 6;
/// One person in this many has a name that is hard to print.
const DIFFICULT_NAME_ONE_IN: u64 = 12;
/// One title in this many is hard to print.
const DIFFICULT_TITLE_ONE_IN: u64 = 25;
/// Different things of the kinds that a busy organisation makes by the thousand.
const ABUNDANT_COUNT: u64 = 900_000;
/// Room between the gids of neighbours of one kind; with [`ABUNDANT_COUNT`] it stays within a kind's share.
const GID_STRIDE: u64 = 1_000_003;
/// Gids of one kind of thing.
const GID_SHARE: u64 = 1_000_000_000_000;
/// The lowest gid of anything but an event; 16 digits, as real ones have.
const GID_BASE: u64 = 1_100_000_000_000_000;

const SHARE_ORGANIZATION: u64 = 0;
const SHARE_PERSON: u64 = 1;
const SHARE_SERVICE_ACCOUNT: u64 = 2;
const SHARE_APP: u64 = 3;
/// Shares of the resource kinds start here, in the order of the enum.
const SHARE_RESOURCE: u64 = 10;

const TOPIC_GID: u64 = 0x6769;
const TOPIC_PERSON: u64 = 0x7065;
const TOPIC_TITLE: u64 = 0x7469;

/// The organisation's name and that of another one, in which some token lives.
const NAME: &str = "Margay Trading Company";
const OTHER_NAME: &str = "Ocelot Partners";
/// E-mail domains of the organisation; both are reserved for documentation (RFC 2606).
const DOMAINS: [&str; 2] = ["example.com", "example.org"];
const GUEST_DOMAIN: &str = "example.net";

/// Who works where, on what.
#[derive(Debug)]
pub(crate) struct Organization {
    seed: u64,
    pub(crate) gid: String,
    pub(crate) name: &'static str,
    pub(crate) other_gid: String,
    pub(crate) other_name: &'static str,
    pub(crate) email_domains: [&'static str; 2],
    /// Members, administrators first, then guests.
    pub(crate) people: Vec<Person>,
    pub(crate) service_accounts: Vec<ServiceAccount>,
    pub(crate) apps: Vec<App>,
    /// Names of automation rules, as JSON strings.
    pub(crate) rules: Vec<String>,
    name_json: String,
    domains_json: [String; 2],
    titles: Titles,
}

/// A person and the places they work from.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) gid: u64,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) name_json: String,
    pub(crate) email_json: String,
    pub(crate) web_agent: &'static str,
    pub(crate) desktop_agent: &'static str,
    pub(crate) mobile_agent: &'static str,
    pub(crate) office_ip: String,
    pub(crate) vpn_ip: String,
    pub(crate) home_ip: String,
    pub(crate) mobile_ip: String,
}

/// An account without a person.
#[derive(Debug)]
pub(crate) struct ServiceAccount {
    pub(crate) gid: u64,
    pub(crate) name: &'static str,
    pub(crate) name_json: String,
    pub(crate) agent: &'static str,
    pub(crate) ip: String,
}

/// A connected application.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) gid: u64,
    pub(crate) name_json: String,
    pub(crate) url_json: String,
}

/// Something that an event was done to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resource<'organization> {
    pub(crate) kind: ResourceKind,
    pub(crate) gid: u64,
    /// A JSON string; none where the vendor sends null.
    pub(crate) name: Option<&'organization str>,
    /// A JSON string.
    pub(crate) email: Option<&'organization str>,
    pub(crate) subtype: Option<&'static str>,
}

/// Names of things, as JSON strings; several things may share one.
#[derive(Debug)]
struct Titles {
    /// The difficult ones first, in their order.
    tasks: Vec<String>,
    projects: Vec<String>,
    teams: Vec<String>,
    files: Vec<String>,
}

impl Organization {
    /// Builds the organisation of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        let gid = |share, number| gid(seed, share, number);
        let people = (0..MEMBER_COUNT + GUEST_COUNT)
            .map(|number| Person::new(seed, number))
            .collect();
        let service_accounts = (0_u64..)
            .zip(names::SERVICE_ACCOUNTS)
            .map(|(number, name)| {
                let mut random = Random::of(seed, TOPIC_PERSON, u64::MAX - number);
                ServiceAccount {
                    gid: gid(SHARE_SERVICE_ACCOUNT, number),
                    name,
                    name_json: json_string(name),
                    agent: random.pick_text(names::API_AGENTS),
                    ip: cloud_ip(&mut random),
                }
            })
            .collect();
        let apps = (0_u64..)
            .zip(names::APPS)
            .map(|(number, (name, url))| App {
                gid: gid(SHARE_APP, number),
                name_json: json_string(name),
                url_json: json_string(url),
            })
            .collect();
        Self {
            seed,
            gid: gid(SHARE_ORGANIZATION, 0).to_string(),
            name: NAME,
            other_gid: gid(SHARE_ORGANIZATION, 1).to_string(),
            other_name: OTHER_NAME,
            email_domains: DOMAINS,
            people,
            service_accounts,
            apps,
            rules: names::RULES.iter().map(|name| json_string(name)).collect(),
            name_json: json_string(NAME),
            domains_json: DOMAINS.map(json_string),
            titles: Titles::new(seed),
        }
    }

    /// Returns one of the administrators.
    pub(crate) fn admin(&self, random: &mut Random) -> &Person {
        &self.people[random.index(ADMIN_COUNT)]
    }

    /// Returns a member or guest; a few do far more than the rest.
    pub(crate) fn person(&self, random: &mut Random) -> &Person {
        // The product of two even draws is small more often than not.
        let busy = random.index(self.people.len()) + 1;
        &self.people[random.index(busy)]
    }

    /// Returns the workspace as a resource.
    pub(crate) fn workspace(&self) -> Resource<'_> {
        let gid = gid(self.seed, SHARE_ORGANIZATION, 0);
        Resource {
            kind: ResourceKind::Workspace,
            gid,
            name: Some(&self.name_json),
            email: None,
            subtype: None,
        }
    }

    /// Returns a resource of `kind`.
    pub(crate) fn resource(&self, kind: ResourceKind, random: &mut Random) -> Resource<'_> {
        match kind {
            ResourceKind::User => self.person(random).as_resource(),
            ResourceKind::ServiceAccount => {
                let account = random.pick(&self.service_accounts);
                let name = Some(account.name_json.as_str());
                Resource {
                    kind,
                    gid: account.gid,
                    name,
                    email: None,
                    subtype: None,
                }
            }
            ResourceKind::Workspace => self.workspace(),
            ResourceKind::EmailDomain => {
                let number = random.below(2);
                let name = self.domains_json.get(usize::from(number == 1)).map(String::as_str);
                Resource {
                    kind,
                    gid: self.resource_gid(kind, number),
                    name,
                    email: None,
                    subtype: None,
                }
            }
            _ => self.thing(kind, random),
        }
    }

    /// Returns the resource of `kind` whose title is the difficult one of that number.
    pub(crate) fn difficult_task(&self, number: usize, random: &mut Random) -> Resource<'_> {
        let mut task = self.thing(ResourceKind::Task, random);
        task.name = self.titles.tasks.get(number).map(String::as_str);
        task
    }

    fn thing(&self, kind: ResourceKind, random: &mut Random) -> Resource<'_> {
        let (count, titles) = match kind {
            ResourceKind::Task | ResourceKind::Story => (ABUNDANT_COUNT, &self.titles.tasks),
            ResourceKind::Attachment => (ABUNDANT_COUNT, &self.titles.files),
            ResourceKind::Message | ResourceKind::StatusUpdate => (4_000, &self.titles.tasks),
            ResourceKind::Project => (160, &self.titles.projects),
            ResourceKind::ProjectTemplate | ResourceKind::Portfolio => (30, &self.titles.projects),
            ResourceKind::Team | ResourceKind::Division => (10, &self.titles.teams),
            _ => (60, &self.titles.tasks),
        };
        let number = random.below(count);
        let title = &titles[usize::try_from(number).unwrap_or_default() % titles.len()];
        // A comment's text is nobody else's business; how often the vendor leaves the name out is unconfirmed.
        let is_named = kind != ResourceKind::Story || number.is_multiple_of(3);
        let subtype = match kind {
            ResourceKind::Task if number.is_multiple_of(11) => Some("milestone"),
            ResourceKind::Task => Some("task"),
            ResourceKind::Story if number.is_multiple_of(7) => Some("added_to_project"),
            _ => None,
        };
        let name = is_named.then_some(title.as_str());
        Resource {
            kind,
            gid: self.resource_gid(kind, number),
            name,
            email: None,
            subtype,
        }
    }

    fn resource_gid(&self, kind: ResourceKind, number: u64) -> u64 {
        gid(self.seed, SHARE_RESOURCE + kind as u64, number)
    }
}

impl Person {
    fn new(seed: u64, number: usize) -> Self {
        let mut random = Random::of(seed, TOPIC_PERSON, number as u64);
        let is_guest = number >= MEMBER_COUNT;
        let first = random.pick(names::FIRST_NAMES);
        let last = random.pick(names::LAST_NAMES);
        let name = if random.chance(1, DIFFICULT_NAME_ONE_IN) {
            random.pick_text(names::DIFFICULT_NAMES).to_owned()
        } else {
            format!("{first} {last}")
        };
        let domain = if is_guest {
            GUEST_DOMAIN
        } else {
            DOMAINS[usize::from(random.chance(1, 5))]
        };
        // The number keeps addresses of namesakes apart.
        let email = format!("{}.{}{number}@{domain}", first.to_lowercase(), last.to_lowercase());
        Self {
            gid: gid(seed, SHARE_PERSON, number as u64),
            name_json: json_string(&name),
            email_json: json_string(&email),
            name,
            email,
            web_agent: random.pick_text(names::WEB_AGENTS),
            desktop_agent: random.pick_text(names::DESKTOP_AGENTS),
            mobile_agent: random.pick_text(names::MOBILE_AGENTS),
            office_ip: if is_guest {
                home_ip(&mut random)
            } else {
                office_ip(&mut random)
            },
            vpn_ip: Ipv4Addr::new(198, 51, 100, octet(&mut random, 1, 16)).to_string(),
            home_ip: home_ip(&mut random),
            mobile_ip: mobile_ip(&mut random),
        }
    }

    /// Returns the person as a resource.
    pub(crate) fn as_resource(&self) -> Resource<'_> {
        Resource {
            kind: ResourceKind::User,
            gid: self.gid,
            name: Some(&self.name_json),
            email: Some(&self.email_json),
            subtype: None,
        }
    }
}

impl Titles {
    fn new(seed: u64) -> Self {
        let difficult = || names::DIFFICULT_TITLES.iter().map(|title| (*title).to_owned());
        let mut random = Random::of(seed, TOPIC_TITLE, 0);
        let tasks = difficult().chain((0..1_000).map(|_| {
            let (verb, object) = (random.pick(names::TASK_VERBS), random.pick(names::TASK_OBJECTS));
            if random.chance(1, DIFFICULT_TITLE_ONE_IN) {
                return random.pick_text(names::DIFFICULT_TITLES).to_owned();
            }
            format!("{verb} {object}")
        }));
        let tasks = tasks.map(|title| json_string(&title)).collect();
        let mut random = Random::of(seed, TOPIC_TITLE, 1);
        let mut projects = Vec::new();
        for word in names::PROJECT_WORDS {
            for suffix in names::PROJECT_SUFFIXES {
                projects.push(json_string(&format!("{word} {suffix}")));
            }
        }
        random.shuffle(&mut projects);
        let files = (0..500).map(|number| format!("{number:03} {}", random.pick(names::FILE_NAMES)));
        Self {
            tasks,
            projects,
            teams: names::DEPARTMENTS.iter().map(|name| json_string(name)).collect(),
            files: files
                .chain(["Ünïcödé \"final\" (2).pdf".to_owned()])
                .map(|name| json_string(&name))
                .collect(),
        }
    }
}

/// Returns the gid of the `number`-th thing of a share: 16 digits, unique, rising with the number.
fn gid(seed: u64, share: u64, number: u64) -> u64 {
    let noise = Random::of(seed, TOPIC_GID ^ (share << 16), number).below(GID_STRIDE);
    GID_BASE + share * GID_SHARE + number * GID_STRIDE + noise
}

/// One office, documentation range 192.0.2.0/24 (RFC 5737).
fn office_ip(random: &mut Random) -> String {
    Ipv4Addr::new(192, 0, 2, octet(random, 1, 8)).to_string()
}

/// Homes: `203.0.113.0/24` (RFC 5737) or `3fff::/20` (RFC 9637).
fn home_ip(random: &mut Random) -> String {
    if random.chance(2, 3) {
        return Ipv4Addr::new(203, 0, 113, octet(random, 1, 254)).to_string();
    }
    Ipv6Addr::new(0x3fff, group(random) & 0x0fff, group(random), 0, 0, 0, 0, group(random)).to_string()
}

/// Phones: `2001:db8::/32` (RFC 3849).
fn mobile_ip(random: &mut Random) -> String {
    Ipv6Addr::new(
        0x2001,
        0xdb8,
        group(random),
        group(random),
        group(random),
        0,
        group(random),
        1,
    )
    .to_string()
}

/// Machines elsewhere: the upper half of 198.51.100.0/24 (RFC 5737).
fn cloud_ip(random: &mut Random) -> String {
    Ipv4Addr::new(198, 51, 100, octet(random, 128, 254)).to_string()
}

fn octet(random: &mut Random, lowest: u8, highest: u8) -> u8 {
    let drawn = random.below(u64::from(highest - lowest) + 1);
    lowest + u8::try_from(drawn).unwrap_or_default()
}

fn group(random: &mut Random) -> u16 {
    u16::try_from(random.below(1 << 16)).unwrap_or_default()
}

fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests;
