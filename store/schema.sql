-- The schema after all steps of schema/. Written by go test -update; not executed.

CREATE TABLE accesses (
	tenant     TEXT   NOT NULL,
	id         TEXT   NOT NULL,
	user_id    TEXT   NOT NULL,
	grants     TEXT   NOT NULL,
	reason     TEXT   NOT NULL,
	asked      BIGINT NOT NULL,
	until      BIGINT NOT NULL,
	told       TEXT   NOT NULL,
	answer     TEXT   NOT NULL,
	decided_by TEXT   NOT NULL,
	decided    BIGINT NOT NULL,
	words      TEXT   NOT NULL,
	given      TEXT   NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE acquaintances (
	tenant  TEXT   NOT NULL,
	account TEXT   NOT NULL,
	network TEXT   NOT NULL,
	at      BIGINT NOT NULL,
	PRIMARY KEY (tenant, account, network)
);

CREATE TABLE alarms (
	tenant TEXT NOT NULL,
	id     TEXT NOT NULL,
	body   TEXT NOT NULL,
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
	until       BIGINT NOT NULL, reason TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, id)
);

CREATE TABLE bindings (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	device_id TEXT   NOT NULL,
	contact   TEXT   NOT NULL,
	params    TEXT   NOT NULL,
	instance  TEXT   NOT NULL,
	source    TEXT   NOT NULL,
	local     TEXT   NOT NULL,
	transport TEXT   NOT NULL,
	agent     TEXT   NOT NULL,
	call_id   TEXT   NOT NULL,
	seq       BIGINT NOT NULL,
	proof     TEXT   NOT NULL,
	since     BIGINT NOT NULL,
	expires   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE blocks (
	tenant  TEXT   NOT NULL,
	network TEXT   NOT NULL,
	since   BIGINT NOT NULL,
	ends    BIGINT NOT NULL,
	body    TEXT   NOT NULL,
	PRIMARY KEY (tenant, network)
);

CREATE TABLE budgets (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	name     TEXT   NOT NULL,
	put_on   TEXT   NOT NULL,
	each_one BIGINT NOT NULL,
	measure  TEXT   NOT NULL,
	period   TEXT   NOT NULL,
	most     BIGINT NOT NULL,
	classes  TEXT   NOT NULL,
	marks    TEXT   NOT NULL,
	report   BIGINT NOT NULL,
	raises   TEXT   NOT NULL,
	off      BIGINT NOT NULL,
	created  BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE calendars (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	link     TEXT   NOT NULL,
	shown_as TEXT   NOT NULL,
	busy     TEXT   NOT NULL,
	fetched  BIGINT NOT NULL,
	unread   BIGINT NOT NULL,
	fault    TEXT   NOT NULL,
	changed  BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE call_parts (
	tenant  TEXT   NOT NULL,
	part    TEXT   NOT NULL,
	started BIGINT NOT NULL,
	call_id TEXT   NOT NULL,
	PRIMARY KEY (tenant, part, started, call_id)
);

CREATE INDEX call_parts_call ON call_parts (tenant, call_id, part);

CREATE TABLE callbacks (
	tenant TEXT   NOT NULL,
	id     TEXT   NOT NULL,
	queue  TEXT   NOT NULL,
	asked  BIGINT NOT NULL,
	ended  BIGINT NOT NULL,
	body   TEXT   NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE INDEX callbacks_of_queue ON callbacks (tenant, queue, asked);

CREATE TABLE calls (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	started  BIGINT NOT NULL,
	answered BIGINT NOT NULL,
	ended    BIGINT NOT NULL,
	talk     BIGINT NOT NULL,
	cause    TEXT   NOT NULL,
	search   TEXT   NOT NULL,
	body     TEXT   NOT NULL, traced BIGINT NOT NULL DEFAULT 1,
	PRIMARY KEY (tenant, id)
);

CREATE INDEX calls_answered ON calls (tenant, answered, id);

CREATE INDEX calls_ended ON calls (tenant, ended, id);

CREATE INDEX calls_started ON calls (tenant, started, id);

CREATE INDEX calls_talk ON calls (tenant, talk, id);

CREATE INDEX calls_traced ON calls (tenant, traced, started, id);

CREATE TABLE contacts (
	tenant TEXT NOT NULL,
	id     TEXT NOT NULL,
	body   TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE countries_called (
	tenant  TEXT   NOT NULL,
	country TEXT   NOT NULL,
	first   BIGINT NOT NULL,
	PRIMARY KEY (tenant, country)
);

CREATE TABLE decks (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	name     TEXT   NOT NULL,
	trunk    TEXT   NOT NULL,
	currency TEXT   NOT NULL,
	exchange BIGINT NOT NULL,
	begins   BIGINT NOT NULL,
	ends     BIGINT NOT NULL,
	lies_over BIGINT NOT NULL,
	sum      TEXT   NOT NULL,
	rates    TEXT   NOT NULL,
	created  BIGINT NOT NULL,
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

CREATE TABLE dids (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	number   TEXT   NOT NULL,
	name     TEXT   NOT NULL,
	trunk    TEXT   NOT NULL,
	group_id TEXT   NOT NULL,
	leads_to TEXT   NOT NULL,
	shown    BIGINT NOT NULL,
	created  BIGINT NOT NULL, region TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, id)
);

CREATE TABLE duties (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	gone    TEXT   NOT NULL,
	pause   TEXT   NOT NULL,
	since   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE endings (
	tenant TEXT NOT NULL,
	ending TEXT COLLATE BINARY NOT NULL,
	text   TEXT NOT NULL,
	PRIMARY KEY (tenant, ending, text)
);

CREATE TABLE entrances (
	tenant     TEXT NOT NULL,
	id         TEXT NOT NULL,
	extension  TEXT NOT NULL,
	open_to    TEXT NOT NULL,
	break_to   TEXT NOT NULL,
	closed_to  TEXT NOT NULL,
	holiday_to TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE erasures (
	tenant TEXT NOT NULL,
	id     TEXT NOT NULL,
	body   TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE fact_gaps (
	tenant TEXT   NOT NULL,
	first  BIGINT NOT NULL,
	last   BIGINT NOT NULL,
	hash   TEXT   NOT NULL,
	PRIMARY KEY (tenant, first)
);

CREATE TABLE facts (
	tenant      TEXT   NOT NULL,
	seq         BIGINT NOT NULL,
	at          BIGINT NOT NULL,
	kind        TEXT   NOT NULL,
	audit       BIGINT NOT NULL,
	actor       TEXT   NOT NULL,
	actor_user  TEXT   NOT NULL,
	object_kind TEXT   NOT NULL,
	object_id   TEXT   NOT NULL,
	subject     TEXT   NOT NULL,
	before_json TEXT   NOT NULL,
	after_json  TEXT   NOT NULL,
	reason      TEXT   NOT NULL,
	search      TEXT   NOT NULL,
	data_json   TEXT   NOT NULL,
	revision    BIGINT NOT NULL,
	hash        TEXT   NOT NULL, salt TEXT NOT NULL DEFAULT '', commitment TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, seq)
);

CREATE INDEX facts_actor ON facts (tenant, actor_user, seq);

CREATE INDEX facts_audit ON facts (tenant, audit, seq);

CREATE INDEX facts_object ON facts (tenant, object_kind, object_id, seq);

CREATE INDEX facts_subject ON facts (tenant, subject, seq);

CREATE TABLE forgotten (
	tenant TEXT   NOT NULL,
	kind   TEXT   NOT NULL,
	until  BIGINT NOT NULL,
	PRIMARY KEY (tenant, kind)
);

CREATE TABLE forwardings (
	tenant     TEXT   NOT NULL,
	id         TEXT   NOT NULL,
	profiles   TEXT   NOT NULL,
	exceptions TEXT   NOT NULL,
	fixed      BIGINT NOT NULL,
	locked     BIGINT NOT NULL,
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

CREATE TABLE groups (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	parent    TEXT   NOT NULL,
	language  TEXT   NOT NULL,
	zone      TEXT   NOT NULL,
	published BIGINT NOT NULL,
	standard  BIGINT NOT NULL,
	ceiling   TEXT   NOT NULL,
	replay    TEXT   NOT NULL,
	created   BIGINT NOT NULL, music TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, id)
);

CREATE TABLE guestrooms (
	tenant TEXT NOT NULL,
	id     TEXT NOT NULL,
	body   TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE links (
	tenant  TEXT   NOT NULL,
	hash    TEXT   NOT NULL,
	kind    TEXT   NOT NULL,
	user_id TEXT   NOT NULL,
	created BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	tries   BIGINT NOT NULL,
	used    BIGINT NOT NULL,
	PRIMARY KEY (tenant, hash)
);

CREATE INDEX links_user ON links (tenant, kind, user_id);

CREATE TABLE logins (
	tenant   TEXT   NOT NULL,
	user_id  TEXT   NOT NULL,
	password TEXT   NOT NULL,
	changed  BIGINT NOT NULL,
	PRIMARY KEY (tenant, user_id)
);

CREATE TABLE mailboxes (
	tenant       TEXT   NOT NULL,
	id           TEXT   NOT NULL,
	off          BIGINT NOT NULL,
	greetings    TEXT   NOT NULL,
	longest      BIGINT NOT NULL,
	most         BIGINT NOT NULL,
	days         BIGINT NOT NULL,
	mail         TEXT   NOT NULL,
	clear_mailed BIGINT NOT NULL,
	language     TEXT   NOT NULL,
	pin          TEXT   NOT NULL,
	pin_since    BIGINT NOT NULL, unlisted BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE mails (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	kind      TEXT   NOT NULL,
	user_id   TEXT   NOT NULL,
	receiver  TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	subject   TEXT   NOT NULL,
	plain     TEXT   NOT NULL,
	html      TEXT   NOT NULL,
	secret    TEXT   NOT NULL,
	state     TEXT   NOT NULL,
	error     TEXT   NOT NULL,
	tries     BIGINT NOT NULL,
	next      BIGINT NOT NULL,
	created   BIGINT NOT NULL,
	sent      BIGINT NOT NULL, sound TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, id)
);

CREATE INDEX mails_next ON mails (tenant, state, next);

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

CREATE TABLE menus (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	group_id  TEXT   NOT NULL,
	extension TEXT   NOT NULL,
	keys      TEXT   NOT NULL,
	dial      BIGINT NOT NULL,
	wait      BIGINT NOT NULL,
	rounds    BIGINT NOT NULL,
	silent_to TEXT   NOT NULL,
	wrong_to  TEXT   NOT NULL,
	created   BIGINT NOT NULL, language TEXT NOT NULL DEFAULT '', says     TEXT NOT NULL DEFAULT '[]',
	PRIMARY KEY (tenant, id)
);

CREATE TABLE messages (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	user_id  TEXT   NOT NULL,
	group_id TEXT   NOT NULL,
	call_id  TEXT   NOT NULL,
	caller   TEXT   NOT NULL,
	at       BIGINT NOT NULL,
	length   BIGINT NOT NULL,
	rate     BIGINT NOT NULL,
	heard    BIGINT NOT NULL,
	deleted  BIGINT NOT NULL, sent_by TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, id)
);

CREATE INDEX messages_deleted ON messages (tenant, deleted);

CREATE INDEX messages_of_group ON messages (tenant, group_id, at, id);

CREATE INDEX messages_of_user ON messages (tenant, user_id, at, id);

CREATE TABLE notices (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	user_id TEXT   NOT NULL,
	kind    TEXT   NOT NULL,
	at      BIGINT NOT NULL,
	seen    BIGINT NOT NULL,
	body    TEXT   NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE INDEX notices_at ON notices (tenant, at);

CREATE INDEX notices_user ON notices (tenant, user_id, at, id);

CREATE TABLE open_calls (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	started BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE outroutes (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	name     TEXT   NOT NULL,
	place    BIGINT NOT NULL,
	classes  TEXT   NOT NULL,
	prefixes TEXT   NOT NULL,
	groups   TEXT   NOT NULL,
	trunks   TEXT   NOT NULL,
	spread   BIGINT NOT NULL,
	off      BIGINT NOT NULL,
	created  BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE overrides (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	state   TEXT   NOT NULL,
	holiday BIGINT NOT NULL,
	begun   BIGINT NOT NULL,
	until   BIGINT NOT NULL,
	set_by  TEXT   NOT NULL,
	reason  TEXT   NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE parks (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	group_id  TEXT   NOT NULL,
	extension TEXT   NOT NULL,
	slots     BIGINT NOT NULL,
	wait      BIGINT NOT NULL,
	then_to   TEXT   NOT NULL,
	created   BIGINT NOT NULL, music TEXT NOT NULL DEFAULT 'null',
	PRIMARY KEY (tenant, id)
);

CREATE TABLE photos (
	tenant  TEXT   NOT NULL,
	hash    TEXT   NOT NULL,
	kind    TEXT   NOT NULL,
	body    TEXT   NOT NULL,
	created BIGINT NOT NULL,
	PRIMARY KEY (tenant, hash)
);

CREATE TABLE prompts (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	blob     TEXT   NOT NULL,
	rate     BIGINT NOT NULL,
	samples  BIGINT NOT NULL,
	replaced BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE pushes (
	tenant   TEXT   NOT NULL,
	session  TEXT   NOT NULL,
	user_id  TEXT   NOT NULL,
	endpoint TEXT   NOT NULL,
	p256dh   TEXT   NOT NULL,
	auth     TEXT   NOT NULL,
	calls    BIGINT NOT NULL,
	created  BIGINT NOT NULL,
	PRIMARY KEY (tenant, session)
);

CREATE INDEX pushes_user ON pushes (tenant, user_id);

CREATE TABLE queues (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	group_id  TEXT   NOT NULL,
	extension TEXT   NOT NULL,
	strategy  TEXT   NOT NULL,
	agents    TEXT   NOT NULL,
	ring      BIGINT NOT NULL,
	wrap_up   BIGINT NOT NULL,
	max_wait  BIGINT NOT NULL,
	max_calls BIGINT NOT NULL,
	late      BIGINT NOT NULL,
	misses    BIGINT NOT NULL,
	every     BIGINT NOT NULL,
	tell      BIGINT NOT NULL,
	callback  BIGINT NOT NULL,
	greeting  TEXT   NOT NULL,
	music     TEXT   NOT NULL,
	full_to   TEXT   NOT NULL,
	nobody_to TEXT   NOT NULL,
	created   BIGINT NOT NULL, escalate BIGINT NOT NULL DEFAULT 0, important TEXT NOT NULL DEFAULT 'null', notify TEXT NOT NULL DEFAULT 'null', tries BIGINT NOT NULL DEFAULT 0, pause BIGINT NOT NULL DEFAULT 0, keep BIGINT NOT NULL DEFAULT 0, payer TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, id)
);

CREATE TABLE recording_parts (
	tenant       TEXT   NOT NULL,
	part         TEXT   NOT NULL,
	started      BIGINT NOT NULL,
	recording_id TEXT   NOT NULL,
	PRIMARY KEY (tenant, part, started, recording_id)
);

CREATE INDEX recording_parts_whose ON recording_parts (tenant, recording_id, part);

CREATE TABLE recording_shares (
	tenant       TEXT   NOT NULL,
	id           TEXT   NOT NULL,
	recording_id TEXT   NOT NULL,
	hash         TEXT   NOT NULL,
	user_id      TEXT   NOT NULL,
	receiver     TEXT   NOT NULL,
	password     TEXT   NOT NULL,
	created      BIGINT NOT NULL,
	expires      BIGINT NOT NULL,
	tries        BIGINT NOT NULL,
	heard        BIGINT NOT NULL,
	last         BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX recording_shares_hash ON recording_shares (tenant, hash);

CREATE INDEX recording_shares_recording ON recording_shares (tenant, recording_id);

CREATE TABLE recordings (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	call_id TEXT   NOT NULL,
	started BIGINT NOT NULL,
	running BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	hold    BIGINT NOT NULL,
	deleted BIGINT NOT NULL,
	search  TEXT   NOT NULL,
	body    TEXT   NOT NULL, kind TEXT NOT NULL DEFAULT '', direction TEXT NOT NULL DEFAULT '', length BIGINT NOT NULL DEFAULT 0, marked BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);

CREATE INDEX recordings_call ON recordings (tenant, call_id);

CREATE INDEX recordings_found ON recordings (tenant, started, id, deleted, kind, direction, length, search);

CREATE INDEX recordings_marked ON recordings (tenant, marked, id);

CREATE TABLE recordrules (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	mode    TEXT   NOT NULL,
	outside BIGINT NOT NULL,
	notice  TEXT   NOT NULL,
	days    BIGINT NOT NULL,
	shown   TEXT   NOT NULL,
	why     TEXT   NOT NULL, pause INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE regions (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	group_id  TEXT   NOT NULL,
	country   TEXT   NOT NULL,
	area      TEXT   NOT NULL,
	members   TEXT   NOT NULL,
	emergency TEXT   NOT NULL,
	shows     TEXT   NOT NULL,
	trunks    TEXT   NOT NULL,
	lends     TEXT   NOT NULL,
	calls     TEXT   NOT NULL,
	standard  TEXT   NOT NULL,
	created   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE reminders (
	tenant TEXT NOT NULL,
	id     TEXT NOT NULL,
	body   TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
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

CREATE TABLE restrictions (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	name     TEXT   NOT NULL,
	group_id TEXT   NOT NULL,
	put_on   TEXT   NOT NULL,
	rules    TEXT   NOT NULL,
	excepts  TEXT   NOT NULL,
	off      BIGINT NOT NULL,
	created  BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE reviews (
	tenant     TEXT   NOT NULL,
	id         TEXT   NOT NULL,
	name       TEXT   NOT NULL,
	group_id   TEXT   NOT NULL,
	started_by TEXT   NOT NULL,
	reason     TEXT   NOT NULL,
	begun      BIGINT NOT NULL,
	until      BIGINT NOT NULL,
	reminded   BIGINT NOT NULL,
	ended      BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE rings (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	group_id  TEXT   NOT NULL,
	extension TEXT   NOT NULL,
	strategy  TEXT   NOT NULL,
	members   TEXT   NOT NULL,
	ring      BIGINT NOT NULL,
	escalate  BIGINT NOT NULL,
	no_answer TEXT   NOT NULL,
	created   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE roles (
	tenant TEXT NOT NULL,
	id     TEXT NOT NULL,
	name   TEXT NOT NULL,
	cells  TEXT NOT NULL, class TEXT NOT NULL DEFAULT '', base TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, id)
);

CREATE TABLE rooms (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	group_id  TEXT   NOT NULL,
	extension TEXT   NOT NULL,
	pin       TEXT   NOT NULL,
	host_pin  TEXT   NOT NULL,
	wait      BIGINT NOT NULL,
	quiet     BIGINT NOT NULL,
	most      BIGINT NOT NULL,
	created   BIGINT NOT NULL, names BIGINT NOT NULL DEFAULT 0, ends BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE schema_steps (step BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL);

CREATE TABLE sessions (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	hash    TEXT   NOT NULL,
	user_id TEXT   NOT NULL,
	agent   TEXT   NOT NULL,
	addr    TEXT   NOT NULL,
	created BIGINT NOT NULL,
	seen    BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE INDEX sessions_expires ON sessions (tenant, expires);

CREATE UNIQUE INDEX sessions_hash ON sessions (tenant, hash);

CREATE INDEX sessions_user ON sessions (tenant, user_id);

CREATE TABLE spent (
	tenant  TEXT   NOT NULL,
	budget  TEXT   NOT NULL,
	user_id TEXT   NOT NULL,
	begins  BIGINT NOT NULL,
	amount  BIGINT NOT NULL,
	mark    BIGINT NOT NULL,
	PRIMARY KEY (tenant, budget, user_id, begins)
);

CREATE TABLE statuses (
	tenant TEXT   NOT NULL,
	id     TEXT   NOT NULL,
	status TEXT   NOT NULL,
	chosen BIGINT NOT NULL,
	until  BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE stays (
	tenant  TEXT   NOT NULL,
	call_id TEXT   NOT NULL,
	place   BIGINT NOT NULL,
	queue   TEXT   NOT NULL,
	agent   TEXT   NOT NULL,
	joined  BIGINT NOT NULL,
	left_at BIGINT NOT NULL,
	served  BIGINT NOT NULL,
	how     TEXT   NOT NULL,
	late    BIGINT NOT NULL,
	PRIMARY KEY (tenant, call_id, place)
);

CREATE INDEX stays_of_queue ON stays (tenant, queue, joined);

CREATE TABLE talk_uses (
	tenant  TEXT NOT NULL,
	link_id TEXT NOT NULL,
	day     BIGINT NOT NULL,
	calls   BIGINT NOT NULL,
	seconds BIGINT NOT NULL,
	last    BIGINT NOT NULL,
	PRIMARY KEY (tenant, link_id, day)
);

CREATE TABLE talklinks (
	tenant TEXT NOT NULL,
	id     TEXT NOT NULL,
	hash   TEXT NOT NULL,
	body   TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE tenants (
	id            TEXT   NOT NULL PRIMARY KEY,
	version       BIGINT NOT NULL,
	seq           BIGINT NOT NULL,
	head          TEXT   NOT NULL,
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
	replay        TEXT   NOT NULL,
	spread        BIGINT NOT NULL
, currency TEXT NOT NULL DEFAULT '', prices TEXT NOT NULL DEFAULT '', providers TEXT NOT NULL DEFAULT '', reasons BIGINT NOT NULL DEFAULT 0, codes TEXT NOT NULL DEFAULT '', speed TEXT NOT NULL DEFAULT '', listen_tone BIGINT NOT NULL DEFAULT 0, listen_hidden BIGINT NOT NULL DEFAULT 0, alarms TEXT NOT NULL DEFAULT 'null', council BIGINT NOT NULL DEFAULT 0, talk BIGINT NOT NULL DEFAULT 0, keep TEXT NOT NULL DEFAULT 'null', texted BIGINT NOT NULL DEFAULT 0);

CREATE TABLE timetables (
	tenant   TEXT NOT NULL,
	id       TEXT NOT NULL,
	zone     TEXT NOT NULL,
	schedule TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE token_uses (
	tenant  TEXT   NOT NULL,
	token   TEXT   NOT NULL,
	user_id TEXT   NOT NULL,
	at      BIGINT NOT NULL,
	addr    TEXT   NOT NULL,
	PRIMARY KEY (tenant, token)
);

CREATE TABLE tokens (
	tenant      TEXT   NOT NULL,
	id          TEXT   NOT NULL,
	user_id     TEXT   NOT NULL,
	name        TEXT   NOT NULL,
	hash        TEXT   NOT NULL,
	prefix      TEXT   NOT NULL,
	rights      TEXT   NOT NULL,
	narrow      TEXT   NOT NULL,
	created     BIGINT NOT NULL,
	active_from BIGINT NOT NULL,
	until       BIGINT NOT NULL, networks TEXT NOT NULL DEFAULT 'null',
	PRIMARY KEY (tenant, id)
);

CREATE TABLE trunk_alerts (
	tenant TEXT   NOT NULL,
	trunk  TEXT   NOT NULL,
	since  BIGINT NOT NULL,
	body   TEXT   NOT NULL,
	PRIMARY KEY (tenant, trunk)
);

CREATE TABLE trunk_legs (
	tenant      TEXT   NOT NULL,
	call_id     TEXT   NOT NULL,
	place       BIGINT NOT NULL,
	trunk       TEXT   NOT NULL,
	out         BIGINT NOT NULL,
	started     BIGINT NOT NULL,
	rang        BIGINT NOT NULL,
	answered    BIGINT NOT NULL,
	ended       BIGINT NOT NULL,
	cause       TEXT   NOT NULL,
	packets     BIGINT NOT NULL,
	lost        BIGINT NOT NULL,
	jitter      BIGINT NOT NULL,
	far_packets BIGINT NOT NULL,
	far_lost    BIGINT NOT NULL,
	far_jitter  BIGINT NOT NULL, rtt BIGINT NOT NULL DEFAULT 0,
	PRIMARY KEY (tenant, call_id, place)
);

CREATE INDEX trunk_legs_of_trunk ON trunk_legs (tenant, trunk, started);

CREATE TABLE trunks (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	group_id  TEXT   NOT NULL,
	host      TEXT   NOT NULL,
	transport TEXT   NOT NULL,
	domain    TEXT   NOT NULL,
	register  BIGINT NOT NULL,
	username  TEXT   NOT NULL,
	auth_name TEXT   NOT NULL,
	secret    TEXT   NOT NULL,
	expires   BIGINT NOT NULL,
	ping      BIGINT NOT NULL,
	sources   TEXT   NOT NULL,
	trusted   BIGINT NOT NULL,
	account   BIGINT NOT NULL,
	encrypt   BIGINT NOT NULL,
	calls     BIGINT NOT NULL,
	sends     TEXT   NOT NULL,
	prefix    TEXT   NOT NULL,
	shows     TEXT   NOT NULL,
	off       BIGINT NOT NULL,
	created   BIGINT NOT NULL, deflects BIGINT NOT NULL DEFAULT 0, onward TEXT NOT NULL DEFAULT '', limits TEXT NOT NULL DEFAULT '', authorities TEXT NOT NULL DEFAULT '', pins TEXT NOT NULL DEFAULT 'null',
	PRIMARY KEY (tenant, id)
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
	created     BIGINT NOT NULL, speed TEXT NOT NULL DEFAULT '', notices TEXT NOT NULL DEFAULT '', networks TEXT NOT NULL DEFAULT 'null',
	PRIMARY KEY (tenant, id)
);

CREATE TABLE uses (
	tenant  TEXT   NOT NULL,
	user_id TEXT   NOT NULL,
	verb    TEXT   NOT NULL,
	via     TEXT   NOT NULL,
	begun   BIGINT NOT NULL,
	latest  BIGINT NOT NULL,
	PRIMARY KEY (tenant, user_id, verb, via)
);

CREATE TABLE verdicts (
	tenant     TEXT   NOT NULL,
	id         TEXT   NOT NULL,
	review     TEXT   NOT NULL,
	user_id    TEXT   NOT NULL,
	row_kind   TEXT   NOT NULL,
	row_id     TEXT   NOT NULL,
	verb       TEXT   NOT NULL,
	role       TEXT   NOT NULL,
	keep       BIGINT NOT NULL,
	reason     TEXT   NOT NULL,
	decided_by TEXT   NOT NULL,
	decided    BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE TABLE visits (
	tenant  TEXT NOT NULL,
	id      TEXT NOT NULL,
	link_id TEXT NOT NULL,
	at      BIGINT NOT NULL,
	name    TEXT NOT NULL,
	email   TEXT NOT NULL,
	body    TEXT NOT NULL,
	PRIMARY KEY (tenant, id)
);

CREATE INDEX visits_link ON visits (tenant, link_id, at);
