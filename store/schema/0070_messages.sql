-- What was said to mailboxes. The sound lies in the store of sound under the message's id.
CREATE TABLE messages (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	user_id  TEXT   NOT NULL, -- whose mailbox, or
	group_id TEXT   NOT NULL, -- … the group's
	call_id  TEXT   NOT NULL,
	caller   TEXT   NOT NULL,
	at       BIGINT NOT NULL,
	length   BIGINT NOT NULL, -- milliseconds
	rate     BIGINT NOT NULL, -- samples a second
	heard    BIGINT NOT NULL, -- 0: new
	deleted  BIGINT NOT NULL, -- 0: not
	PRIMARY KEY (tenant, id)
);

CREATE INDEX messages_of_user ON messages (tenant, user_id, at, id);

CREATE INDEX messages_of_group ON messages (tenant, group_id, at, id);

CREATE INDEX messages_deleted ON messages (tenant, deleted);
