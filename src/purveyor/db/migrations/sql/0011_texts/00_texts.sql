-- What was sent to a customer, kept outside the journal.
ALTER TABLE message ADD COLUMN text_id uuid;

-- A serial number is sold once.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX fulfillment_item_serials ON fulfillment_item USING gin (serials) WHERE serials <> '[]';
