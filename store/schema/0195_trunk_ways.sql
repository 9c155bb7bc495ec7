-- What a line can do beside carrying calls: send them on by itself, name who sent them on.
ALTER TABLE trunks ADD COLUMN deflects BIGINT NOT NULL DEFAULT 0;
ALTER TABLE trunks ADD COLUMN onward TEXT NOT NULL DEFAULT '';
