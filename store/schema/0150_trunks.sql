-- Lines to carriers, the numbers of the office in the public network, and which trunk carries what.

CREATE TABLE trunks (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	group_id  TEXT   NOT NULL,
	host      TEXT   NOT NULL,
	transport TEXT   NOT NULL,
	domain    TEXT   NOT NULL,
	register  BIGINT NOT NULL,
	username  TEXT   NOT NULL,
	auth_name TEXT   NOT NULL,
	secret    TEXT   NOT NULL,
	expires   BIGINT NOT NULL, -- this and the next in seconds
	ping      BIGINT NOT NULL,
	sources   TEXT   NOT NULL,
	trusted   BIGINT NOT NULL,
	account   BIGINT NOT NULL,
	encrypt   BIGINT NOT NULL,
	calls     BIGINT NOT NULL, -- a number of calls
	sends     TEXT   NOT NULL,
	prefix    TEXT   NOT NULL,
	shows     TEXT   NOT NULL,
	off       BIGINT NOT NULL,
	created   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE dids (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	number   TEXT   NOT NULL,
	name     TEXT   NOT NULL,
	trunk    TEXT   NOT NULL,
	group_id TEXT   NOT NULL,
	leads_to TEXT   NOT NULL,
	shown    BIGINT NOT NULL,
	created  BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE outroutes (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	name     TEXT   NOT NULL,
	place    BIGINT NOT NULL,
	classes  TEXT   NOT NULL,
	prefixes TEXT   NOT NULL,
	groups   TEXT   NOT NULL,
	trunks   TEXT   NOT NULL,
	spread   BIGINT NOT NULL,
	off      BIGINT NOT NULL,
	created  BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
