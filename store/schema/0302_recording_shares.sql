-- Links by which somebody outside listens to a recording until they end (B-070). The secret is never stored.

CREATE TABLE recording_shares (
	tenant       TEXT   NOT NULL,
	id           TEXT   NOT NULL,
	recording_id TEXT   NOT NULL,
	hash         TEXT   NOT NULL, -- SHA-256 of the secret, hex
	user_id      TEXT   NOT NULL, -- who gave it
	receiver     TEXT   NOT NULL, -- for whom and why, in his words
	password     TEXT   NOT NULL, -- argon2id; empty: none is asked for
	created      BIGINT NOT NULL,
	expires      BIGINT NOT NULL,
	tries        BIGINT NOT NULL, -- wrong passwords that are left; 0 closes it
	heard        BIGINT NOT NULL,
	last         BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX recording_shares_hash ON recording_shares (tenant, hash);

CREATE INDEX recording_shares_recording ON recording_shares (tenant, recording_id);
