//! Events from numbers: what happened, who did it, to what, from where.
//!
//! An event is a pure function of the seed and its number; nothing is stored. [`Generator::sketch`] decides everything
//! that filters ask for, [`Sketch::render`] writes the JSON text.

mod circumstance;
mod render;

use crate::catalogue::{CATALOGUE, EventType, ResourceKind};
use crate::organization::{Organization, Person, Resource, ServiceAccount};
use crate::random::Random;

use circumstance::Circumstance;

/// The lowest gid of an event of the stream, and of one added by hand: 16 digits, clear of the organisation's own.
const STREAM_GID_BASE: u64 = 1_200_000_000_000_000;
const ADDED_GID_BASE: u64 = 1_300_000_000_000_000;
/// Room between the gids of neighbours.
const GID_STRIDE: u64 = 10_007;
/// One pair of neighbours out of this many has its gids in the wrong order: two events of the vendor's own fixtures
/// suggest that gids follow time, and nothing promises it.
const GID_SWAP_ONE_IN: u64 = 9;

const TOPIC_EVENT: u64 = 0x6576;
const TOPIC_GID: u64 = 0x6567;
const TOPIC_SWAP: u64 = 0x7377;
const TOPIC_SLOT: u64 = 0x736c;

/// Which event: of the stream (history, then live), or added by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventNumber {
    Stream(u64),
    Added(u64),
}

/// Shapes that clients stumble over and that a small history would not show by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Oddity {
    /// A whole SAML answer of some 20 kB in `details`.
    SamlResponse,
    /// `saml_response: null`.
    SamlResponseNull,
    /// `resource.name: null`.
    NamelessResource,
    /// A user without gid and e-mail address; seen once in public samples, perhaps edited by hand.
    ActorWithoutId,
    /// A title that is hard to print, by its number.
    DifficultTitle(usize),
    /// One certain way in which the event came about.
    Circumstance(Circumstance),
}

/// The events that a history surely holds beside the catalogue, with their types.
const ODDITIES: &[(&str, Oddity)] = &[
    ("user_login_succeeded", Oddity::SamlResponse),
    ("user_login_failed", Oddity::SamlResponseNull),
    ("comment_deleted", Oddity::NamelessResource),
    ("user_workspace_admin_role_changed", Oddity::ActorWithoutId),
    ("task_deleted", Oddity::DifficultTitle(0)),
    ("task_deleted", Oddity::DifficultTitle(1)),
    ("task_deleted", Oddity::DifficultTitle(2)),
    ("task_deleted", Oddity::DifficultTitle(3)),
    (
        "workspace_saml_settings_changed",
        Oddity::Circumstance(Circumstance::Support),
    ),
    ("user_login_failed", Oddity::Circumstance(Circumstance::Anonymous)),
    (
        "user_logged_out",
        Oddity::Circumstance(Circumstance::ExternalAdministrator),
    ),
    ("task_deleted", Oddity::Circumstance(Circumstance::Rule)),
    ("attachment_uploaded", Oddity::Circumstance(Circumstance::OauthApp)),
    ("task_deleted", Oddity::Circumstance(Circumstance::ServiceAccount)),
    (
        "project_member_added",
        Oddity::Circumstance(Circumstance::PersonalAccessToken),
    ),
    ("attachment_downloaded", Oddity::Circumstance(Circumstance::CookieApi)),
    ("attachment_uploaded", Oddity::Circumstance(Circumstance::Email)),
    ("user_login_succeeded", Oddity::Circumstance(Circumstance::Mobile)),
    ("user_login_succeeded", Oddity::Circumstance(Circumstance::Desktop)),
];

/// The writer of all events of a simulation.
#[derive(Debug)]
pub(crate) struct Generator {
    seed: u64,
    organization: Organization,
    /// Events of the stream that are history; only they have guaranteed slots.
    history_count: u64,
    /// The guaranteed events, in the order in which history meets them.
    slots: Vec<(&'static EventType, Option<Oddity>)>,
    /// Every type, as often as its weight says.
    lottery: Vec<&'static EventType>,
}

/// Everything about an event but its text.
#[derive(Debug)]
pub(crate) struct Sketch<'generator> {
    gid: u64,
    event_type: &'static EventType,
    actor: Actor<'generator>,
    resource: Resource<'generator>,
    circumstance: Circumstance,
    oddity: Option<Oddity>,
    organization: &'generator Organization,
    /// The rest of the event's stream, for what the text needs.
    random: Random,
}

