-- Who else is told what happens here, and what was told them.

-- Addresses and secrets stand in the two tables after this one, which may be emptied.
CREATE TABLE webhook (
    id uuid PRIMARY KEY,
    place_id uuid NOT NULL,
    secret_id uuid NOT NULL,
    topics jsonb NOT NULL,
    added_at timestamptz NOT NULL,
    active boolean NOT NULL,
    paused_why text NOT NULL,
    old_secret_id uuid,
    old_secret_until timestamptz,
    removed_at timestamptz
);

CREATE INDEX webhook_added ON webhook (added_at, id) WHERE removed_at IS NULL;
CREATE INDEX webhook_old_secret ON webhook (old_secret_until, id) WHERE old_secret_until IS NOT NULL;

CREATE TABLE webhook_place (
    id uuid PRIMARY KEY,
    url text NOT NULL,
    description text NOT NULL,
    erased boolean NOT NULL
);

CREATE TABLE webhook_secret (
    id uuid PRIMARY KEY,
    webhook_id uuid NOT NULL,
    value text NOT NULL,
    erased boolean NOT NULL
);

-- How far the journal was read for a webhook. Whoever changes what stands in line for it locks this row first.
CREATE TABLE webhook_cursor (
    webhook_id uuid PRIMARY KEY,
    seq bigint NOT NULL
);

-- The line of what is to be told, and the log of what was. No business fact: the journal does not rebuild it.
-- A lane is an order, and what belongs to no order is one lane of its own: within a lane one is told after the other.
-- `next_at` is set for the first of each lane alone, so that a receiver that is away costs no more than its lanes.
CREATE TABLE webhook_delivery (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    webhook_id uuid NOT NULL,
    seq bigint,
    order_id uuid,
    lane uuid NOT NULL,
    topic text NOT NULL,
    status text NOT NULL CHECK (status IN ('waiting', 'failed', 'delivered', 'given_up')),
    tries bigint NOT NULL DEFAULT 0,
    failures bigint NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL DEFAULT now(),
    next_at timestamptz,
    claimed_until timestamptz,
    tried_at timestamptz,
    ended_at timestamptz,
    answer_status bigint,
    answer text NOT NULL DEFAULT '',
    milliseconds bigint,
    UNIQUE (webhook_id, seq)
) WITH (fillfactor = 70);

CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_delivery_lane ON webhook_delivery (webhook_id, lane, seq) WHERE status IN ('waiting', 'failed');
CREATE INDEX webhook_delivery_log ON webhook_delivery (webhook_id, id);
CREATE INDEX webhook_delivery_status ON webhook_delivery (webhook_id, status, id) WHERE status <> 'delivered';
CREATE INDEX webhook_delivery_success ON webhook_delivery (webhook_id, ended_at) WHERE status = 'delivered';
CREATE INDEX webhook_delivery_old ON webhook_delivery (ended_at, id) WHERE ended_at IS NOT NULL;

-- Every try of a delivery.
CREATE TABLE webhook_try (
    delivery_id bigint NOT NULL,
    number bigint NOT NULL,
    at timestamptz NOT NULL,
    answer_status bigint,
    answer text NOT NULL,
    milliseconds bigint NOT NULL,
    PRIMARY KEY (delivery_id, number)
);
