//! What is told of an alert, before it takes the form that a destination wants.

use std::borrow::Cow;

use jiff::Timestamp;
use margay_store::{Alert, DeliveryId, DeliveryNotice};

use super::settled::Settled;

/// A notice of an alert for one destination.
#[derive(Debug, Clone)]
pub struct Message {
    /// The delivery's key: the same in every try.
    pub delivery: DeliveryId,
    /// What is told.
    pub notice: DeliveryNotice,
    /// What it is told of.
    pub alert: Alert,
    /// What the alarm is called by people.
    pub name: String,
    /// Where a person reads more; nothing if it is not known where people reach the console.
    pub link: Option<String>,
    /// When somebody had it sent again, since it had been given up; what is told of the alert is of then.
    pub resent_at: Option<Timestamp>,
    /// When this try is made.
    pub sent_at: Timestamp,
    /// The mailboxes that earlier tries were done with.
    pub settled: Settled,
}

impl Message {
    /// One line: what happened, and whether it still does.
    pub(crate) fn headline(&self) -> String {
        let again = self.resent_at.map_or("", |_| "Sent again: ");
        let stands = match self.notice {
            DeliveryNotice::Opened => "",
            DeliveryNotice::Reminded => "Still: ",
            DeliveryNotice::Recovered => "Over: ",
        };
        format!("{again}{stands}{}", self.alert.text.title)
    }

    /// The parts that a person reads, each with its heading. Whoever reads what is sent again has read nothing of it before.
    pub(crate) fn sections(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let text = &self.alert.text;
        let is_over = self.notice == DeliveryNotice::Recovered;
        let mut sections = Vec::new();
        if let Some(at) = self.resent_at {
            sections.push(("Sent again", Cow::from(self.standing(at))));
        }
        sections.push((if is_over { "What it was" } else { "Cause" }, Cow::from(&text.cause)));
        if !is_over || self.resent_at.is_some() {
            sections.push(("Evidence", Cow::from(&text.evidence)));
        }
        if !is_over {
            sections.push(("Blind meanwhile", Cow::from(&text.blind)));
            sections.push(("What to do", Cow::from(&text.remedy)));
        }
        sections
    }

    /// How the alert stood when somebody had it sent again.
    fn standing(&self, at: Timestamp) -> String {
        let time = |time: Timestamp| time.strftime("%Y-%m-%d %H:%M UTC").to_string();
        let stood = match self.alert.recovered_at {
            Some(over_at) => format!("It is over since {}.", time(over_at)),
            None => "It lasted then.".to_owned(),
        };
        format!("It had been given up, and was sent again at {}. {stood}", time(at))
    }

    /// Everything as plain text.
    pub(crate) fn plain(&self) -> String {
        let sections = self.sections();
        let parts = sections.iter().map(|(heading, text)| format!("{heading}: {text}\n"));
        let since = self.alert.opened_at.strftime("%Y-%m-%d %H:%M:%S UTC");
        let link = self
            .link
            .as_deref()
            .map_or_else(String::new, |link| format!("Alert: {link}\n"));
        format!(
            "{}\n\n{}\nSeverity: {}\nSince: {since}\n{link}",
            self.headline(),
            parts.collect::<String>(),
            self.alert.severity
        )
    }
}
