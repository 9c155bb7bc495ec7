-- How long it takes to the far side of a leg and back, in ms; 0 where nobody told (B-104).

ALTER TABLE trunk_legs ADD COLUMN rtt BIGINT NOT NULL DEFAULT 0;
