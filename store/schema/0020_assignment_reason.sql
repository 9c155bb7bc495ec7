-- Why somebody got an office-wide role, a level or a permission; shown beside it like the reason of a direct grant.

ALTER TABLE assignments ADD COLUMN reason TEXT NOT NULL DEFAULT '';
