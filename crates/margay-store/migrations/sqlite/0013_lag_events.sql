-- Of how many events `lag_ms_total` is the sum. 0 for what was measured before: it was not counted, so no average is known of it.
ALTER TABLE measure ADD COLUMN lag_events INTEGER NOT NULL DEFAULT 0;
