-- Whether every change of rights wants a reason.
ALTER TABLE tenants ADD COLUMN reasons BIGINT NOT NULL DEFAULT 0;
