//! The JSON text of an event, in the key order of the fixture nearest to the wire (Datadog's `asana_tests.yaml`):
//! `gid`, `created_at`, `event_type`, `event_category`, `actor`, `resource`, `details`, `context`.
//!
//! Texts of the organisation are JSON strings already and are copied; everything else written here needs no escape.

use std::fmt::Write as _;

use super::circumstance::Circumstance;
use super::{Actor, Oddity, Sketch};
use crate::base64;
use crate::catalogue::{Details, ResourceKind};
use crate::clock::timestamp_of;
use crate::organization::Resource;
use crate::random::Random;

/// Length of a SAML answer in base64. The vendor publishes no size; a signed answer with attributes is about this long.
const SAML_RESPONSE_BYTES: usize = 20_000;
/// One SAML sign-in in this many carries the whole answer, which keeps the average event near 600 bytes.
const SAML_RESPONSE_ONE_IN: u64 = 400;
/// One SAML sign-in in this many carries a null in its place.
const SAML_NULL_ONE_IN: u64 = 6;

const ADMIN_ROLES: &[&str] = &["member", "domain_admin", "super_admin"];

impl Sketch<'_> {
    /// Appends the event, created at `time_ms`, to `text`.
    pub(crate) fn render(mut self, time_ms: i64, text: &mut String) {
        push(text, r#"{"gid":""#);
        push_number(text, self.gid);
        push(text, r#"","created_at":""#);
        push_time(text, time_ms);
        push(text, r#"","event_type":""#);
        push(text, self.event_type.name);
        push(text, r#"","event_category":""#);
        push(text, self.event_type.category);
        push(text, r#"","actor":{"#);
        self.push_actor(text);
        push(text, r#"},"resource":{"#);
        push_resource(text, self.resource);
        push(text, r#"},"details":{"#);
        self.push_details(text);
        push(text, r#"},"context":{"#);
        self.push_context(text);
        push(text, "}}");
    }

    fn push_actor(&self, text: &mut String) {
        push(text, r#""actor_type":""#);
        push(text, self.actor_type());
        push(text, "\"");
        let (name, email) = match self.actor {
            Actor::Person(person) => (&person.name_json, Some(&person.email_json)),
            Actor::ServiceAccount(account) => (&account.name_json, None),
            _ => return,
        };
        if let Some(gid) = self.actor_gid() {
            push(text, r#","gid":""#);
            push_number(text, gid);
            push(text, "\"");
        }
        push(text, r#","name":"#);
        push(text, name);
        if let Some(email) = email.filter(|_| self.oddity != Some(Oddity::ActorWithoutId)) {
            push(text, r#","email":"#);
            push(text, email);
        }
    }

    fn push_details(&mut self, text: &mut String) {
        match self.event_type.details {
            Details::Empty | Details::Unknown => {}
            Details::Login => self.push_login(text),
            Details::Change { from } => {
                let old = self.random.index(from.len());
                let new = (old + 1) % from.len();
                push_pair(text, "old_value", from[old]);
                push(text, ",");
                push_pair(text, "new_value", from[new]);
            }
            Details::NewValue { to } => push_pair(text, "new_value", to),
            Details::NewValueAfterNull { to } => {
                push(text, r#""old_value":null,"#);
                push_pair(text, "new_value", to);
            }
            Details::NewDomain => push_pair(text, "new_value", "subsidiary.example"),
            Details::WorkspaceRole => self.push_role(text, self.organization.workspace()),
            Details::DivisionRole => {
                let division = self.organization.resource(ResourceKind::Division, &mut self.random);
                self.push_role(text, division);
            }
            Details::App => {
                let app = self.random.pick(&self.organization.apps);
                push(text, r#""app_type":"oauth","app_gid":""#);
                push_number(text, app.gid);
                push(text, r#"","app_name":"#);
                push(text, &app.name_json);
                push(text, r#","app_url":"#);
                push(text, &app.url_json);
            }
        }
    }

    fn push_login(&mut self, text: &mut String) {
        let is_saml = match self.oddity {
            Some(Oddity::SamlResponse | Oddity::SamlResponseNull) => true,
            _ => self.random.chance(3, 5),
        };
        push(
            text,
            if is_saml {
                r#""method":["SAML"]"#
            } else {
                r#""method":["ONE_TIME_KEY"]"#
            },
        );
        if !is_saml {
            return;
        }
        let is_whole = self.random.chance(1, SAML_RESPONSE_ONE_IN) || self.oddity == Some(Oddity::SamlResponse);
        if is_whole && self.oddity != Some(Oddity::SamlResponseNull) {
            push(text, r#","saml_response":""#);
            push_saml_response(text, &mut self.random);
            push(text, "\"");
        } else if self.random.chance(1, SAML_NULL_ONE_IN) || self.oddity == Some(Oddity::SamlResponseNull) {
            push(text, r#","saml_response":null"#);
        }
    }

    fn push_role(&mut self, text: &mut String, group: Resource<'_>) {
        let old = self.random.index(ADMIN_ROLES.len());
        let new = (old + 1 + self.random.index(ADMIN_ROLES.len() - 1)) % ADMIN_ROLES.len();
        push_pair(text, "old_value", ADMIN_ROLES[old]);
        push(text, ",");
        push_pair(text, "new_value", ADMIN_ROLES[new]);
        push(text, r#","group":{"gid":""#);
        push_number(text, group.gid);
        push(text, r#"","name":"#);
        push(text, group.name.unwrap_or("null"));
        push(text, ",");
        push_pair(text, "resource_type", group.kind.name());
        push(text, "}");
    }

    fn push_context(&mut self, text: &mut String) {
        push_pair(text, "context_type", self.circumstance.context_type(&mut self.random));
        if let Some(method) = self.circumstance.api_authentication_method() {
            push(text, ",");
            push_pair(text, "api_authentication_method", method);
        }
        if let Some((ip, agent)) = self.client() {
            push(text, ",");
            push_pair(text, "client_ip_address", ip);
            push(text, ",");
            push_pair(text, "user_agent", agent);
        }
        match self.circumstance {
            Circumstance::OauthApp => {
                push(text, r#","oauth_app_name":"#);
                push(text, &self.random.pick(&self.organization.apps).name_json);
            }
            Circumstance::Rule => {
                push(text, r#","rule_name":"#);
                let rule: &String = self.random.pick(&self.organization.rules);
                push(text, rule);
            }
            _ => {}
        }
        if let Actor::Support { on_behalf_of } = self.actor {
            push(text, r#","on_behalf_of_user_id":"#);
            push_number(text, on_behalf_of);
        }
    }

    /// Returns the address and the user agent of the client, where there was one.
    fn client(&mut self) -> Option<(&str, &str)> {
        let person = match self.actor {
            Actor::Person(person) => person,
            Actor::ServiceAccount(account) => return Some((&account.ip, account.agent)),
            // Whoever is not signed in still has a browser.
            Actor::Anonymous => self.organization.person(&mut self.random),
            Actor::Asana | Actor::Support { .. } | Actor::ExternalAdministrator => return None,
        };
        let place = self.random.below(10);
        let desk = match place {
            0..6 => &person.office_ip,
            6..9 => &person.home_ip,
            _ => &person.vpn_ip,
        };
        match self.circumstance {
            Circumstance::Desktop => Some((desk, person.desktop_agent)),
            Circumstance::Mobile => Some((&person.mobile_ip, person.mobile_agent)),
            Circumstance::PersonalAccessToken | Circumstance::OauthApp => {
                let machine = self.random.pick(&self.organization.service_accounts);
                Some((&machine.ip, machine.agent))
            }
            Circumstance::Email => None,
            _ => Some((desk, person.web_agent)),
        }
    }
}

fn push_resource(text: &mut String, resource: Resource<'_>) {
    push_pair(text, "resource_type", resource.kind.name());
    if let Some(subtype) = resource.subtype {
        push(text, ",");
        push_pair(text, "resource_subtype", subtype);
    }
    push(text, r#","gid":""#);
    push_number(text, resource.gid);
    push(text, r#"","name":"#);
    push(text, resource.name.unwrap_or("null"));
    if let Some(email) = resource.email {
        push(text, r#","email":"#);
        push(text, email);
    }
}

/// Appends a made-up answer of an identity provider: an XML beginning, then noise as a signature would be.
fn push_saml_response(text: &mut String, random: &mut Random) {
    let end = text.len() + SAML_RESPONSE_BYTES;
    let beginning = r#"<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Version="2.0">"#;
    base64::encode_into(text, beginning.as_bytes());
    while text.len() < end {
        let mut bits = random.number();
        for _ in 0..10 {
            text.push(base64::sign((bits & 63) as u32));
            bits >>= 6;
        }
    }
    text.truncate(end);
}

/// Appends `"key":"value"`; neither may need an escape.
fn push_pair(text: &mut String, key: &str, value: &str) {
    push(text, "\"");
    push(text, key);
    push(text, "\":\"");
    push(text, value);
    push(text, "\"");
}

fn push(text: &mut String, piece: &str) {
    text.push_str(piece);
}

fn push_number(text: &mut String, number: u64) {
    let outcome = write!(text, "{number}");
    debug_assert!(outcome.is_ok(), "a string takes everything");
}

/// Appends `YYYY-MM-DDThh:mm:ss.mmmZ`: every public sample that looks raw has three digits and `Z`.
fn push_time(text: &mut String, time_ms: i64) {
    let outcome = write!(text, "{:.3}", timestamp_of(time_ms));
    debug_assert!(outcome.is_ok(), "a string takes everything");
}
