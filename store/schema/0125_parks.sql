-- Where calls wait to be fetched.

CREATE TABLE parks (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	group_id  TEXT   NOT NULL,
	extension TEXT   NOT NULL,
	slots     BIGINT NOT NULL,
	wait      BIGINT NOT NULL, -- seconds
	then_to   TEXT   NOT NULL,
	created   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
