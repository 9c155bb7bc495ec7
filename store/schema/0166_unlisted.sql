-- Who does not want to be found by name from outside.
ALTER TABLE mailboxes ADD COLUMN unlisted BIGINT NOT NULL DEFAULT 0;
