-- Browsers that notices and calls are pushed to. One belongs to a session and is gone with it.

CREATE TABLE pushes (
	tenant   TEXT   NOT NULL,
	session  TEXT   NOT NULL,
	user_id  TEXT   NOT NULL,
	endpoint TEXT   NOT NULL,
	p256dh   TEXT   NOT NULL,
	auth     TEXT   NOT NULL,
	calls    BIGINT NOT NULL, -- 1: the browser is a phone, so calls are pushed to it, too
	created  BIGINT NOT NULL,
	PRIMARY KEY (tenant, session)
);
CREATE INDEX pushes_user ON pushes (tenant, user_id);
