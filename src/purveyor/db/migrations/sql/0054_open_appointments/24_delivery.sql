-- Visits that should be over and are not, whenever they were: without a walk through all that were made.
CREATE INDEX CONCURRENTLY IF NOT EXISTS appointment_open ON appointment (starts_at, id) WHERE status = 'booked';
