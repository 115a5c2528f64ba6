-- Refusals are forgotten after a month. Accepted commands, which are nearly all, do not stand in it.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX command_log_refused ON command_log (at) WHERE NOT accepted;
