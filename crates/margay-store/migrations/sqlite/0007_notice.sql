-- What a delivery says, and how far it has come. An index that nothing uses goes.

-- What was known of the alert when the delivery was made, as JSON: every try under its key says the same. Null: it was made by an earlier
-- version, and says what is known when it is tried.
ALTER TABLE delivery ADD COLUMN told TEXT;
-- Which of several receivers need no further try, as JSON; null: all do.
ALTER TABLE delivery ADD COLUMN settled TEXT;
-- Whether it is what was given up, sent again by somebody.
ALTER TABLE delivery ADD COLUMN is_resent INTEGER NOT NULL DEFAULT 0 CHECK (is_resent IN (0, 1));

-- Lists come newest first, and find what they want within a page or in a scan of milliseconds.
DROP INDEX alert_by_status;
