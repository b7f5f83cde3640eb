-- What an alert's message was made of stays as it was, so that a message that got lost can be published again, byte for byte.

-- jsonb orders keys anew, writes numbers another way and refuses ids with a NUL; json keeps the text. Cast it for jsonb's operators.
ALTER TABLE alert_revision ALTER COLUMN evidence TYPE json;
ALTER TABLE alert ALTER COLUMN evidence TYPE json;

-- Not written by the jobs: their upserts leave it as it is.
ALTER TABLE alert_revision ADD COLUMN recorded_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN alert_revision.recorded_at IS 'When the row was first written, by the clock of the database; rows older than this column have the time it was added.';
