-- Money that is being taken may have to go back once it is here: in parts, each as it was caused.

CREATE TABLE going_back (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    who text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    "to" text NOT NULL CHECK ("to" IN ('original', 'store_credit')),
    is_counted boolean NOT NULL,
    is_decided boolean NOT NULL,
    approval_id uuid
);
CREATE INDEX going_back_of_order ON going_back (order_id);

-- Which attempts of a request the gateway said it has done: an event that is told again changes nothing.
ALTER TABLE refund ADD COLUMN attempts_done text NOT NULL DEFAULT '';
ALTER TABLE capture ADD COLUMN attempts_done text NOT NULL DEFAULT '';
