-- Networks that are shut out, and those that never are, so that a restart opens nothing to an attacker (SA-04, SA-16). The truth is in memory.

CREATE TABLE blocks (
	tenant  TEXT   NOT NULL,
	network TEXT   NOT NULL,
	since   BIGINT NOT NULL,
	ends    BIGINT NOT NULL, -- 0: never
	body    TEXT   NOT NULL,
	PRIMARY KEY (tenant, network)
);
