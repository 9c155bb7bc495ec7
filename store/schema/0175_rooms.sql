-- Who comes into a conference room says his name, and the conference ends with its last host.

ALTER TABLE rooms ADD COLUMN names BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN ends BIGINT NOT NULL DEFAULT 0;
