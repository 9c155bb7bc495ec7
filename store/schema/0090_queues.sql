-- Where callers wait for one of several agents, choose with a key, or reach a group as its hours want it.

CREATE TABLE queues (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	group_id  TEXT   NOT NULL,
	extension TEXT   NOT NULL,
	strategy  TEXT   NOT NULL,
	agents    TEXT   NOT NULL,
	ring      BIGINT NOT NULL, -- this and the following in seconds
	wrap_up   BIGINT NOT NULL,
	max_wait  BIGINT NOT NULL,
	max_calls BIGINT NOT NULL, -- a number of calls
	late      BIGINT NOT NULL,
	misses    BIGINT NOT NULL, -- a number of calls
	every     BIGINT NOT NULL,
	tell      BIGINT NOT NULL,
	callback  BIGINT NOT NULL,
	greeting  TEXT   NOT NULL,
	music     TEXT   NOT NULL,
	full_to   TEXT   NOT NULL,
	nobody_to TEXT   NOT NULL,
	created   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE menus (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	group_id  TEXT   NOT NULL,
	extension TEXT   NOT NULL,
	greeting  TEXT   NOT NULL,
	words     TEXT   NOT NULL,
	keys      TEXT   NOT NULL,
	dial      BIGINT NOT NULL,
	wait      BIGINT NOT NULL,
	rounds    BIGINT NOT NULL,
	silent_to TEXT   NOT NULL,
	wrong_to  TEXT   NOT NULL,
	created   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

-- The id of an entrance is the group's.
CREATE TABLE entrances (
	tenant     TEXT NOT NULL,
	id         TEXT NOT NULL,
	extension  TEXT NOT NULL,
	open_to    TEXT NOT NULL,
	break_to   TEXT NOT NULL,
	closed_to  TEXT NOT NULL,
	holiday_to TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);
