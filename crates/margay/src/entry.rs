//! Entries of the audit log for what a command does in no transaction that would write its own, or could not do.

use margay_runtime::ErrorChain;
use margay_store::{AskedFor, AuditObject, Destination, Source, Store};
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::output::note;

/// What a command did, or tried to.
pub(crate) struct Tried {
    /// What: as the operation of the API is called, if there is one.
    pub(crate) action: &'static str,
    /// To what; nothing if it is about nothing in particular, or about what is not there yet.
    pub(crate) object: Option<AuditObject>,
    /// What there is to tell, as a JSON object without secrets.
    pub(crate) told: Value,
}

impl Tried {
    /// Leaves the entry: how it ended is what `failure` says. The work is done, or has failed, by then, so a missing entry is told and changes
    /// nothing.
    pub(crate) async fn ended(mut self, store: &Store, failure: Option<&Failure>) {
        if let Some(failure) = failure {
            self.told["reason"] = json!(failure.message());
        }
        let tried = AskedFor {
            action: self.action.to_owned(),
            object: self.object,
            status: None,
            problem: failure.map(|failure| failure.exit().problem_code().to_owned()),
            after: Some(self.told.to_string()),
        };
        if let Err(fault) = store.record_tried(tried).await {
            not_written(&ErrorChain(&fault));
        }
    }
}

/// Says that the audit log lacks an entry, and why.
pub(crate) fn not_written(reason: &dyn std::fmt::Display) {
    note(format_args!(
        "warning: the audit log has no entry of this command: {reason}"
    ));
}

/// A log source, as entries name it.
pub(crate) fn of_source(source: &Source) -> AuditObject {
    AuditObject {
        kind: "log_source".to_owned(),
        id: source.id.to_string(),
        name: Some(source.label.clone()),
    }
}

/// A destination, as entries name it.
pub(crate) fn of_destination(destination: &Destination) -> AuditObject {
    AuditObject {
        kind: "destination".to_owned(),
        id: destination.id.to_string(),
        name: Some(destination.name.clone()),
    }
}
