-- People who log in to the console, and where they are logged in.

CREATE TABLE user (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    email         TEXT NOT NULL,
    email_folded  TEXT NOT NULL UNIQUE,
    role          TEXT NOT NULL,
    password_hash TEXT NOT NULL,  -- argon2id, with its salt and costs, as a PHC string
    created_at    INTEGER NOT NULL,
    created_by    TEXT NOT NULL,
    last_login_at INTEGER,
    disabled_at   INTEGER         -- null: may log in
) STRICT;

CREATE TABLE session (
    hash         BLOB NOT NULL PRIMARY KEY, -- SHA-256 of the cookie's value; the value itself is nowhere
    id           TEXT NOT NULL UNIQUE,
    user         INTEGER NOT NULL REFERENCES user (number) ON DELETE CASCADE,
    begun_at     INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    address      TEXT NOT NULL,
    agent        TEXT NOT NULL              -- what the browser calls itself
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_user ON session (user);
