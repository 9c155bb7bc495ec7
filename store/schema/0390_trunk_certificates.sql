-- Whose certificate the far side of a line over TLS has to show (SA-17).
ALTER TABLE trunks ADD COLUMN authorities TEXT NOT NULL DEFAULT '';
ALTER TABLE trunks ADD COLUMN pins TEXT NOT NULL DEFAULT 'null';