/// Who did it.
#[derive(Debug, Clone, Copy)]
enum Actor<'generator> {
    Person(&'generator Person),
    ServiceAccount(&'generator ServiceAccount),
    Asana,
    Support { on_behalf_of: u64 },
    Anonymous,
    ExternalAdministrator,
}

impl Generator {
    /// Returns the writer of a seed; the first `history_count` events of the stream hold every type and oddity, if
    /// they are at least twice as many as those.
    pub(crate) fn new(seed: u64, history_count: u64) -> Self {
        let mut slots: Vec<(&'static EventType, Option<Oddity>)> =
            CATALOGUE.iter().map(|event_type| (event_type, None)).collect();
        for event_type in CATALOGUE {
            let own = ODDITIES.iter().filter(|(name, _)| *name == event_type.name);
            slots.extend(own.map(|(_, oddity)| (event_type, Some(*oddity))));
        }
        assert_eq!(slots.len(), CATALOGUE.len() + ODDITIES.len(), "every oddity has a type");
        Random::of(seed, TOPIC_SLOT, 0).shuffle(&mut slots);
        let lottery = CATALOGUE
            .iter()
            .flat_map(|event_type| (0..event_type.weight).map(move |_| event_type))
            .collect();
        Self {
            seed,
            organization: Organization::new(seed),
            history_count,
            slots,
            lottery,
        }
    }

    pub(crate) fn organization(&self) -> &Organization {
        &self.organization
    }

    /// Decides an event.
    pub(crate) fn sketch(&self, number: EventNumber) -> Sketch<'_> {
        let (index, topic) = match number {
            EventNumber::Stream(index) => (index, TOPIC_EVENT),
            EventNumber::Added(index) => (index, TOPIC_EVENT + 1),
        };
        let mut random = Random::of(self.seed, topic, index);
        let (event_type, oddity) = match self.slot(number) {
            Some(slot) => slot,
            None => (*random.pick(&self.lottery), None),
        };
        let circumstance = match oddity {
            Some(Oddity::Circumstance(circumstance)) => circumstance,
            Some(_) => Circumstance::Web,
            None => Circumstance::of(event_type, &mut random),
        };
        let actor = self.actor(event_type, circumstance, &mut random);
        let resource = self.resource(event_type, actor, oddity, &mut random);
        let gid = self.gid(number);
        Sketch {
            gid,
            event_type,
            actor,
            resource,
            circumstance,
            oddity,
            organization: &self.organization,
            random,
        }
    }

    /// Returns the id of an event: unique, 16 digits, mostly rising with the number.
    pub(crate) fn gid(&self, number: EventNumber) -> u64 {
        let (index, base, topic) = match number {
            EventNumber::Stream(index) => (index, STREAM_GID_BASE, TOPIC_GID),
            EventNumber::Added(index) => (index, ADDED_GID_BASE, TOPIC_GID + 1),
        };
        let is_swapped = Random::of(self.seed, TOPIC_SWAP, index / 2).chance(1, GID_SWAP_ONE_IN);
        let place = if is_swapped { index ^ 1 } else { index };
        base + place * GID_STRIDE + Random::of(self.seed, topic, index).below(GID_STRIDE)
    }

    /// Returns what an event must be so that history holds everything; the slots are spread evenly over it.
    fn slot(&self, number: EventNumber) -> Option<(&'static EventType, Option<Oddity>)> {
        let EventNumber::Stream(index) = number else {
            return None;
        };
        let slot_count = self.slots.len() as u64;
        if index >= self.history_count {
            return None;
        }
        let slot = index * slot_count / self.history_count;
        let place = (2 * slot + 1) * self.history_count / (2 * slot_count);
        (place == index)
            .then(|| {
                usize::try_from(slot)
                    .ok()
                    .and_then(|slot| self.slots.get(slot).copied())
            })
            .flatten()
    }

    fn actor(&self, event_type: &EventType, circumstance: Circumstance, random: &mut Random) -> Actor<'_> {
        let organization = &self.organization;
        match circumstance {
            Circumstance::Support => Actor::Support {
                on_behalf_of: organization.admin(random).gid,
            },
            Circumstance::Anonymous => Actor::Anonymous,
            Circumstance::ExternalAdministrator => Actor::ExternalAdministrator,
            Circumstance::Rule => Actor::Asana,
            Circumstance::ServiceAccount => Actor::ServiceAccount(random.pick(&organization.service_accounts)),
            _ if needs_admin(event_type) => Actor::Person(organization.admin(random)),
            _ => Actor::Person(organization.person(random)),
        }
    }

    fn resource<'generator>(
        &'generator self,
        event_type: &EventType,
        actor: Actor<'generator>,
        oddity: Option<Oddity>,
        random: &mut Random,
    ) -> Resource<'generator> {
        if let Some(Oddity::DifficultTitle(number)) = oddity {
            return self.organization.difficult_task(number, random);
        }
        // People sign in, connect apps and change passwords for themselves.
        if let (Actor::Person(person), ResourceKind::User) = (actor, event_type.resource)
            && !needs_admin(event_type)
        {
            return person.as_resource();
        }
        let mut resource = self.organization.resource(event_type.resource, random);
        if oddity == Some(Oddity::NamelessResource) {
            resource.name = None;
        }
        resource
    }
}

/// Returns whether an administrator does this, when a person does it.
fn needs_admin(event_type: &EventType) -> bool {
    match event_type.category {
        "admin_settings" | "roles" => true,
        "content_export" => event_type.resource == ResourceKind::Workspace,
        "apps" => event_type.resource == ResourceKind::ServiceAccount,
        "user_updates" => !event_type.name.contains("password") && !event_type.name.contains("two_factor"),
        _ => false,
    }
}

impl Sketch<'_> {
    pub(crate) fn event_type(&self) -> &'static str {
        self.event_type.name
    }

    /// Returns the value of `actor.actor_type`.
    pub(crate) fn actor_type(&self) -> &'static str {
        match self.actor {
            // A service account acts as a user; inferred from the enum, which has no type of its own for it.
            Actor::Person(_) | Actor::ServiceAccount(_) => "user",
            Actor::Asana => "asana",
            Actor::Support { .. } => "asana_support",
            Actor::Anonymous => "anonymous",
            Actor::ExternalAdministrator => "external_administrator",
        }
    }

    /// Returns `actor.gid`, if the event has one.
    pub(crate) fn actor_gid(&self) -> Option<u64> {
        match self.actor {
            _ if self.oddity == Some(Oddity::ActorWithoutId) => None,
            Actor::Person(person) => Some(person.gid),
            Actor::ServiceAccount(account) => Some(account.gid),
            Actor::Asana | Actor::Support { .. } | Actor::Anonymous | Actor::ExternalAdministrator => None,
        }
    }

    pub(crate) fn resource_gid(&self) -> u64 {
        self.resource.gid
    }
}

#[cfg(test)]
mod tests;
