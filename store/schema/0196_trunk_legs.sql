-- What every call over a trunk was like, for the quality of the line (B-104).
CREATE TABLE trunk_legs (
	tenant      TEXT   NOT NULL,
	call_id     TEXT   NOT NULL,
	place       BIGINT NOT NULL, -- among the legs of the call
	trunk       TEXT   NOT NULL,
	out         BIGINT NOT NULL,
	started     BIGINT NOT NULL,
	rang        BIGINT NOT NULL,
	answered    BIGINT NOT NULL,
	ended       BIGINT NOT NULL,
	cause       TEXT   NOT NULL,
	packets     BIGINT NOT NULL,
	lost        BIGINT NOT NULL,
	jitter      BIGINT NOT NULL, -- this and the next of its kind in ms
	far_packets BIGINT NOT NULL, -- what we sent, as the far side tells of it (RTCP)
	far_lost    BIGINT NOT NULL,
	far_jitter  BIGINT NOT NULL,
	PRIMARY KEY (tenant, call_id, place)
);
CREATE INDEX trunk_legs_of_trunk ON trunk_legs (tenant, trunk, started);
