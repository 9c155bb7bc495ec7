-- One text for SQLite and PostgreSQL: TEXT and BIGINT only, moments are milliseconds since 1970 UTC, 0 means never.
-- Lists and maps that nobody searches in are JSON. Every key starts with the tenant.

CREATE TABLE tenants (
	id            TEXT   NOT NULL PRIMARY KEY,
	version       BIGINT NOT NULL, -- of the configuration; the lock of every change
	seq           BIGINT NOT NULL, -- of the last fact
	head          TEXT   NOT NULL, -- hash of the last fact
	name          TEXT   NOT NULL,
	country       TEXT   NOT NULL,
	zone          TEXT   NOT NULL,
	language      TEXT   NOT NULL,
	public        TEXT   NOT NULL,
	digits        BIGINT NOT NULL,
	claimed       BIGINT NOT NULL,
	mail_host     TEXT   NOT NULL,
	mail_port     BIGINT NOT NULL,
	mail_from     TEXT   NOT NULL,
	mail_user     TEXT   NOT NULL,
	mail_password TEXT   NOT NULL,
	mail_tls      TEXT   NOT NULL,
	replay        TEXT   NOT NULL, -- of conferences
	spread        BIGINT NOT NULL  -- billing.assign may be handed on
);

CREATE TABLE users (
	tenant      TEXT   NOT NULL,
	id          TEXT   NOT NULL,
	name        TEXT   NOT NULL,
	email       TEXT   NOT NULL,
	mobile      TEXT   NOT NULL,
	extension   TEXT   NOT NULL,
	language    TEXT   NOT NULL,
	zone        TEXT   NOT NULL,
	photo       TEXT   NOT NULL,
	suspensions TEXT   NOT NULL,
	created     BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE groups (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	parent    TEXT   NOT NULL,
	language  TEXT   NOT NULL,
	zone      TEXT   NOT NULL,
	published BIGINT NOT NULL,
	standard  BIGINT NOT NULL, -- the default group
	ceiling   TEXT   NOT NULL,
	replay    TEXT   NOT NULL, -- of conferences
	created   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE roles (
	tenant TEXT NOT NULL,
	id     TEXT NOT NULL,
	name   TEXT NOT NULL,
	cells  TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE memberships (
	tenant      TEXT   NOT NULL,
	id          TEXT   NOT NULL,
	user_id     TEXT   NOT NULL,
	group_id    TEXT   NOT NULL,
	role_id     TEXT   NOT NULL,
	active_from BIGINT NOT NULL,
	until       BIGINT NOT NULL,
	main        BIGINT NOT NULL,
	overrides   TEXT   NOT NULL,
	presence    TEXT   NOT NULL,
	calls       TEXT   NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE assignments (
	tenant      TEXT   NOT NULL,
	id          TEXT   NOT NULL,
	user_id     TEXT   NOT NULL,
	role_id     TEXT   NOT NULL,
	scope       TEXT   NOT NULL,
	exceptions  TEXT   NOT NULL,
	since       BIGINT NOT NULL,
	active_from BIGINT NOT NULL,
	until       BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE grants (
	tenant      TEXT   NOT NULL,
	id          TEXT   NOT NULL,
	user_id     TEXT   NOT NULL,
	right_name  TEXT   NOT NULL,
	deny        BIGINT NOT NULL,
	scope       TEXT   NOT NULL,
	exceptions  TEXT   NOT NULL,
	since       BIGINT NOT NULL,
	active_from BIGINT NOT NULL,
	until       BIGINT NOT NULL,
	reason      TEXT   NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE devices (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	user_id  TEXT   NOT NULL,
	name     TEXT   NOT NULL,
	kind     TEXT   NOT NULL,
	username TEXT   NOT NULL,
	md5      TEXT   NOT NULL,
	sha256   TEXT   NOT NULL,
	created  BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE tokens (
	tenant      TEXT   NOT NULL,
	id          TEXT   NOT NULL,
	user_id     TEXT   NOT NULL,
	name        TEXT   NOT NULL,
	hash        TEXT   NOT NULL,
	prefix      TEXT   NOT NULL,
	rights      TEXT   NOT NULL,
	narrow      TEXT   NOT NULL, -- scopes by name of the right
	created     BIGINT NOT NULL,
	active_from BIGINT NOT NULL,
	until       BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

-- The log of facts: append-only, a chain of hashes.
CREATE TABLE facts (
	tenant      TEXT   NOT NULL,
	seq         BIGINT NOT NULL,
	at          BIGINT NOT NULL,
	kind        TEXT   NOT NULL,
	audit       BIGINT NOT NULL, -- 1 for changes and sign-ins, 0 for calls
	actor       TEXT   NOT NULL,
	actor_user  TEXT   NOT NULL,
	object_kind TEXT   NOT NULL,
	object_id   TEXT   NOT NULL,
	subject     TEXT   NOT NULL, -- the user whom the object belongs to
	before_json TEXT   NOT NULL,
	after_json  TEXT   NOT NULL,
	reason      TEXT   NOT NULL,
	search      TEXT   NOT NULL, -- kind, names and reason, folded
	data_json   TEXT   NOT NULL,
	revision    BIGINT NOT NULL,
	hash        TEXT   NOT NULL,
	PRIMARY KEY (tenant, seq)
);

CREATE INDEX facts_audit ON facts (tenant, audit, seq);
CREATE INDEX facts_actor ON facts (tenant, actor_user, seq);
CREATE INDEX facts_object ON facts (tenant, object_kind, object_id, seq);
CREATE INDEX facts_subject ON facts (tenant, subject, seq);

-- Call records. The body is the whole record; the columns are what lists filter and sort by.
CREATE TABLE calls (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	started  BIGINT NOT NULL,
	answered BIGINT NOT NULL,
	ended    BIGINT NOT NULL,
	talk     BIGINT NOT NULL, -- ms between answer and end
	cause    TEXT   NOT NULL,
	search   TEXT   NOT NULL, -- names and numbers, folded
	body     TEXT   NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE INDEX calls_started ON calls (tenant, started, id);
CREATE INDEX calls_answered ON calls (tenant, answered, id);
CREATE INDEX calls_ended ON calls (tenant, ended, id);
CREATE INDEX calls_talk ON calls (tenant, talk, id);

-- Whom a call belongs to: ids of users and of groups. Who may see the call is decided by them.
CREATE TABLE call_parts (
	tenant  TEXT   NOT NULL,
	part    TEXT   NOT NULL,
	started BIGINT NOT NULL,
	call_id TEXT   NOT NULL,
	PRIMARY KEY (tenant, part, started, call_id)
);

CREATE INDEX call_parts_call ON call_parts (tenant, call_id, part);

-- Calls that have begun and have no record yet. What is left here at start was cut off.
CREATE TABLE open_calls (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	started BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE logins (
	tenant   TEXT   NOT NULL,
	user_id  TEXT   NOT NULL,
	password TEXT   NOT NULL, -- argon2id, encoded with its parameters
	changed  BIGINT NOT NULL,
	PRIMARY KEY (tenant, user_id)
);

CREATE TABLE sessions (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	hash    TEXT   NOT NULL, -- SHA-256 of the cookie
	user_id TEXT   NOT NULL,
	agent   TEXT   NOT NULL,
	addr    TEXT   NOT NULL,
	created BIGINT NOT NULL,
	seen    BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX sessions_hash ON sessions (tenant, hash);
CREATE INDEX sessions_user ON sessions (tenant, user_id);
CREATE INDEX sessions_expires ON sessions (tenant, expires);

-- One-time links: invitation, reset, set-up.
CREATE TABLE links (
	tenant  TEXT   NOT NULL,
	hash    TEXT   NOT NULL, -- SHA-256 of the secret in the link
	kind    TEXT   NOT NULL,
	user_id TEXT   NOT NULL,
	created BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	tries   BIGINT NOT NULL, -- wrong ones that are left; 0 closes the link
	used    BIGINT NOT NULL,
	PRIMARY KEY (tenant, hash)
);

CREATE INDEX links_user ON links (tenant, kind, user_id);

CREATE TABLE mails (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	kind      TEXT   NOT NULL,
	user_id   TEXT   NOT NULL, -- receiver, where it is one of us
	receiver  TEXT   NOT NULL, -- address
	name      TEXT   NOT NULL,
	subject   TEXT   NOT NULL,
	plain     TEXT   NOT NULL,
	html      TEXT   NOT NULL,
	secret    TEXT   NOT NULL, -- link in the texts, taken out once the mail is sent
	state     TEXT   NOT NULL, -- waiting kept sent failed
	error     TEXT   NOT NULL,
	tries     BIGINT NOT NULL,
	next      BIGINT NOT NULL, -- when to try again
	created   BIGINT NOT NULL,
	sent      BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE INDEX mails_next ON mails (tenant, state, next);

CREATE TABLE photos (
	tenant  TEXT   NOT NULL,
	hash    TEXT   NOT NULL, -- SHA-256 of the picture
	kind    TEXT   NOT NULL, -- media type
	body    TEXT   NOT NULL, -- base64
	created BIGINT NOT NULL,
	PRIMARY KEY (tenant, hash)
);

INSERT INTO tenants VALUES ('main', 0, 0, '', '', '', '', '', '', 0, 0, '', 0, '', '', '', '', '', 0);
