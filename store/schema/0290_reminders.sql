-- Wake-up and reminder calls, with what became of them.
CREATE TABLE reminders (
	tenant TEXT NOT NULL,
	id     TEXT NOT NULL,
	body   TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);
