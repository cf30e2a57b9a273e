-- What a delivery says, and how far it has come.

-- Which of several receivers need no further try, as JSON; null: all do.
ALTER TABLE delivery ADD COLUMN settled TEXT;
