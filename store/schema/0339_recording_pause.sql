-- How many minutes a paused recording may stay paused; 0 inherits.
ALTER TABLE recordrules ADD COLUMN pause INTEGER NOT NULL DEFAULT 0;
