-- A customer's browser in which an address was proved, and the orders that were placed in it.
CREATE TABLE customer_session (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    begun_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT customer_session_ended CHECK (ended_at IS NULL OR email = '')
);
CREATE INDEX customer_session_email ON customer_session (email) WHERE email <> '';

CREATE TABLE signed_in_order (
    order_id uuid PRIMARY KEY,
    contact_id uuid NOT NULL
);
CREATE INDEX signed_in_order_contact ON signed_in_order (contact_id);
