-- Sources that were deleted with their events, as long as the lake may still have some of these. Written in the transaction that
-- deletes the source, removed when the lake has none.
CREATE TABLE erasure (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The id that the source had; its rows in the lake carry it.
    source_id TEXT NOT NULL UNIQUE,
    -- The log type whose table they are in.
    log_type  TEXT NOT NULL,
    -- Microseconds since 1970.
    asked_at  INTEGER NOT NULL
) STRICT;
