-- An account is kept in one currency; what is owed in others stands beside it.

ALTER TABLE credit_account ADD COLUMN currency text NOT NULL DEFAULT '';
ALTER TABLE credit_account ADD COLUMN others jsonb NOT NULL DEFAULT '{}';
