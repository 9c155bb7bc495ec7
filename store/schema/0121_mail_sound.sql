-- A mail about a message can carry it.
ALTER TABLE mails ADD COLUMN sound TEXT NOT NULL DEFAULT '';
