-- Where several people talk together.

CREATE TABLE rooms (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	group_id  TEXT   NOT NULL,
	extension TEXT   NOT NULL,
	pin       TEXT   NOT NULL,
	host_pin  TEXT   NOT NULL,
	wait      BIGINT NOT NULL,
	quiet     BIGINT NOT NULL,
	most      BIGINT NOT NULL,
	created   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
