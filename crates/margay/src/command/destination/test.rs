//! `margay destination test`: a message by the way that alerts take, and what was answered.

use std::sync::Arc;

use margay_runtime::Clock;
use margay_runtime::deliver::courier::{Courier, NotSent};
use margay_runtime::deliver::{Post, send, test_message};
use margay_store::Destination;
use serde_json::json;

use super::{exit_of, find};
use crate::cli::Global;
use crate::cli::destination::Test;
use crate::command::serve::guard;
use crate::entry::{Tried, of_destination};
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::{line, note};

pub(super) async fn run(global: &Global, arguments: &Test) -> Outcome {
    let guard = guard(&arguments.allow_addresses)?;
    // It may run beside a server.
    let store = open::store_beside(global).await?;
    let destination = find(&store, &arguments.name).await?;
    let secret = store.destination_secret(destination.id).await.map_err(exit_of)?;
    let clock = Clock::system();
    let post = Post {
        courier: Courier::new(guard, clock.clone(), None).or_exit(Exit::Failure)?,
        // No alert is delivered by this, and where people reach the console only the server knows.
        alerts_url: String::new(),
        wake: Arc::default(),
    };
    let message = test_message(&destination, None, clock.now());
    let sent = send(&post, &destination, secret.as_ref(), &message).await;
    let sent = sent.map_err(|problem| failure(&destination, &problem));
    let tried = Tried {
        action: "test_destination",
        object: Some(of_destination(&destination)),
        told: json!({ "isDelivered": sent.is_ok() }),
    };
    tried.ended(&store, sent.as_ref().err()).await;
    let outcome = sent?.outcome;
    line(format_args!("`{}` took the test message: {outcome}", destination.name));
    store.destination_works(destination.id).await.or_exit(Exit::Storage)?;
    if !destination.is_enabled {
        note("it is switched off, so no alert goes there\nhint: margay destination set NAME --enable");
    }
    Ok(())
}

fn failure(destination: &Destination, problem: &NotSent) -> Failure {
    let exit = if is_refusal(destination, problem.status) {
        Exit::Refused
    } else {
        Exit::Unavailable
    };
    let message = format!(
        "`{}` did not take the test message: {}",
        destination.name, problem.outcome
    );
    Failure::new(exit, message)
}

/// Whether the destination answered with something that trying again does not change. SMTP and HTTP mean different things by 4xx
/// and 5xx.
fn is_refusal(destination: &Destination, status: Option<u16>) -> bool {
    let Some(status) = status else { return false };
    if destination.kind == "email" {
        return status >= 500;
    }
    status < 500 && !matches!(status, 408 | 425 | 429)
}
