-- Who may use the HTTP API, and what was answered to requests that may be sent twice; when what is looked at of a source began to
-- work, and to fail.

CREATE TABLE api_token (
    number           INTEGER PRIMARY KEY AUTOINCREMENT,
    id               TEXT NOT NULL UNIQUE,
    name             TEXT NOT NULL,
    name_folded      TEXT NOT NULL UNIQUE,
    hash             BLOB NOT NULL UNIQUE, -- SHA-256 of the value; the value itself is nowhere
    permissions      TEXT NOT NULL,        -- JSON list
    allowed_networks TEXT NOT NULL,        -- JSON list; empty: from everywhere
    created_at       INTEGER NOT NULL,
    created_by       TEXT NOT NULL,
    expires_at       INTEGER,              -- null: never
    last_used_at     INTEGER,
    rotated_at       INTEGER
) STRICT;

CREATE TABLE idempotency (
    actor    TEXT NOT NULL,
    route    TEXT NOT NULL,
    key      TEXT NOT NULL,
    request  BLOB NOT NULL,    -- an envelope with the hash of what was asked: it may have held a secret
    status   INTEGER,          -- null: it is being worked on
    body     TEXT,             -- what was answered; never a secret
    begun_at INTEGER NOT NULL,
    PRIMARY KEY (actor, route, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (begun_at);

-- One row for each look that found otherwise than the look before.
CREATE TABLE health_change (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    source     INTEGER NOT NULL REFERENCES source (number) ON DELETE CASCADE,
    at         INTEGER NOT NULL,
    name       TEXT NOT NULL,
    is_healthy INTEGER NOT NULL,
    message    TEXT NOT NULL,
    raw        TEXT           -- what the vendor said then, as it said it
) STRICT;
CREATE INDEX health_change_by_source ON health_change (source, number);
