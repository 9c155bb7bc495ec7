-- Whose calls are recorded: rules about people, groups, queues and the office. What is empty is inherited.
CREATE TABLE recordrules (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL, -- of the person, group or queue; or office
	mode    TEXT   NOT NULL,
	outside BIGINT NOT NULL,
	notice  TEXT   NOT NULL,
	days    BIGINT NOT NULL, -- 0: inherited
	shown   TEXT   NOT NULL,
	why     TEXT   NOT NULL,
	PRIMARY KEY (tenant, id)
);

-- What was recorded; its sound is a blob of the same name.
CREATE TABLE recordings (
	tenant  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	call_id TEXT   NOT NULL,
	started BIGINT NOT NULL,
	running BIGINT NOT NULL,
	expires BIGINT NOT NULL, -- 0: never
	hold    BIGINT NOT NULL,
	deleted BIGINT NOT NULL,
	search  TEXT   NOT NULL, -- names and numbers, folded
	body    TEXT   NOT NULL,
	PRIMARY KEY (tenant, id)
);
CREATE INDEX recordings_started ON recordings (tenant, started, id);
CREATE INDEX recordings_call ON recordings (tenant, call_id);

-- Whose recordings they are: everybody inside who can be heard, and the groups the call passed.
CREATE TABLE recording_parts (
	tenant       TEXT   NOT NULL,
	part         TEXT   NOT NULL,
	started      BIGINT NOT NULL,
	recording_id TEXT   NOT NULL,
	PRIMARY KEY (tenant, part, started, recording_id)
);
CREATE INDEX recording_parts_recording ON recording_parts (tenant, recording_id);
