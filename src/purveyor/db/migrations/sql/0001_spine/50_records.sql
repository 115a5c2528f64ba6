-- What the shop knows beside its orders: the merchant's rules, and who may come in.

CREATE TABLE policy (
    name text PRIMARY KEY,
    version bigint NOT NULL,
    data jsonb NOT NULL
);

CREATE TABLE api_key (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    prefix text NOT NULL UNIQUE,
    hash text NOT NULL,
    scopes jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
