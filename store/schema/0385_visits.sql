-- What visitors of Talk links wrote before their calls.
CREATE TABLE visits (
	tenant  TEXT NOT NULL,
	id      TEXT NOT NULL,
	link_id TEXT NOT NULL,
	at      BIGINT NOT NULL,
	name    TEXT NOT NULL, -- as it is compared
	email   TEXT NOT NULL,
	body    TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX visits_link ON visits (tenant, link_id, at);

-- Calls by a link are found by it, as those of a person are.
INSERT INTO call_parts (tenant, part, started, call_id)
	SELECT c.tenant, l.id, c.started, c.id FROM calls c JOIN talklinks l ON l.tenant = c.tenant AND c.body LIKE '%"link":"' || l.id || '"%';
