//! Looks at the machine, the key, the database and the lake, each for itself.

use margay_lake::{Examined, FindingCode, Lake, LakeError};
use margay_schema::{LogType, SourceId};
use margay_store::{MasterKey, OpenError, Source, Store};

use super::{Cure, FREE_BYTES_LOW, Finding, Patient, Severity, agree};
use crate::content::Content;
use crate::disk::{self, Room};
use crate::error_chain::ErrorChain;

/// A file may be merged away under a slow look at many; the next look has the new one.
const LAKE_LOOKS_MAX: u32 = 3;

pub(super) async fn look(patient: &Patient) -> Vec<Finding> {
    let mut findings = Vec::new();
    look_at_disk(patient, &mut findings);
    let Some(store) = open_store(patient, &mut findings).await else {
        look_at_lake(patient, &[], &mut findings).await;
        return findings;
    };
    let sources = match store.journalled_sources().await {
        Ok(sources) => sources,
        Err(fault) => {
            findings.push(Finding::broken("database_unreadable", "margay.db", ErrorChain(&fault)));
            Vec::new()
        }
    };
    let positions = agree::positions(&store, &sources).await;
    let examined = look_at_lake(patient, &sources, &mut findings).await;
    look_at_database(patient, &store, &mut findings).await;
    look_at_erasures(&store, &mut findings).await;
    if let Some(examined) = examined {
        let content = look_at_schemas(patient, &store, &sources, &mut findings).await;
        let agreement = agree::Agreement {
            patient,
            store: &store,
            content: &content,
            examined: &examined,
        };
        agreement.look(&sources, &positions, &mut findings).await;
    }
    store.close().await;
    findings
}

fn look_at_disk(patient: &Patient, findings: &mut Vec<Finding>) {
    let root = patient.data_dir.root();
    let Some(Room { free_bytes: free, .. }) = disk::room(root) else {
        return;
    };
    if free < FREE_BYTES_LOW {
        findings.push(Finding::new(
            "disk_low",
            Severity::Notice,
            root.display().to_string(),
            format_args!(
                "only {} MB are free on this disk\nhint: free some space; when it is full, pulling waits until there is some",
                free / 1_000_000
            ),
        ));
    }
}

/// Opens the database to read it: with its key if that is there, without it otherwise.
async fn open_store(patient: &Patient, findings: &mut Vec<Finding>) -> Option<Store> {
    let path = patient.data_dir.database();
    // It also refuses a key that others may read: whether somebody has, a person knows.
    let key = match MasterKey::load(&patient.data_dir.master_key(), patient.master_key.clone()) {
        Ok(key) => Some(key),
        Err(error) => {
            findings.push(Finding::broken("key_unusable", "master key", ErrorChain(&error)));
            None
        }
    };
    let opened = match Store::open_read_only(&path, key).await {
        Err(error @ OpenError::OtherMasterKey { .. }) => {
            findings.push(Finding::broken("key_wrong", "master key", ErrorChain(&error)));
            Store::open_read_only(&path, None).await
        }
        opened => opened,
    };
    match opened {
        Ok(store) => Some(store),
        Err(error) => {
            let finding = Finding::broken("database_unusable", "margay.db", ErrorChain(&error));
            findings.push(match error {
                OpenError::Older { .. } => finding.cured_by(Cure::Open),
                _ => finding,
            });
            None
        }
    }
}

async fn look_at_database(patient: &Patient, store: &Store, findings: &mut Vec<Finding>) {
    match store.examine(patient.clock.now()).await {
        Ok(found) => findings.extend(found.into_iter().map(|found| {
            let finding = Finding::broken(found.kind.as_str(), "margay.db", &found);
            if found.is_repairable {
                finding.cured_by(Cure::Store(Box::new(found)))
            } else {
                finding
            }
        })),
        Err(fault) => findings.push(Finding::broken("database_unreadable", "margay.db", ErrorChain(&fault))),
    }
}

