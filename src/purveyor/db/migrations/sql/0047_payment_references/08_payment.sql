-- What a bank or a provider calls money that came in or went back, in any case, by its beginning.
CREATE INDEX CONCURRENTLY IF NOT EXISTS capture_reference_any_case
    ON capture (lower(reference) text_pattern_ops) WHERE reference <> '';
CREATE INDEX CONCURRENTLY IF NOT EXISTS refund_reference_any_case
    ON refund (lower(reference) text_pattern_ops) WHERE reference <> '';
