-- Keys have an end and an owner; when one was used last is no fact, so it stands beside them.

ALTER TABLE api_key ADD COLUMN expires_at timestamptz;
ALTER TABLE api_key ADD COLUMN made_by text NOT NULL DEFAULT '';

CREATE TABLE api_key_use (
    key_id uuid PRIMARY KEY,
    used_at timestamptz NOT NULL
) WITH (fillfactor = 50);
