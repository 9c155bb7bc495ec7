-- Whether the works council has a say: figures about one person are shown to nobody but himself, and who is listened to is told.
ALTER TABLE tenants ADD COLUMN council BIGINT NOT NULL DEFAULT 0;
