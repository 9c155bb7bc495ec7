-- What people are told who are listened to: a tone when it begins, and, unless that is hidden, in the record who did.

ALTER TABLE tenants ADD COLUMN listen_tone BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tenants ADD COLUMN listen_hidden BIGINT NOT NULL DEFAULT 0;
