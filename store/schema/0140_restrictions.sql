-- Which numbers outside may be called, by whom, when and how long.

CREATE TABLE restrictions (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	name     TEXT   NOT NULL,
	group_id TEXT   NOT NULL,
	put_on   TEXT   NOT NULL,
	rules    TEXT   NOT NULL,
	excepts  TEXT   NOT NULL,
	off      BIGINT NOT NULL,
	created  BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
