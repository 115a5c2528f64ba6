-- A unit with a serial number is sold once, in whatever case its number is written. Whoever is second waits for the
-- first, and is told by the next attempt. A unique index cannot say so: the numbers stand in a list, and may be sold again
-- once units of their line came back. It is looked at when all of a batch is written; picks without serials cost nothing.

CREATE FUNCTION serial_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- Those that come in now: there may be some from before that were sold twice.
    known jsonb := CASE WHEN TG_OP = 'UPDATE' THEN OLD.serials ELSE '[]' END;
    wanted text[] := ARRAY(
        SELECT lower(serial) FROM jsonb_array_elements_text(NEW.serials) AS serial
         WHERE NOT known ? serial ORDER BY hashtext(lower(serial)) % 512
    );
    one text;
BEGIN
    FOREACH one IN ARRAY wanted LOOP
        -- One of so many locks: a batch of many serials shall not use up those that there are.
        PERFORM pg_advisory_xact_lock(hashtext('serial'), hashtext(one) % 512);
    END LOOP;
    IF EXISTS (
        SELECT FROM fulfillment_item i JOIN line l ON l.id = i.line_id,
                    jsonb_array_elements_text(i.serials) AS serial
         WHERE i.serials <> '[]' AND lower(i.serials::text)::jsonb ?| wanted AND i.sku = NEW.sku
           AND i.order_id <> NEW.order_id AND l.returned = 0 AND lower(serial) = ANY(wanted)
    ) THEN
        RAISE unique_violation USING MESSAGE = 'a unit with this serial number was sold';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER serial_once_added
    AFTER INSERT ON fulfillment_item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.serials <> '[]') EXECUTE FUNCTION serial_is_free();

CREATE CONSTRAINT TRIGGER serial_once_picked
    AFTER UPDATE ON fulfillment_item DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.serials <> OLD.serials AND NEW.serials <> '[]') EXECUTE FUNCTION serial_is_free();
