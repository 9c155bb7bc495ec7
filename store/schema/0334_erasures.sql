-- The log holds a commitment to each fact, so that somebody can be erased from it and the chain still holds (PR-06). Older facts have none.
ALTER TABLE facts ADD COLUMN salt TEXT NOT NULL DEFAULT '';
ALTER TABLE facts ADD COLUMN commitment TEXT NOT NULL DEFAULT '';

-- Who is erased, while it goes on, and that it was done.
CREATE TABLE erasures (
	tenant TEXT NOT NULL,
	id     TEXT NOT NULL,
	body   TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);
