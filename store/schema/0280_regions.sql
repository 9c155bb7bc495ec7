-- Places where people of the office sit: how numbers are completed there, emergency calls, lines, and calls to other places.

CREATE TABLE regions (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	group_id  TEXT   NOT NULL,
	country   TEXT   NOT NULL,
	area      TEXT   NOT NULL,
	members   TEXT   NOT NULL,
	emergency TEXT   NOT NULL,
	shows     TEXT   NOT NULL,
	trunks    TEXT   NOT NULL,
	lends     TEXT   NOT NULL,
	calls     TEXT   NOT NULL,
	standard  TEXT   NOT NULL, -- of the office's region only
	created   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

ALTER TABLE dids ADD COLUMN region TEXT NOT NULL DEFAULT '';
