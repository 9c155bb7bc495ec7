-- From which networks accounts of phones signed in lately, so that whoever is attacked is not locked out where he is at home, after a restart too.

CREATE TABLE acquaintances (
	tenant  TEXT   NOT NULL,
	account TEXT   NOT NULL,
	network TEXT   NOT NULL,
	at      BIGINT NOT NULL,
	PRIMARY KEY (tenant, account, network)
);
