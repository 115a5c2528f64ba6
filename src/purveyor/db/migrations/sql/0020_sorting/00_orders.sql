-- The list of orders by what they sum up to, and by the day that was promised (those without one come last).
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_total ON orders (total_minor, id);
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_by_promise
    ON orders (coalesce(promised_at, timestamptz '9999-12-30 00:00:00+00'), id);
