-- What staff write on an order for one another, and the words they sort orders by.

CREATE TABLE order_note (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    text_id uuid NOT NULL,
    written_by text NOT NULL,
    at timestamptz NOT NULL
);

CREATE INDEX order_note_order ON order_note (order_id);

CREATE TABLE order_tags (
    order_id uuid PRIMARY KEY,
    tags jsonb NOT NULL
);

CREATE INDEX order_tags_tag ON order_tags USING gin (tags);
