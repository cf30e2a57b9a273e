-- Searches that somebody has kept under a name, for everybody.
CREATE TABLE saved_search (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    name_folded TEXT NOT NULL UNIQUE, -- lower case by Unicode's rules, which SQLite does not know
    sql         TEXT NOT NULL,
    view        TEXT NOT NULL,        -- how the console shows it; opaque here
    created_by  TEXT NOT NULL,
    -- Microseconds since 1970.
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;
