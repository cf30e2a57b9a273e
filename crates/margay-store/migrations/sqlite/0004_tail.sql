-- Up to where the live tail has ever claimed: it never claims time before that again, whatever became of the proofs since.
ALTER TABLE ledger ADD COLUMN tail_through INTEGER;
UPDATE ledger SET tail_through =
    (SELECT max(to_at) FROM coverage WHERE coverage.source = ledger.source AND evidence <> 'lost');
