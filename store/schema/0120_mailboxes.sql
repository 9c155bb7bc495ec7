-- How the mailboxes of people and groups work. Who has no row has the usual one, which is on.
CREATE TABLE mailboxes (
	tenant       TEXT   NOT NULL,
	id           TEXT   NOT NULL, -- of the person or group
	off          BIGINT NOT NULL,
	greetings    TEXT   NOT NULL,
	longest      BIGINT NOT NULL, -- seconds; 0: as usual
	most         BIGINT NOT NULL, -- messages; 0: as usual
	days         BIGINT NOT NULL, -- 0: messages stay
	mail         TEXT   NOT NULL,
	clear_mailed BIGINT NOT NULL,
	language     TEXT   NOT NULL,
	pin          TEXT   NOT NULL, -- hash
	pin_since    BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
