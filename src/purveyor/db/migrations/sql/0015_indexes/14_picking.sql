-- A serial number is sold once.
CREATE INDEX CONCURRENTLY IF NOT EXISTS fulfillment_item_serials
    ON fulfillment_item USING gin (serials) WHERE serials <> '[]';
