-- How goods come back: as a parcel with a label, or handed in where customers collect.

ALTER TABLE rma ADD COLUMN way text NOT NULL DEFAULT 'parcel';
