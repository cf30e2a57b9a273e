-- Log sources, their credentials and leases, the journal, its consumers' positions, the last rounds.
--
-- Times are microseconds since 1970-01-01 UTC. `source.number` is the short key that every other table uses in place of
-- the UUID: it stands in each remembered id, and AUTOINCREMENT never gives it out twice, so that the rows of a deleted
-- source can be removed little by little.
--
-- The application id ("Mrgy") tells our file from any other SQLite database.
PRAGMA application_id = 1299343225;

CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE source (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    label        TEXT NOT NULL,
    label_folded TEXT NOT NULL UNIQUE, -- lower case by Unicode's rules, which SQLite does not know
    connector    TEXT NOT NULL,
    log_type     TEXT NOT NULL,
    settings     TEXT NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE credential (
    source      INTEGER NOT NULL PRIMARY KEY REFERENCES source (number) ON DELETE CASCADE,
    envelope    BLOB NOT NULL,
    replaced_at INTEGER NOT NULL
) STRICT;

CREATE TABLE lease (
    source     INTEGER NOT NULL PRIMARY KEY REFERENCES source (number) ON DELETE CASCADE,
    token      INTEGER NOT NULL CHECK (token >= 0), -- grows at every acquisition, survives a release
    holder     TEXT,                                -- null: nobody
    expires_at INTEGER NOT NULL
) STRICT;

-- What an append changes, apart from entries and ids: one row a source.
CREATE TABLE journal (
    source            INTEGER NOT NULL PRIMARY KEY REFERENCES source (number) ON DELETE CASCADE,
    head              INTEGER NOT NULL DEFAULT 0 CHECK (head >= 0),
    pruned_through    INTEGER NOT NULL DEFAULT 0 CHECK (pruned_through BETWEEN 0 AND head),
    records_total     INTEGER NOT NULL DEFAULT 0,
    raw_bytes_total   INTEGER NOT NULL DEFAULT 0,
    stored_bytes_total INTEGER NOT NULL DEFAULT 0,
    newest_event_at   INTEGER,
    entry_at          INTEGER, -- when the head was journalled
    checkpoint_at     INTEGER NOT NULL,
    ids_since_day     INTEGER NOT NULL, -- no remembered id is older than this day
    checkpoint        TEXT NOT NULL
) STRICT;

-- The blob comes last: the columns before it are read without touching its overflow pages.
CREATE TABLE entry (
    source        INTEGER NOT NULL,
    sequence      INTEGER NOT NULL CHECK (sequence > 0),
    journalled_at INTEGER NOT NULL,
    record_count  INTEGER NOT NULL CHECK (record_count > 0),
    raw_bytes     INTEGER NOT NULL,
    format        INTEGER NOT NULL,
    log_type      TEXT NOT NULL,
    records       BLOB NOT NULL,
    PRIMARY KEY (source, sequence)
) STRICT;

-- The day (since 1970-01-01) is exact enough for a horizon of months, and takes two bytes a row.
CREATE TABLE record_id (
    source         INTEGER NOT NULL,
    record_id      TEXT NOT NULL,
    first_seen_day INTEGER NOT NULL,
    PRIMARY KEY (source, record_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE consumer_position (
    source   INTEGER NOT NULL REFERENCES source (number) ON DELETE CASCADE,
    consumer TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence >= 0),
    PRIMARY KEY (source, consumer)
) STRICT, WITHOUT ROWID;

CREATE TABLE poll_status (
    source               INTEGER NOT NULL PRIMARY KEY REFERENCES source (number) ON DELETE CASCADE,
    started_at           INTEGER NOT NULL,
    finished_at          INTEGER NOT NULL,
    kind                 TEXT NOT NULL,
    problem              TEXT,
    pages                INTEGER NOT NULL,
    records_new          INTEGER NOT NULL,
    records_known        INTEGER NOT NULL,
    last_success_at      INTEGER,
    consecutive_failures INTEGER NOT NULL,
    retry_not_before     INTEGER
) STRICT;

CREATE TABLE round_problem (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    source        INTEGER NOT NULL REFERENCES source (number) ON DELETE CASCADE,
    started_at    INTEGER NOT NULL,
    finished_at   INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    problem       TEXT,
    pages         INTEGER NOT NULL,
    records_new   INTEGER NOT NULL,
    records_known INTEGER NOT NULL
) STRICT;
CREATE INDEX round_problem_by_source ON round_problem (source, number);

-- Deleted sources whose entries and ids are still being removed.
CREATE TABLE source_removal (
    source INTEGER NOT NULL PRIMARY KEY
) STRICT;
