-- Price lists of carriers, and how much may be spent.

CREATE TABLE decks (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	name     TEXT   NOT NULL,
	trunk    TEXT   NOT NULL,
	currency TEXT   NOT NULL,
	exchange BIGINT NOT NULL, -- millionths
	begins   BIGINT NOT NULL,
	ends     BIGINT NOT NULL,
	lies_over BIGINT NOT NULL,
	sum      TEXT   NOT NULL,
	rates    TEXT   NOT NULL, -- one a line: prefix, millionths a minute and for the answer, seconds of a step and at least, name
	created  BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE budgets (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	name     TEXT   NOT NULL,
	put_on   TEXT   NOT NULL,
	each_one BIGINT NOT NULL,
	measure  TEXT   NOT NULL,
	period   TEXT   NOT NULL,
	most     BIGINT NOT NULL, -- hundredths, or minutes
	classes  TEXT   NOT NULL,
	marks    TEXT   NOT NULL,
	report   BIGINT NOT NULL,
	raises   TEXT   NOT NULL,
	off      BIGINT NOT NULL,
	created  BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
