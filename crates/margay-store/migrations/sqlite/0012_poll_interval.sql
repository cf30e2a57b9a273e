-- How long to wait between the polls of a source, in seconds; null if the server says it.
ALTER TABLE source ADD COLUMN poll_interval_s INTEGER CHECK (poll_interval_s > 0);
