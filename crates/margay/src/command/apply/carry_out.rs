//! Doing what was planned: one transaction a step, each told when it is done.
//!
//! Stopped in the middle, what is done stays, and the next run plans the rest. A source that is to be paused is added first and paused
//! then: stopped in between, the next run pauses it.

use margay_connector::asana::{Settings, Verdict};
use margay_runtime::source::{AsanaDraft, add_asana, check};
use margay_runtime::{HttpClient, Line};
use margay_store::{ChangeSourceError, CredentialsError, Pause, Source, SourceEdit};
use secrecy::SecretString;

use super::plan::{Action, Plan, Step};
use crate::command::alarm::keep;
use crate::command::source::CheckFirst;
use crate::command::{destination, source};
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::output::{display_line, line, note};

#[cfg(test)]
mod tests;

/// Asks the vendor about every credential that is new, or goes elsewhere. Nothing is stored.
pub(super) async fn check_credentials(data: &Line, plan: &Plan, check_first: CheckFirst) -> Outcome {
    let mut exits = Vec::new();
    for step in &plan.steps {
        let Some((settings, token)) = credentials(&step.action).or_exit(Exit::Storage)? else {
            continue;
        };
        if let CheckFirst::No = check_first {
            note(display_line(&format!(
                "not checked: whether the credentials of {} work shows at the next pull",
                step.what
            )));
            continue;
        }
        if let Err((exit, problem)) = ask(&data.http, settings, token, data).await {
            note(display_line(&step.what) + ": " + &problem);
            exits.push(exit);
        } else {
            line(display_line(&format!("checked: the credentials of {} work", step.what)));
        }
    }
    match exits.first() {
        None => Ok(()),
        Some(exit) => Err(Failure::new(
            *exit,
            format!(
                "nothing was changed: {} of the new credentials do not work\nhint: `--no-check` stores them all the same",
                exits.len()
            ),
        )),
    }
}

/// The new credentials of a step, with the settings that they are for.
fn credentials(action: &Action) -> Result<Option<(Settings, &SecretString)>, margay_connector::asana::SettingsError> {
    Ok(match action {
        Action::AddSource { wanted, token, .. } => Some((wanted.settings.clone(), token)),
        Action::ChangeSource {
            source,
            settings,
            token: Some(token),
            ..
        } => {
            let settings = match settings {
                Some(settings) => settings.clone(),
                None => Settings::from_json(&source.settings)?,
            };
            Some((settings, token))
        }
        _ => None,
    })
}

async fn ask(http: &HttpClient, settings: Settings, token: &SecretString, data: &Line) -> Result<(), (Exit, String)> {
    match check(http, settings, token, data.clock.now()).await.verdict {
        Verdict::Passed | Verdict::PassedEmpty => Ok(()),
        Verdict::Failed(diagnosis) => Err((source::exit_of(&diagnosis), diagnosis.to_string())),
    }
}

/// Does every step. `done` is how many changes were made before.
pub(super) async fn carry_out(data: &Line, plan: Plan, done: usize) -> Outcome<usize> {
    let (mut done, all) = (done, done + plan.steps.len());
    for step in plan.steps {
        let what = step.what.clone();
        carry_out_one(data, step).await.map_err(|failure| {
            let message = format!(
                "{what} could not be kept: {failure}\nhint: {done} of {all} changes were made, and stay; run it again to go on with the rest"
            );
            Failure::new(failure.exit(), message)
        })?;
        done += 1;
        line(display_line(&format!("done: {what}")));
    }
    Ok(done)
}

async fn carry_out_one(data: &Line, step: Step) -> Outcome {
    let (store, now) = (&data.store, data.clock.now());
    match step.action {
        Action::AddSource {
            wanted,
            token,
            log_type,
        } => {
            let draft = AsanaDraft {
                label: wanted.label,
                log_type,
                settings: wanted.settings,
                token,
                start_at: wanted.start_at,
                poll_interval: wanted.poll_interval.flatten(),
            };
            source::warn_of_same_log(store, &draft.settings, &draft.log_type).await?;
            let added = add_asana(data, draft).await.map_err(source::not_added)?;
            if wanted.is_paused == Some(true) {
                store
                    .pause_source(added.id, Pause::Begin, now)
                    .await
                    .or_exit(Exit::Storage)?;
            }
            Ok(())
        }
        Action::ChangeSource {
            source,
            settings,
            token,
            pause,
            poll_interval,
        } => {
            if let Some(interval) = poll_interval {
                let edit = SourceEdit::poll_interval(interval);
                store.edit_source(source.id, edit).await.map_err(source::not_edited)?;
            }
            change_source(data, *source, settings, token, pause).await
        }
        Action::AddDestination(new) => store
            .create_destination(new)
            .await
            .map(drop)
            .map_err(destination::exit_of),
        Action::ChangeDestination(id, new) => store
            .change_destination(id, new)
            .await
            .map(drop)
            .map_err(destination::exit_of),
        Action::SetAlarm { source, wanted } => {
            let source = match source {
                Some(label) => Some(source::find(store, &label).await?),
                None => None,
            };
            keep(store, source.as_ref(), wanted.kind, Some(&wanted.form)).await
        }
    }
}

async fn change_source(
    data: &Line,
    source: Source,
    settings: Option<Settings>,
    token: Option<SecretString>,
    pause: Option<Pause>,
) -> Outcome {
    let (store, now) = (&data.store, data.clock.now());
    match (settings, token) {
        (Some(settings), token) => {
            let (before, after) = (&source.settings, settings.to_json());
            store
                .change_source_settings(source.id, before, &after, token.as_ref(), now)
                .await
                .map_err(|error| match error {
                    ChangeSourceError::SourceUnknown(_) | ChangeSourceError::Changed(_) => {
                        Failure::of(Exit::Usage, error)
                    }
                    error => Failure::of(Exit::Storage, error),
                })?;
        }
        (None, Some(token)) => {
            store
                .replace_credentials(source.id, token, now)
                .await
                .map_err(|error| match error {
                    CredentialsError::SourceUnknown(_) => Failure::of(Exit::Usage, error),
                    error => Failure::of(Exit::Storage, error),
                })?;
        }
        (None, None) => {}
    }
    if let Some(pause) = pause {
        store.pause_source(source.id, pause, now).await.or_exit(Exit::Storage)?;
    }
    Ok(())
}
