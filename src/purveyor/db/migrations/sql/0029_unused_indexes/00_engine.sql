-- Indexes that no statement of ours reads: keys are looked up by themselves, what was refused has an index of its own,
-- and promises about to slip are found among those of orders that are not closed.
DROP INDEX CONCURRENTLY IF EXISTS command_log_at;
DROP INDEX CONCURRENTLY IF EXISTS orders_promise_open;
-- Of the queue: jobs are picked by entrypoint, and its log is read by number and cleared by time.
DROP INDEX CONCURRENTLY IF EXISTS pgqueuer_priority_id_id1_idx;
DROP INDEX CONCURRENTLY IF EXISTS pgqueuer_updated_id_id1_idx;
DROP INDEX CONCURRENTLY IF EXISTS pgqueuer_log_job_id_status;
DROP INDEX CONCURRENTLY IF EXISTS pgqueuer_log_status;
DROP INDEX CONCURRENTLY IF EXISTS pgqueuer_log_not_aggregated;
