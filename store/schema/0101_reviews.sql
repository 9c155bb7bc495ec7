-- Campaigns in which rights are looked through, and what became of each thing looked at.
CREATE TABLE reviews (
	tenant     TEXT   NOT NULL,
	id         TEXT   NOT NULL,
	name       TEXT   NOT NULL,
	group_id   TEXT   NOT NULL,
	started_by TEXT   NOT NULL,
	reason     TEXT   NOT NULL,
	begun      BIGINT NOT NULL,
	until      BIGINT NOT NULL,
	reminded   BIGINT NOT NULL,
	ended      BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE TABLE verdicts (
	tenant     TEXT   NOT NULL,
	id         TEXT   NOT NULL,
	review     TEXT   NOT NULL,
	user_id    TEXT   NOT NULL,
	row_kind   TEXT   NOT NULL,
	row_id     TEXT   NOT NULL,
	verb       TEXT   NOT NULL,
	role       TEXT   NOT NULL,
	keep       BIGINT NOT NULL,
	reason     TEXT   NOT NULL,
	decided_by TEXT   NOT NULL,
	decided    BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
