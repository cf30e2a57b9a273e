-- Alarms, the alerts that they raise, where alerts go, and every try to bring them there.
--
-- Source 0 is this server itself: SQLite counts rows from 1. A deleted source's alerts stay, by its label.

-- One row for each alarm that was set or evaluated. No settings: the defaults of its kind.
CREATE TABLE alarm (
    source       INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    settings     TEXT,
    settings_at  INTEGER,
    state        TEXT NOT NULL,
    since        INTEGER NOT NULL,
    opened_at    INTEGER,
    is_open      INTEGER NOT NULL CHECK (is_open IN (0, 1)),
    told_at      INTEGER,
    alert        INTEGER REFERENCES alert (number) ON DELETE SET NULL,
    summary      TEXT NOT NULL,
    evaluated_at INTEGER,
    PRIMARY KEY (source, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX alarm_by_alert ON alarm (alert);

CREATE TRIGGER alarm_of_deleted_source AFTER DELETE ON source BEGIN
    DELETE FROM alarm WHERE source = OLD.number;
END;

CREATE TABLE alert (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL,
    alert_type   TEXT NOT NULL,
    severity     TEXT NOT NULL,
    source       TEXT,              -- its id; it may be deleted by now
    source_label TEXT,
    title        TEXT NOT NULL,
    cause        TEXT NOT NULL,
    evidence     TEXT NOT NULL,
    blind        TEXT NOT NULL,
    remedy       TEXT NOT NULL,
    status       TEXT NOT NULL,
    assignee     TEXT,
    opened_at    INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    recovered_at INTEGER            -- null: what it tells of still lasts
) STRICT;
CREATE INDEX alert_by_status ON alert (status, number);

-- What happened to an alert, in order; comments among it.
CREATE TABLE alert_event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    alert  INTEGER NOT NULL REFERENCES alert (number) ON DELETE CASCADE,
    at     INTEGER NOT NULL,
    kind   TEXT NOT NULL,
    actor  TEXT NOT NULL,
    text   TEXT NOT NULL
) STRICT;
CREATE INDEX alert_event_by_alert ON alert_event (alert, number);

CREATE TABLE destination (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    name_folded TEXT NOT NULL UNIQUE,
    kind        TEXT NOT NULL,
    settings    TEXT NOT NULL,      -- JSON without secrets
    secret      BLOB,               -- an envelope
    severities  TEXT NOT NULL,      -- JSON list
    alert_types TEXT NOT NULL,      -- JSON list
    is_enabled  INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    failing_since INTEGER,          -- when the first of the tries failed that have failed in a row
    given_up_at INTEGER,            -- when a delivery was given up last
    problem     TEXT                -- what the last try met that failed
) STRICT;

-- The outbox: one notice of an alert for one destination. Its id is the idempotency key that every try carries.
CREATE TABLE delivery (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    alert       INTEGER NOT NULL REFERENCES alert (number) ON DELETE CASCADE,
    destination INTEGER NOT NULL REFERENCES destination (number) ON DELETE CASCADE,
    notice      TEXT NOT NULL,
    state       TEXT NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    created_at  INTEGER NOT NULL,
    begun_at    INTEGER NOT NULL,   -- when it was made, or when somebody had it sent again
    not_before  INTEGER NOT NULL,
    finished_at INTEGER             -- null: it waits
) STRICT;
CREATE INDEX delivery_waiting ON delivery (not_before) WHERE finished_at IS NULL;
CREATE INDEX delivery_by_alert ON delivery (alert, destination, number);
CREATE INDEX delivery_by_destination ON delivery (destination, number);

CREATE TABLE delivery_attempt (
    delivery INTEGER NOT NULL REFERENCES delivery (number) ON DELETE CASCADE,
    number   INTEGER NOT NULL CHECK (number > 0),
    at       INTEGER NOT NULL,
    took_us  INTEGER NOT NULL,
    status   INTEGER,               -- what the destination's protocol answered with, if it answered
    outcome  TEXT NOT NULL,         -- what came of it, for people; never a secret
    PRIMARY KEY (delivery, number)
) STRICT, WITHOUT ROWID;

-- Null: it is polled.
ALTER TABLE source ADD COLUMN paused_at INTEGER;
-- When it was resumed last; silence before that is nobody's alarm.
ALTER TABLE source ADD COLUMN resumed_at INTEGER;
-- When the first of the polls failed that have failed in a row.
ALTER TABLE poll_status ADD COLUMN failing_since INTEGER;
-- Whether the last that failed was one whose credentials were refused.
ALTER TABLE poll_status ADD COLUMN is_refused INTEGER NOT NULL DEFAULT 0;

-- What flowed through a source, summed over steps of time by our clock: 300 s, and 3,600 s for longer.
CREATE TABLE measure (
    source       INTEGER NOT NULL REFERENCES source (number) ON DELETE CASCADE,
    step_s       INTEGER NOT NULL CHECK (step_s IN (300, 3600)),
    at           INTEGER NOT NULL, -- its beginning, in seconds since 1970
    events       INTEGER NOT NULL DEFAULT 0,
    bytes        INTEGER NOT NULL DEFAULT 0,
    rejects      INTEGER NOT NULL DEFAULT 0,
    polls        INTEGER NOT NULL DEFAULT 0,
    poll_errors  INTEGER NOT NULL DEFAULT 0,
    lag_ms_total INTEGER NOT NULL DEFAULT 0, -- from the event to its landing, of `events`
    lag_ms_max   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, step_s, at)
) STRICT, WITHOUT ROWID;

-- The last record of a source that no schema accepted.
CREATE TABLE last_reject (
    source INTEGER NOT NULL PRIMARY KEY REFERENCES source (number) ON DELETE CASCADE,
    at     INTEGER NOT NULL,
    reason TEXT NOT NULL
) STRICT;

-- What of a source works: one row for each thing that is looked at.
CREATE TABLE health_check (
    source          INTEGER NOT NULL REFERENCES source (number) ON DELETE CASCADE,
    name            TEXT NOT NULL,
    last_success_at INTEGER,
    last_failure_at INTEGER,
    message         TEXT NOT NULL, -- of the last look
    raw             TEXT,          -- what the vendor said then, as it said it
    PRIMARY KEY (source, name)
) STRICT, WITHOUT ROWID;
