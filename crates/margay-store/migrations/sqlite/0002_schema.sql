-- Custom log schemas. Their names are never given up: a row goes nowhere, it is archived.
CREATE TABLE custom_schema (
    number      INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    name_folded TEXT NOT NULL UNIQUE, -- lower case: two names that differ by case only would share a table of the lake
    revision    INTEGER NOT NULL CHECK (revision > 0),                     -- counts every change
    version     INTEGER NOT NULL CHECK (version BETWEEN 1 AND revision),   -- counts the texts; the newest is in force
    is_archived INTEGER NOT NULL CHECK (is_archived IN (0, 1)),
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

-- Every text that was ever in force: rows of the lake carry its version. The text comes last: the columns before it are
-- read without touching its overflow pages.
CREATE TABLE custom_schema_text (
    schema   INTEGER NOT NULL REFERENCES custom_schema (number),
    version  INTEGER NOT NULL CHECK (version > 0),
    saved_at INTEGER NOT NULL,
    yaml     TEXT NOT NULL,
    PRIMARY KEY (schema, version)
) STRICT;
