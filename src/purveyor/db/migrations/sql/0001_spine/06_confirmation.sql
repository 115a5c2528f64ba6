-- Confirmation: every message to a customer, and every date that was told and slipped or was kept.

CREATE TABLE message (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    notice text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'sms')),
    language text NOT NULL,
    contact_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('queued', 'sent', 'failed', 'bounced', 'opened')),
    queued_at timestamptz NOT NULL,
    sent_at timestamptz,
    provider_id text NOT NULL,
    reason text NOT NULL,
    details jsonb NOT NULL,
    attempt bigint NOT NULL,
    retry_at timestamptz
) WITH (fillfactor = 80);

CREATE INDEX message_order ON message (order_id);
CREATE INDEX message_unanswered ON message (retry_at, id) WHERE retry_at IS NOT NULL;
CREATE INDEX message_undelivered ON message (queued_at, id) WHERE status IN ('failed', 'bounced');
CREATE INDEX message_provider ON message (provider_id) WHERE provider_id <> '';

CREATE TABLE promise (
    order_id uuid NOT NULL,
    promised_at timestamptz NOT NULL,
    reason text NOT NULL,
    told_at timestamptz NOT NULL,
    kept boolean NOT NULL,
    PRIMARY KEY (order_id, promised_at)
);

CREATE TABLE order_link (
    order_id uuid PRIMARY KEY,
    version bigint NOT NULL
);

-- Promises that are still to be kept: what has left the house is not late by our doing.
-- The table is made by the same migration.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX orders_promise_open ON orders (promised_at, id)
    WHERE promised_at IS NOT NULL AND fulfillment_status IN ('open', 'backordered', 'part_shipped');
