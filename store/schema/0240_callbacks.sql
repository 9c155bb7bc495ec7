-- Whom a queue calls back who does not want to wait on the line.

ALTER TABLE queues ADD COLUMN tries BIGINT NOT NULL DEFAULT 0; -- a number of calls
ALTER TABLE queues ADD COLUMN pause BIGINT NOT NULL DEFAULT 0; -- this and the next in seconds
ALTER TABLE queues ADD COLUMN keep BIGINT NOT NULL DEFAULT 0;
ALTER TABLE queues ADD COLUMN payer TEXT NOT NULL DEFAULT '';

CREATE TABLE callbacks (
	tenant TEXT   NOT NULL,
	id     TEXT   NOT NULL, -- of the call in which he asked for it
	queue  TEXT   NOT NULL,
	asked  BIGINT NOT NULL,
	ended  BIGINT NOT NULL, -- 0: he waits
	body   TEXT   NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE INDEX callbacks_of_queue ON callbacks (tenant, queue, asked);
