-- From which networks the phones of a person may sign in.
ALTER TABLE users ADD COLUMN networks TEXT NOT NULL DEFAULT 'null';
