-- From when on the calls over a line are so bad that somebody has to know, and what is wrong with lines now (B-104).

ALTER TABLE trunks ADD COLUMN limits TEXT NOT NULL DEFAULT ''; -- JSON; empty or null: the usual ones

CREATE TABLE trunk_alerts (
	tenant TEXT   NOT NULL,
	trunk  TEXT   NOT NULL,
	since  BIGINT NOT NULL,
	body   TEXT   NOT NULL, -- JSON: what is past its limit
	PRIMARY KEY (tenant, trunk)
);
