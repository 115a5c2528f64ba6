-- Indexes that no statement of ours reads: keys are looked up by themselves, what was refused has an index of its own,
-- and promises about to slip are found among those of orders that are not closed.
DROP INDEX CONCURRENTLY IF EXISTS command_log_at;
DROP INDEX CONCURRENTLY IF EXISTS orders_promise_open;
