-- What papers are about, thing by thing and rate by rate, and what each thing became worth after it was priced.

CREATE TABLE price_adjustment (
    order_id uuid NOT NULL,
    of text NOT NULL,
    basis_points bigint NOT NULL,
    amount_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    quantity bigint NOT NULL CHECK (quantity >= 0),
    cut_minor bigint NOT NULL,
    PRIMARY KEY (order_id, of, basis_points)
);

ALTER TABLE invoice ADD COLUMN charges jsonb NOT NULL DEFAULT '[]';
ALTER TABLE credit_note ADD COLUMN parts jsonb NOT NULL DEFAULT '[]';
