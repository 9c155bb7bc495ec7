-- The times that calls spent in queues; the record of the call tells the same.

CREATE TABLE stays (
	tenant  TEXT   NOT NULL,
	call_id TEXT   NOT NULL,
	place   BIGINT NOT NULL, -- among the stays of the call
	queue   TEXT   NOT NULL,
	agent   TEXT   NOT NULL,
	joined  BIGINT NOT NULL,
	left_at BIGINT NOT NULL,
	served  BIGINT NOT NULL,
	how     TEXT   NOT NULL,
	late    BIGINT NOT NULL,
	PRIMARY KEY (tenant, call_id, place)
);

CREATE INDEX stays_of_queue ON stays (tenant, queue, joined);
