-- The hours that the office, groups and people keep, and what somebody set by hand. The id is "office" or the keeper's.

CREATE TABLE timetables (
	tenant   TEXT NOT NULL,
	id       TEXT NOT NULL,
	zone     TEXT NOT NULL, -- empty: each group's own
	schedule TEXT NOT NULL, -- week, breaks, holidays
	PRIMARY KEY (tenant, id)
);

CREATE TABLE overrides (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	state   TEXT   NOT NULL,
	holiday BIGINT NOT NULL,
	begun   BIGINT NOT NULL,
	until   BIGINT NOT NULL, -- 0: until somebody ends it
	set_by  TEXT   NOT NULL,
	reason  TEXT   NOT NULL,
	PRIMARY KEY (tenant, id)
);
