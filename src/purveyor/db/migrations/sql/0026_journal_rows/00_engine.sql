-- What one command did to an order is one row: its facts in one document, in their order. Rows from before stay as they
-- are, one fact each; so does what belongs to no order, which is looked up by what it says. The journal is a view of them
-- that tells facts one by one, as it did before: processes of the version before read it, and write to it, all the same.

-- squawk-ignore renaming-table
ALTER TABLE journal RENAME TO journal_row;

-- squawk-ignore ban-drop-not-null
ALTER TABLE journal_row ALTER COLUMN kind DROP NOT NULL;
-- squawk-ignore ban-drop-not-null
ALTER TABLE journal_row ALTER COLUMN kind_version DROP NOT NULL;
-- squawk-ignore ban-drop-not-null
ALTER TABLE journal_row ALTER COLUMN data DROP NOT NULL;
ALTER TABLE journal_row ADD COLUMN kinds text [];
-- JSON: a list of [version of the kind, fact]. Nothing in the database looks into it while an order is written.
ALTER TABLE journal_row ADD COLUMN facts bytea;
ALTER TABLE journal_row ADD CONSTRAINT journal_says_something
CHECK (num_nonnulls(data, facts) = 1 AND num_nonnulls(kind, kinds) = 1) NOT VALID;

-- A row has the number of its first fact. The others take the numbers after it: 32 are free up to the next row.
ALTER SEQUENCE journal_seq INCREMENT BY 32;
SELECT setval('journal_seq', ((SELECT coalesce(max(seq), 0) FROM journal_row) / 32 + 2) * 32, false);

CREATE OR REPLACE FUNCTION journal_partition(after_seq bigint) RETURNS void LANGUAGE plpgsql AS $$
-- Makes sure that the partition that holds `after_seq` exists, of ten million rows each and 32 numbers a row.
DECLARE
    size constant bigint := 320000000;
    lower_bound bigint;
    name text;
BEGIN
    -- Where the partitions that there are end; those from before are smaller.
    SELECT coalesce(max(substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''(\d+)''\)')::bigint), 0)
      INTO lower_bound
      FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'journal_row'::regclass;
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

SELECT journal_partition((SELECT last_value FROM journal_seq) + 320000000);

-- `row_seq` is the number of the row, by which it is found: whoever wants facts after a number asks for rows from 31
-- before it on.
CREATE VIEW journal AS
SELECT
    seq,
    recorded_at,
    at,
    order_id,
    order_version,
    kind,
    kind_version,
    actor,
    key,
    data,
    seq AS row_seq
FROM journal_row
WHERE facts IS NULL
UNION ALL
SELECT
    line.seq + said.place - 1 AS seq,
    line.recorded_at,
    line.at,
    line.order_id,
    line.order_version + said.place - 1 AS order_version,
    said.kind,
    (convert_from(line.facts, 'UTF8')::jsonb -> (said.place - 1)::int ->> 0)::bigint AS kind_version,
    line.actor,
    line.key,
    convert_from(line.facts, 'UTF8')::jsonb -> (said.place - 1)::int -> 1 AS data,
    line.seq AS row_seq
FROM journal_row AS line CROSS JOIN LATERAL unnest(line.kinds) WITH ORDINALITY AS said (kind, place)
WHERE line.facts IS NOT NULL;

-- For processes of the version before, until they are started again.
CREATE FUNCTION take_in_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO journal_row (at, order_id, order_version, kind, kind_version, actor, key, data)
    VALUES (NEW.at, NEW.order_id, NEW.order_version, NEW.kind, NEW.kind_version, NEW.actor, NEW.key, NEW.data);
    RETURN NEW;
END $$;

CREATE TRIGGER journal_from_before INSTEAD OF INSERT ON journal FOR EACH ROW EXECUTE FUNCTION take_in_fact();

CREATE FUNCTION row_digest(line journal_row) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
-- All that a row says, whatever the session's time zone. Never changed: seals are made with it.
RETURN CASE WHEN (line).facts IS NULL THEN fact_digest(line) ELSE sha256(convert_to(concat_ws(
    '|', (line).seq, (extract(epoch FROM (line).recorded_at) * 1000000)::bigint,
    (extract(epoch FROM (line).at) * 1000000)::bigint, (line).order_id, (line).order_version,
    array_to_string((line).kinds, ','), length((line).actor), (line).actor, length((line).key), (line).key, ''
), 'UTF8') || (line).facts) END;
