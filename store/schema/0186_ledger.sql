-- What budgets have spent: by calls that are over, and reserved by those that are up. Amounts are millionths of the currency, or seconds.

CREATE TABLE spent (
	tenant  TEXT   NOT NULL,
	budget  TEXT   NOT NULL,
	user_id TEXT   NOT NULL, -- of budgets that everybody has for himself
	begins  BIGINT NOT NULL, -- of the day, week or month, in seconds
	amount  BIGINT NOT NULL,
	mark    BIGINT NOT NULL, -- highest mark that was told, in percent
	PRIMARY KEY (tenant, budget, user_id, begins)
);

CREATE TABLE reserved (
	tenant  TEXT   NOT NULL,
	leg     TEXT   NOT NULL,
	call_id TEXT   NOT NULL,
	budget  TEXT   NOT NULL,
	user_id TEXT   NOT NULL,
	begins  BIGINT NOT NULL,
	amount  BIGINT NOT NULL,
	PRIMARY KEY (tenant, leg, budget, user_id, begins)
);
