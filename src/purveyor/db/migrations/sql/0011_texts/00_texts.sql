-- What was sent to a customer, kept outside the journal.
ALTER TABLE message ADD COLUMN text_id uuid;
