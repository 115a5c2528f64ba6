-- What somebody gives away in a day, and what waits for a second person.

CREATE TABLE money_hour (
    pot text NOT NULL,
    hour_at timestamptz NOT NULL,
    minor bigint NOT NULL CHECK (minor > 0),
    PRIMARY KEY (pot, hour_at)
) WITH (fillfactor = 70);

CREATE TABLE money_request (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    what text NOT NULL CHECK (what IN ('credit', 'write_off')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    reason text NOT NULL,
    invoice_id uuid,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('waiting', 'approved', 'declined')),
    decided_by text NOT NULL,
    decided_at timestamptz,
    CONSTRAINT money_request_decided CHECK ((status = 'waiting') = (decided_at IS NULL)),
    CONSTRAINT money_request_invoice CHECK ((what = 'write_off') = (invoice_id IS NOT NULL))
);
CREATE INDEX money_request_of_order ON money_request (order_id);
CREATE INDEX money_request_waiting ON money_request (requested_at, id) WHERE status = 'waiting';

ALTER TABLE payment ADD COLUMN caused_by text NOT NULL DEFAULT '';
ALTER TABLE hold ADD COLUMN opened_by text NOT NULL DEFAULT '';
ALTER TABLE hold ADD COLUMN by_another boolean NOT NULL DEFAULT false;
