-- Where an API token may be used, and where and when it was used last.

ALTER TABLE tokens ADD COLUMN networks TEXT NOT NULL DEFAULT 'null';

CREATE TABLE token_uses (
	tenant  TEXT   NOT NULL,
	token   TEXT   NOT NULL,
	user_id TEXT   NOT NULL,
	at      BIGINT NOT NULL,
	addr    TEXT   NOT NULL,
	PRIMARY KEY (tenant, token)
);
