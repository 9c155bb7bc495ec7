-- Feature codes and short numbers of the office, and short numbers of people: JSON.
ALTER TABLE tenants ADD COLUMN codes TEXT NOT NULL DEFAULT '';
ALTER TABLE tenants ADD COLUMN speed TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN speed TEXT NOT NULL DEFAULT '';
