-- What agents do beside their calls: which queues they have left, and whether they are on a break. The id is the person's.

CREATE TABLE duties (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	gone    TEXT   NOT NULL, -- queues that the person serves and has logged out of
	pause   TEXT   NOT NULL,
	since   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
