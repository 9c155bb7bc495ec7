-- What people should know, each for one reader, and by which ways they want to know it.

CREATE TABLE notices (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	user_id TEXT   NOT NULL,
	kind    TEXT   NOT NULL,
	at      BIGINT NOT NULL,
	seen    BIGINT NOT NULL, -- 0: not yet
	body    TEXT   NOT NULL, -- JSON: what it is about, where it leads, what stands in its sentences
	PRIMARY KEY (tenant, id)
);
CREATE INDEX notices_user ON notices (tenant, user_id, at, id);
CREATE INDEX notices_at ON notices (tenant, at);

ALTER TABLE users ADD COLUMN notices TEXT NOT NULL DEFAULT '';
