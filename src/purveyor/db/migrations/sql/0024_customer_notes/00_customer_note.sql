-- What staff write on a customer for one another.

CREATE TABLE customer_note (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL,
    text_id uuid NOT NULL,
    written_by text NOT NULL,
    at timestamptz NOT NULL
);

CREATE INDEX customer_note_customer ON customer_note (customer_id);
