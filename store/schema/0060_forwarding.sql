-- What people say about being reachable, what then happens to calls for them, and extensions behind which several people ring.
-- The id of a status and of a forwarding is the person's.

CREATE TABLE statuses (
	tenant TEXT   NOT NULL,
	id     TEXT   NOT NULL,
	status TEXT   NOT NULL,
	chosen BIGINT NOT NULL,
	until  BIGINT NOT NULL, -- 0: until the hours of the person change
	PRIMARY KEY (tenant, id)
);

CREATE TABLE forwardings (
	tenant     TEXT   NOT NULL,
	id         TEXT   NOT NULL,
	profiles   TEXT   NOT NULL, -- by status
	exceptions TEXT   NOT NULL,
	fixed      BIGINT NOT NULL, -- the status does not follow office hours
	locked     BIGINT NOT NULL, -- the person does not change his rules himself
	PRIMARY KEY (tenant, id)
);

CREATE TABLE rings (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	group_id  TEXT   NOT NULL,
	extension TEXT   NOT NULL,
	strategy  TEXT   NOT NULL,
	members   TEXT   NOT NULL,
	ring      BIGINT NOT NULL, -- seconds
	escalate  BIGINT NOT NULL,
	no_answer TEXT   NOT NULL,
	created   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
