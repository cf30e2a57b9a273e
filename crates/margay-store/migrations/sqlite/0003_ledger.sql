-- What of a source's log is proven complete, the backfills that read the rest, and the source's story.
--
-- `from_at` and `to_at` are event times, a range without its end; all other times are our clock.

-- One row a source. No since: nobody has said yet from when on the source is to be complete.
CREATE TABLE ledger (
    source          INTEGER NOT NULL PRIMARY KEY REFERENCES source (number) ON DELETE CASCADE,
    since           INTEGER,
    settled_through INTEGER
) STRICT;
INSERT INTO ledger (source) SELECT number FROM source;

-- Ranges of event time that are proven, disjoint; neighbours of the same evidence are one row.
CREATE TABLE coverage (
    source   INTEGER NOT NULL REFERENCES source (number) ON DELETE CASCADE,
    from_at  INTEGER NOT NULL,
    to_at    INTEGER NOT NULL CHECK (from_at < to_at),
    evidence TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL CHECK (first_at <= last_at),
    PRIMARY KEY (source, from_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE backfill (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    source        INTEGER NOT NULL REFERENCES source (number) ON DELETE CASCADE,
    from_at       INTEGER NOT NULL,
    to_at         INTEGER NOT NULL CHECK (from_at < to_at),
    reason        TEXT NOT NULL,
    begun_at      INTEGER NOT NULL,
    finished_at   INTEGER,                                          -- null: windows are waiting
    is_cancelled  INTEGER NOT NULL DEFAULT 0 CHECK (is_cancelled IN (0, 1)),
    windows_total INTEGER NOT NULL CHECK (windows_total > 0),
    windows_done  INTEGER NOT NULL DEFAULT 0 CHECK (windows_done BETWEEN 0 AND windows_total),
    covered       INTEGER NOT NULL DEFAULT 0 CHECK (covered >= 0),  -- microseconds of event time in windows that are done
    pages         INTEGER NOT NULL DEFAULT 0,
    records_new   INTEGER NOT NULL DEFAULT 0,
    records_known INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX backfill_by_source ON backfill (source, number);

-- Only windows that are waiting to be read to their end: one that is done is counted in its backfill, and goes. The number
-- is never given out twice, so that whoever reads a window that is gone is found out.
CREATE TABLE backfill_window (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    backfill   INTEGER NOT NULL REFERENCES backfill (number) ON DELETE CASCADE,
    source     INTEGER NOT NULL REFERENCES source (number) ON DELETE CASCADE,
    from_at    INTEGER NOT NULL,
    to_at      INTEGER NOT NULL CHECK (from_at < to_at),
    attempts   INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    not_before INTEGER,
    problem    TEXT,
    checkpoint TEXT
) STRICT;
CREATE INDEX backfill_window_by_time ON backfill_window (source, from_at);
CREATE INDEX backfill_window_by_backfill ON backfill_window (backfill);

CREATE TABLE history (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    source   INTEGER NOT NULL REFERENCES source (number) ON DELETE CASCADE,
    first_at INTEGER NOT NULL,
    last_at  INTEGER NOT NULL CHECK (first_at <= last_at),
    count    INTEGER NOT NULL CHECK (count > 0),
    kind     TEXT NOT NULL,
    text     TEXT NOT NULL
) STRICT;
CREATE INDEX history_by_source ON history (source, number);

-- How many events became visible how long after their time. What a bucket stands for is the poller's affair.
CREATE TABLE lateness (
    source INTEGER NOT NULL REFERENCES source (number) ON DELETE CASCADE,
    bucket INTEGER NOT NULL CHECK (bucket BETWEEN 0 AND 255),
    count  INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (source, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    number          INTEGER PRIMARY KEY AUTOINCREMENT,
    source          INTEGER NOT NULL REFERENCES source (number) ON DELETE CASCADE,
    started_at      INTEGER NOT NULL,
    finished_at     INTEGER NOT NULL,
    from_at         INTEGER NOT NULL,
    to_at           INTEGER NOT NULL,
    sample_permille INTEGER NOT NULL,
    seed            INTEGER NOT NULL, -- the bits of an unsigned number
    windows         INTEGER NOT NULL,
    windows_total   INTEGER NOT NULL,
    requests        INTEGER NOT NULL,
    events_checked  INTEGER NOT NULL,
    missing         INTEGER NOT NULL,
    extra           INTEGER NOT NULL,
    different       INTEGER NOT NULL,
    repaired        INTEGER NOT NULL,
    outcome         TEXT NOT NULL,
    details         TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_source ON audit (source, number);
