-- Which units come back in a parcel: those of a line may be in several parcels, and in the hands of customers.
ALTER TABLE tracking ADD COLUMN coming_back jsonb NOT NULL DEFAULT '[]';
UPDATE tracking SET coming_back = contents WHERE status = 'returning';
