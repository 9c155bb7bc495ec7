-- Calls abroad that were stopped because there were too many, and what is known about them.
CREATE TABLE alarms (
	tenant TEXT NOT NULL,
	id     TEXT NOT NULL,
	body   TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);

-- Countries that were called before.
CREATE TABLE countries_called (
	tenant  TEXT   NOT NULL,
	country TEXT   NOT NULL,
	first   BIGINT NOT NULL,
	PRIMARY KEY (tenant, country)
);

-- From when on calls abroad are stopped; null: the limits of a new system.
ALTER TABLE tenants ADD COLUMN alarms TEXT NOT NULL DEFAULT 'null';
