-- What was done to this server, by whom, and what it changed. Each row is written in the transaction that did it, and never again.

CREATE TABLE audit_log (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE, -- the row's key in the lake
    at          INTEGER NOT NULL,
    actor_kind  TEXT NOT NULL,
    actor_id    TEXT,
    actor_name  TEXT NOT NULL,
    address     TEXT,                 -- null: this machine, by the command line
    action      TEXT NOT NULL,
    object_kind TEXT,
    object_id   TEXT,
    object_name TEXT,                 -- what it was called then
    status      INTEGER,              -- of the answer; null: it was done before there was one
    problem     TEXT,                 -- null: it was done
    before      TEXT,                 -- JSON without secrets
    after       TEXT,                 -- JSON without secrets
    request_id  TEXT
) STRICT;
CREATE INDEX audit_log_by_object ON audit_log (object_kind, object_id, number);
CREATE INDEX audit_log_by_time ON audit_log (at);

CREATE TRIGGER audit_log_never_changes BEFORE UPDATE ON audit_log BEGIN
    SELECT RAISE(ABORT, 'the audit log is never changed');
END;

-- Old rows may go once they are journalled: the checkpoint of our own source is the number of the last one that is.
CREATE TRIGGER audit_log_goes_on BEFORE DELETE ON audit_log
WHEN OLD.number > coalesce((SELECT CAST(checkpoint AS INTEGER) FROM journal JOIN source ON source.number = journal.source
                            WHERE connector = 'margay'), 0)
BEGIN
    SELECT RAISE(ABORT, 'the audit log keeps what is not in the journal yet');
END;
