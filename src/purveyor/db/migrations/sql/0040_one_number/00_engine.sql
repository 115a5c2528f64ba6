-- A customer's number is given once, in whatever case it is written. A unique index cannot say so: there may be numbers
-- from before that differ by their case alone. Whoever is second waits for the first, and is told by the next attempt.

CREATE FUNCTION customer_number_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- One of so many locks: a batch of many customers shall not use up those that there are.
    PERFORM pg_advisory_xact_lock(hashtext('customer_number'), hashtext(lower(NEW.number)) % 512);
    IF EXISTS (SELECT FROM customer WHERE lower(number) = lower(NEW.number)) THEN
        RAISE unique_violation USING MESSAGE = 'there is a customer with this number';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER customer_number_once
    BEFORE INSERT ON customer FOR EACH ROW EXECUTE FUNCTION customer_number_is_free();
