//! What is told of an alert, before it takes the form that a destination wants.

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
    /// Where a person reads more.
    pub link: String,
    /// When this try is made.
    pub sent_at: Timestamp,
    /// The mailboxes that earlier tries were done with.
    pub settled: Settled,
}

impl Message {
    /// One line: what happened, and whether it still does.
    pub(crate) fn headline(&self) -> String {
        let title = &self.alert.text.title;
        match self.notice {
            DeliveryNotice::Opened => title.clone(),
            DeliveryNotice::Reminded => format!("Still: {title}"),
            DeliveryNotice::Recovered => format!("Over: {title}"),
        }
    }

    /// The parts that a person reads, each with its heading.
    pub(crate) fn sections(&self) -> Vec<(&'static str, &str)> {
        let text = &self.alert.text;
        if self.notice == DeliveryNotice::Recovered {
            return vec![("What it was", &text.cause)];
        }
        vec![
            ("Cause", &text.cause),
            ("Evidence", &text.evidence),
            ("Blind meanwhile", &text.blind),
            ("What to do", &text.remedy),
        ]
    }

    /// Everything as plain text.
    pub(crate) fn plain(&self) -> String {
        let sections = self.sections();
        let parts = sections.iter().map(|(heading, text)| format!("{heading}: {text}\n"));
        let since = self.alert.opened_at.strftime("%Y-%m-%d %H:%M:%S UTC");
        format!(
            "{}\n\n{}\nSeverity: {}\nSince: {since}\nAlert: {}\n",
            self.headline(),
            parts.collect::<String>(),
            self.alert.severity,
            self.link
        )
    }
}
