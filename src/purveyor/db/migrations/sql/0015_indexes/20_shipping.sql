-- Tracking numbers in any case, by their beginning.
CREATE INDEX CONCURRENTLY IF NOT EXISTS shipment_tracking_any_case
    ON shipment (lower(tracking_number) text_pattern_ops) WHERE tracking_number <> '';
