-- What is heard on park positions. The column of queues was there; it holds a sound now.

ALTER TABLE parks ADD COLUMN music TEXT NOT NULL DEFAULT 'null';
UPDATE queues SET music = '';
