-- Every worker asks for room in time. Who is second waits for the first and finds it made: IF NOT EXISTS alone fails when
-- two create the same table at the same moment. Where there is room, nobody waits.

CREATE FUNCTION journal_end() RETURNS bigint LANGUAGE sql AS $$
-- The first number that no partition takes.
SELECT coalesce(max(substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''(\d+)''\)')::bigint), 0)
  FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
 WHERE i.inhparent = 'journal_row'::regclass;
$$;

CREATE OR REPLACE FUNCTION journal_partition(after_seq bigint) RETURNS void LANGUAGE plpgsql AS $$
-- Makes sure that the partition that holds `after_seq` exists, of ten million rows each and 32 numbers a row.
DECLARE
    size constant bigint := 320000000;
    lower_bound bigint;
    name text;
BEGIN
    IF journal_end() > after_seq THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('journal_partition'));
    lower_bound := journal_end();
    WHILE lower_bound <= after_seq LOOP
        name := format('journal_%s', lower_bound / 10000000);
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF journal_row FOR VALUES FROM (%s) TO (%s)',
                       name, lower_bound, lower_bound + size);
        -- Row triggers come down from the journal, statement triggers do not.
        EXECUTE format('CREATE OR REPLACE TRIGGER journal_no_truncate BEFORE TRUNCATE ON %I'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
        lower_bound := lower_bound + size;
    END LOOP;
END $$;
