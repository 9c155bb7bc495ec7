-- When people are busy, as calendars tell that they linked themselves. The id is the person's.

CREATE TABLE calendars (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	link     TEXT   NOT NULL, -- of a feed; who knows it may read the calendar
	shown_as TEXT   NOT NULL, -- status while busy
	busy     TEXT   NOT NULL, -- JSON: from and until
	fetched  BIGINT NOT NULL,
	unread   BIGINT NOT NULL, -- events that were not understood
	fault    TEXT   NOT NULL,
	changed  BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
