-- Public links by which visitors call a place inside; the hash of a secret stands beside the row, for links that have one.
CREATE TABLE talklinks (
	tenant TEXT NOT NULL,
	id     TEXT NOT NULL,
	hash   TEXT NOT NULL,
	body   TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);

-- Whether people have personal Talk links.
ALTER TABLE tenants ADD COLUMN talk BIGINT NOT NULL DEFAULT 0;

-- What was used of a link on each day, counted in UTC.
CREATE TABLE talk_uses (
	tenant  TEXT NOT NULL,
	link_id TEXT NOT NULL,
	day     BIGINT NOT NULL,
	calls   BIGINT NOT NULL,
	seconds BIGINT NOT NULL,
	last    BIGINT NOT NULL,
	PRIMARY KEY (tenant, link_id, day)
);
