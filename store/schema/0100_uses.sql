-- When somebody last made use of a right, to the day, by the written thing through which he holds it.
CREATE TABLE uses (
	tenant  TEXT   NOT NULL,
	user_id TEXT   NOT NULL,
	verb    TEXT   NOT NULL,
	via     TEXT   NOT NULL,
	begun   BIGINT NOT NULL,
	latest  BIGINT NOT NULL,
	PRIMARY KEY (tenant, user_id, verb, via)
);
