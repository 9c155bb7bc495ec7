-- Where phones are registered, so that they can be called after a restart without registering again (BAR CR-07). The truth is in
-- memory; this is how it was about a second ago. Only ways that outlive the process are here: a connection does not.

CREATE TABLE bindings (
	tenant    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	device_id TEXT   NOT NULL,
	contact   TEXT   NOT NULL, -- URI as registered, with its parameters
	params    TEXT   NOT NULL, -- of the Contact header
	instance  TEXT   NOT NULL,
	source    TEXT   NOT NULL, -- where the phone is
	local     TEXT   NOT NULL, -- where it found us
	transport TEXT   NOT NULL,
	agent     TEXT   NOT NULL,
	call_id   TEXT   NOT NULL,
	seq       BIGINT NOT NULL, -- CSeq of the last REGISTER
	proof     TEXT   NOT NULL, -- of the secret it registered with
	since     BIGINT NOT NULL,
	expires   BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
