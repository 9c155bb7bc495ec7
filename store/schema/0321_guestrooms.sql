-- Extensions that are let to one guest after the other, with who is there now and how the extension was before.
CREATE TABLE guestrooms (
	tenant TEXT NOT NULL,
	id     TEXT NOT NULL,
	body   TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);
