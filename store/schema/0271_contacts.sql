-- Phone books: people outside, of a person, a group or the office.
CREATE TABLE contacts (
	tenant TEXT NOT NULL,
	id     TEXT NOT NULL,
	body   TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);
