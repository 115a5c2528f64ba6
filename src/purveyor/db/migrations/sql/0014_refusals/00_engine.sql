-- Refusals are forgotten after a month. Accepted commands, which are nearly all, do not stand in it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS command_log_refused ON command_log (at) WHERE NOT accepted;
