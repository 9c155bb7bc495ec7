-- How long records of calls, the way that calls took, and the log are kept. traced: 0 when the way was forgotten.
ALTER TABLE tenants ADD COLUMN keep TEXT NOT NULL DEFAULT 'null';
ALTER TABLE calls ADD COLUMN traced BIGINT NOT NULL DEFAULT 1;
CREATE INDEX calls_traced ON calls (tenant, traced, started, id);

-- What was taken out of the log, so that its chain goes on behind it: places without a row, and the hash of the last one that stood there.
CREATE TABLE fact_gaps (
	tenant TEXT   NOT NULL,
	first  BIGINT NOT NULL,
	last   BIGINT NOT NULL,
	hash   TEXT   NOT NULL,
	PRIMARY KEY (tenant, first)
);

-- Before which moment something may be missing: calls, traces, audit.
CREATE TABLE forgotten (
	tenant TEXT   NOT NULL,
	kind   TEXT   NOT NULL,
	until  BIGINT NOT NULL,
	PRIMARY KEY (tenant, kind)
);
