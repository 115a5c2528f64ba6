-- Where an order is taxed, by whose VAT id, and its shipping charge by the rates of what is sent.
ALTER TABLE orders
    ADD COLUMN tax_area text NOT NULL DEFAULT '',
    ADD COLUMN vat_country text NOT NULL DEFAULT '',
    ADD COLUMN shipping_taxes text NOT NULL DEFAULT '';
-- Why a line is taxed at 0 %.
ALTER TABLE line ADD COLUMN tax_reason text NOT NULL DEFAULT '';
-- Erasable, for it may name a person who trades alone.
ALTER TABLE contact ADD COLUMN vat_id text NOT NULL DEFAULT '';
