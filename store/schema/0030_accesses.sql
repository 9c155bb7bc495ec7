-- Wishes for rights, and what became of them.
CREATE TABLE accesses (
	tenant     TEXT   NOT NULL,
	id         TEXT   NOT NULL,
	user_id    TEXT   NOT NULL,
	grants     TEXT   NOT NULL,
	reason     TEXT   NOT NULL,
	asked      BIGINT NOT NULL,
	until      BIGINT NOT NULL,
	told       TEXT   NOT NULL,
	answer     TEXT   NOT NULL,
	decided_by TEXT   NOT NULL,
	decided    BIGINT NOT NULL,
	words      TEXT   NOT NULL,
	given      TEXT   NOT NULL,
	PRIMARY KEY (tenant, id)
);
