//! The file itself, and rows whose owner is gone or that an owner lacks.

use super::{Finding, FindingKind, Findings, Subject};
use crate::consumer::Consumer;
use crate::fault::StorageFault;
use crate::store::{OrFault, Store};

impl Store {
    /// `SQLite`'s own checks, then rows that belong to nobody.
    pub(super) async fn examine_file(&self, findings: &mut Findings) -> Result<(), StorageFault> {
        let checked: Result<Vec<String>, StorageFault> = sqlx::query_scalar("PRAGMA integrity_check(20)")
            .fetch_all(self.readers())
            .await
            .or_fault(self);
        for line in findings.note_damage("the database", checked)?.unwrap_or_default() {
            if line != "ok" {
                findings.add_finding(general(
                    FindingKind::FileDamaged,
                    format!(
                        "the database is damaged: {line}\n\
                         hint: stop Margay, keep a copy of it with its -wal and -shm companions, and restore the last backup"
                    ),
                ));
            }
        }
        let broken: Result<Vec<(String, i64, String)>, StorageFault> =
            sqlx::query_as("SELECT \"table\", count(*), parent FROM pragma_foreign_key_check GROUP BY 1, 3")
                .fetch_all(self.readers())
                .await
                .or_fault(self);
        for (table, count, parent) in findings.note_damage("a table", broken)?.unwrap_or_default() {
            findings.add_finding(general(
                FindingKind::ReferenceBroken,
                format!("{count} row(s) of the table {table} belong to a {parent} that is not there"),
            ));
        }
        let leftovers = self.leftovers().await;
        for number in findings.note_damage("the journal", leftovers)?.unwrap_or_default() {
            findings.add_finding(Finding {
                kind: FindingKind::Leftover,
                source_id: None,
                text: format!("entries or ids of the deleted log source number {number} are still there"),
                is_repairable: true,
                target: number,
            });
        }
        Ok(())
    }

    /// Says which of its rows a source lacks; returns whether it has those that the rest of the examination stands on.
    pub(super) async fn examine_rows(&self, findings: &mut Findings, subject: &Subject) -> Result<bool, StorageFault> {
        let (journal, lease, credential, ledger, landing): (bool, bool, bool, bool, bool) = sqlx::query_as(
            "SELECT EXISTS (SELECT 1 FROM journal WHERE source = ?1), EXISTS (SELECT 1 FROM lease WHERE source = ?1), \
             EXISTS (SELECT 1 FROM credential WHERE source = ?1), EXISTS (SELECT 1 FROM ledger WHERE source = ?1), \
             EXISTS (SELECT 1 FROM consumer_position WHERE source = ?1 AND consumer = ?2)",
        )
        .bind(subject.number)
        .bind(Consumer::Landing.as_str())
        .fetch_one(self.readers())
        .await
        .or_fault(self)?;
        let rows = [
            ("journal", journal),
            ("lease", lease),
            ("credentials", credential),
            ("coverage ledger", ledger),
            ("landing position", landing),
        ];
        for (name, _) in rows.into_iter().filter(|row| !row.1) {
            findings.add(
                FindingKind::RowMissing,
                subject,
                format_args!("its {name} is missing\nhint: restore the last backup"),
            );
        }
        Ok(journal && credential && ledger)
    }

    /// Returns the numbers under which there are entries or ids, though no source has them and none is being removed.
    async fn leftovers(&self) -> Result<Vec<i64>, StorageFault> {
        // Steps from one number to the next by the keys; the rows between are not walked.
        sqlx::query_scalar(
            "WITH RECURSIVE owner (number) AS ( \
             SELECT min(source) FROM entry UNION ALL \
             SELECT (SELECT min(source) FROM entry WHERE source > owner.number) FROM owner \
             WHERE owner.number IS NOT NULL), \
             id_owner (number) AS ( \
             SELECT min(source) FROM record_id UNION ALL \
             SELECT (SELECT min(source) FROM record_id WHERE source > id_owner.number) FROM id_owner \
             WHERE id_owner.number IS NOT NULL) \
             SELECT number FROM (SELECT number FROM owner UNION SELECT number FROM id_owner) WHERE number IS NOT NULL \
             AND number NOT IN (SELECT number FROM source) AND number NOT IN (SELECT source FROM source_removal) \
             ORDER BY number",
        )
        .fetch_all(self.readers())
        .await
        .or_fault(self)
    }
}

fn general(kind: FindingKind, text: String) -> Finding {
    Finding {
        kind,
        source_id: None,
        text,
        is_repairable: kind.is_repairable(),
        target: 0,
    }
}
