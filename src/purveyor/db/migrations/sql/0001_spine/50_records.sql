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

-- People who work here. Login, name, hashes and secrets stand in the three tables after this one, which may be emptied.
CREATE TABLE staff (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    roles jsonb NOT NULL,
    added_at timestamptz NOT NULL,
    password_id uuid,
    pending_factor_id uuid,
    factor_id uuid,
    recovery_id uuid,
    recovery_used jsonb NOT NULL,
    last_step bigint NOT NULL,
    failures bigint NOT NULL CHECK (failures >= 0),
    locked_until timestamptz,
    generation bigint NOT NULL,
    signed_in_at timestamptz,
    disabled_at timestamptz,
    erased_at timestamptz
);

CREATE UNIQUE INDEX staff_person_id ON staff (person_id);

CREATE TABLE staff_person (
    id uuid PRIMARY KEY,
    login text NOT NULL,
    name text NOT NULL,
    erased boolean NOT NULL
);

CREATE UNIQUE INDEX staff_person_login ON staff_person (login) WHERE login <> '';

CREATE TABLE staff_secret (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL,
    what text NOT NULL,
    value text NOT NULL,
    erased boolean NOT NULL
);

CREATE TABLE staff_session (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL,
    device_id uuid NOT NULL,
    generation bigint NOT NULL,
    opened_at timestamptz NOT NULL,
    ended_at timestamptz
);

CREATE INDEX staff_session_open ON staff_session (staff_id, id) WHERE ended_at IS NULL;

CREATE TABLE staff_device (
    id uuid PRIMARY KEY,
    session_id uuid NOT NULL,
    token_hash text NOT NULL,
    address text NOT NULL,
    agent text NOT NULL,
    seen_at timestamptz NOT NULL,
    idle_minutes bigint NOT NULL,
    ends_at timestamptz NOT NULL,
    erased boolean NOT NULL
);

CREATE UNIQUE INDEX staff_device_token ON staff_device (token_hash) WHERE token_hash <> '';

-- Filters of lists that members of staff keep. Their names and words stand in `view_text`, which may be emptied.
CREATE TABLE saved_view (
    id uuid PRIMARY KEY,
    owner text NOT NULL,
    words_id uuid NOT NULL,
    saved_at timestamptz NOT NULL,
    deleted_at timestamptz
);

CREATE INDEX saved_view_owner ON saved_view (owner);

CREATE TABLE view_text (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    query text NOT NULL,
    erased boolean NOT NULL
);
