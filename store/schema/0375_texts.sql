-- Names and numbers are found by any letters in them: under every ending of every word stand the texts that hold it. What is found by a text has it among its parts.
CREATE TABLE endings (
	tenant TEXT NOT NULL,
	ending TEXT COLLATE BINARY NOT NULL, -- its first letters
	text   TEXT NOT NULL,
	PRIMARY KEY (tenant, ending, text)
);

-- Calls that began up to this moment have their texts among their parts; later ones are few, and are read.
ALTER TABLE tenants ADD COLUMN texted BIGINT NOT NULL DEFAULT 0;
