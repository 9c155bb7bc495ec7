-- Recordings are found by more than time and people. What older versions kept is filled in while the house runs.
ALTER TABLE recordings ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE recordings ADD COLUMN direction TEXT NOT NULL DEFAULT '';
ALTER TABLE recordings ADD COLUMN length BIGINT NOT NULL DEFAULT 0; -- milliseconds
ALTER TABLE recordings ADD COLUMN marked BIGINT NOT NULL DEFAULT 0;

CREATE INDEX recordings_marked ON recordings (tenant, marked, id);

-- A filter that few recordings pass is answered from the index alone, whose rows must not be long.
UPDATE recordings SET search = substr(search, 1, 600);

CREATE INDEX recordings_found ON recordings (tenant, started, id, deleted, kind, direction, length, search);

DROP INDEX recordings_started;

-- Whose a recording is, is told by the index alone.
CREATE INDEX recording_parts_whose ON recording_parts (tenant, recording_id, part);

DROP INDEX recording_parts_recording;