/// Tells of deleted sources whose events are still to go: who was promised that they are gone should be able to see it.
async fn look_at_erasures(store: &Store, findings: &mut Vec<Finding>) {
    match store.erasures().await {
        Ok(erasures) => findings.extend(erasures.iter().map(|erasure| {
            Finding::new(
                "erasure_pending",
                Severity::Notice,
                format!("table `{}`", erasure.log_type.table_name()),
                format_args!(
                    "the log source {} was deleted with its events at {}, and the table may still have some of them\n\
                     hint: a running `margay serve` erases them within minutes, and so does the next `margay pull`",
                    erasure.source_id, erasure.asked_at
                ),
            )
        })),
        Err(fault) => findings.push(Finding::broken("database_unreadable", "margay.db", ErrorChain(&fault))),
    }
}

/// Looks at the lake for itself; nothing if it is not there or cannot be looked at.
async fn look_at_lake(patient: &Patient, sources: &[Source], findings: &mut Vec<Finding>) -> Option<Examined> {
    let root = patient.data_dir.lake();
    if !root.is_dir() {
        findings.push(
            Finding::broken(
                "lake_missing",
                root.display().to_string(),
                "the lake's folder is not there\n\
                 hint: if it is on a disk that is not mounted, mount it; if it was moved, put it back, or restore it from a backup. \
                 Otherwise it is made anew, and what the journal keeps lands again",
            )
            .cured_by(Cure::Open),
        );
        return None;
    }
    let ids: Vec<SourceId> = sources.iter().map(|source| source.id).collect();
    match examined(&root, &ids).await {
        Ok(examined) => {
            findings.extend(examined.findings.iter().map(|found| {
                let place = format!("table `{}`", found.table);
                let finding = Finding::broken(found.code.as_str(), place, &found.text);
                if found.code.is_mended_safely() {
                    finding.cured_by(Cure::RepeatedRows)
                } else {
                    finding
                }
            }));
            Some(examined)
        }
        Err(error) => {
            findings.push(Finding::broken(
                "lake_unreadable",
                root.display().to_string(),
                ErrorChain(&error),
            ));
            None
        }
    }
}

async fn examined(root: &std::path::Path, ids: &[SourceId]) -> Result<Examined, LakeError> {
    let mut looks = 1;
    loop {
        match Lake::examine(root, ids).await {
            // What was merged away under the look is not missing.
            Ok(examined) if looks < LAKE_LOOKS_MAX && may_have_moved(&examined) => looks += 1,
            Err(_) if looks < LAKE_LOOKS_MAX => looks += 1,
            result => return result,
        }
    }
}

fn may_have_moved(examined: &Examined) -> bool {
    let moves = [FindingCode::FileMissing, FindingCode::RowInBoth];
    examined.findings.iter().any(|found| moves.contains(&found.code))
}

/// Compiles the schemas, and says which sources have none that can be used.
async fn look_at_schemas(
    patient: &Patient,
    store: &Store,
    sources: &[Source],
    findings: &mut Vec<Finding>,
) -> Option<Content> {
    let mut content = match Content::load(store).await {
        Ok(content) => content,
        Err(error) => {
            findings.push(Finding::broken("schemas_unreadable", "margay.db", ErrorChain(&error)));
            return None;
        }
    };
    if let Ok(lake) = Lake::open_read_only(&patient.data_dir.lake(), &[]).await
        && let Err(error) = content.check_custom(&lake).await
    {
        findings.push(Finding::broken("schemas_unreadable", "lake", ErrorChain(&error)));
    }
    let mut told: Vec<&LogType> = Vec::new();
    for source in sources {
        let Some(problem) = content.problem_of(&source.log_type) else {
            continue;
        };
        if told.contains(&&source.log_type) {
            continue;
        }
        told.push(&source.log_type);
        findings.push(Finding::broken(
            "schema_unusable",
            format!("log source `{}`", source.label),
            format_args!("{problem}; its records wait in the journal\nhint: mend the schema with `margay schema add`"),
        ));
    }
    Some(content)
}
