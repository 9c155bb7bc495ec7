-- A menu greets callers in several languages, each with words and a sound of its own.

ALTER TABLE menus DROP COLUMN greeting;
ALTER TABLE menus DROP COLUMN words;
ALTER TABLE menus ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE menus ADD COLUMN says     TEXT NOT NULL DEFAULT '[]';
