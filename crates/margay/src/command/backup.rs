//! `margay backup`: copies the data directory beside a server that may be running.

use margay_runtime::copy::{Copied, CopyError, KeyInCopy, copy};
use margay_runtime::{DataDir, ErrorChain};
use serde_json::json;

use crate::cli::{Backup, Global};
use crate::entry::{Tried, not_written};
use crate::exit::{Exit, Failure, OrExit, Outcome};
use crate::open;
use crate::output::{counted, line, note};

pub(super) async fn run(global: &Global, arguments: Backup) -> Outcome {
    let data_dir = DataDir::new(&global.data_dir);
    data_dir.require().or_exit(Exit::Storage)?;
    let key = if arguments.with_master_key {
        KeyInCopy::Included
    } else {
        KeyInCopy::LeftOut
    };
    let copied = copy(&data_dir, &arguments.to, key).await.map_err(|error| {
        tracing::debug!(error = %ErrorChain(&error), "no backup was made");
        let exit = match error {
            CopyError::NotEmpty { .. } | CopyError::Unfinished { .. } => Exit::Usage,
            _ => Exit::Storage,
        };
        Failure::of(exit, error)
    });
    tell(global, &arguments, &copied).await;
    let copied = copied?;
    let lake_bytes: u64 = copied.tables.iter().map(|table| table.bytes).sum();
    line(format_args!(
        "copied the database ({} bytes) and {} ({lake_bytes} bytes) to {}",
        copied.database_bytes,
        counted(copied.tables.len() as u64, "table"),
        arguments.to.display()
    ));
    note(match key {
        KeyInCopy::LeftOut => {
            "the master key is not in the copy: keep master.key, or MARGAY_MASTER_KEY, in another place. Without it the \
             credentials in the copy are unreadable"
        }
        KeyInCopy::Included => "the master key is in the copy: whoever has the copy can use the credentials in it",
    });
    Ok(())
}

/// Leaves the entry of the audit log: data leaves by a backup, and with the key all credentials do. A backup is for when things break, so one
/// whose database cannot be written is made all the same.
async fn tell(global: &Global, arguments: &Backup, copied: &Outcome<Copied>) {
    let tried = Tried {
        action: "back_up",
        object: None,
        told: json!({
            "to": arguments.to.display().to_string(),
            "withMasterKey": arguments.with_master_key,
        }),
    };
    match open::store_beside(global).await {
        Ok(store) => tried.ended(&store, copied.as_ref().err()).await,
        Err(failure) => not_written(&failure.message()),
    }
}
