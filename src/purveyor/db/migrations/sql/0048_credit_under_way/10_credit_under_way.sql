-- Money that is still being taken when it is credited may have to become store credit once it is here.

ALTER TABLE payment ADD COLUMN as_credit_minor bigint NOT NULL DEFAULT 0;
