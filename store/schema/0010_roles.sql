-- Custom roles know how they are given and what they were copied from; what costs has a price a month.

ALTER TABLE roles ADD COLUMN class TEXT NOT NULL DEFAULT '';
ALTER TABLE roles ADD COLUMN base TEXT NOT NULL DEFAULT '';
ALTER TABLE tenants ADD COLUMN currency TEXT NOT NULL DEFAULT '';
ALTER TABLE tenants ADD COLUMN prices TEXT NOT NULL DEFAULT '';
