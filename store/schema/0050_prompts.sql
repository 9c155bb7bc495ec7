-- An office's own sounds for what the house says. The id is language and key of the sentence; the sound itself is a blob.

CREATE TABLE prompts (
	tenant   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	blob     TEXT   NOT NULL,
	rate     BIGINT NOT NULL,
	samples  BIGINT NOT NULL,
	replaced BIGINT NOT NULL,
	PRIMARY KEY (tenant, id)
);
