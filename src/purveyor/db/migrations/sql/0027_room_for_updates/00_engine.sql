-- An order's rows change together, some ten times: with room for all of them on their page, no index need hear of it.
ALTER TABLE line SET (fillfactor = 50);
ALTER TABLE orders SET (fillfactor = 50);
-- Refusals have an index of their own, and nobody asks for other commands by their time.
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX IF EXISTS command_log_at;
