-- Where people may sign in besides here: JSON, with secrets.
ALTER TABLE tenants ADD COLUMN providers TEXT NOT NULL DEFAULT '';
