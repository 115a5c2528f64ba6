-- Both sides of every amount, as the facts say them: a view, since they stand in the journal, which nothing can change.
-- An order's are found by its id; whoever sums up a whole year reads the journal of that year.

-- squawk-ignore ban-drop-table
DROP TABLE posting;

CREATE VIEW posting AS
SELECT
    journal.order_id,
    journal.order_version,
    said.place - 1 AS side,
    said.posting ->> 0 AS account,
    (said.posting ->> 1)::bigint AS minor,
    orders.currency,
    journal.at
FROM journal INNER JOIN orders ON journal.order_id = orders.id
CROSS JOIN LATERAL jsonb_array_elements(journal.data -> 'postings') WITH ORDINALITY AS said (posting, place);

-- For processes of the version before, until they are started again: what they write stands in the journal already.
CREATE FUNCTION take_in_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RETURN NEW;
END $$;

CREATE TRIGGER posting_from_before INSTEAD OF INSERT ON posting FOR EACH ROW EXECUTE FUNCTION take_in_posting();
