-- A serial number is sold once, whether it was scanned or typed in small letters.
CREATE INDEX CONCURRENTLY IF NOT EXISTS fulfillment_item_serials_any_case
    ON fulfillment_item USING gin ((lower(serials::text)::jsonb)) WHERE serials <> '[]';

DROP INDEX CONCURRENTLY IF EXISTS fulfillment_item_serials;
