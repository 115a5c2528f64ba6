-- Review: holds, what the risk rules said, the customer's choice when something is missing, closed books.

CREATE TABLE hold (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    type text NOT NULL,
    owner text NOT NULL,
    deadline_at timestamptz,
    at_deadline text NOT NULL CHECK (at_deadline IN ('release', 'cancel', 'escalate')),
    opened_at timestamptz NOT NULL,
    why text NOT NULL,
    by_rule boolean NOT NULL,
    before_approval boolean NOT NULL,
    released_at timestamptz,
    released_by text NOT NULL,
    CONSTRAINT hold_released CHECK ((released_at IS NULL) = (released_by = ''))
) WITH (fillfactor = 80);

CREATE INDEX hold_order ON hold (order_id);
CREATE INDEX hold_open ON hold (opened_at, id) WHERE released_at IS NULL;
CREATE INDEX hold_due ON hold (deadline_at, id) WHERE released_at IS NULL AND deadline_at IS NOT NULL;
CREATE INDEX hold_short ON hold (order_id) WHERE released_at IS NULL AND by_rule AND type = 'stock';

CREATE TABLE risk_assessment (
    order_id uuid PRIMARY KEY,
    score bigint NOT NULL,
    reasons jsonb NOT NULL,
    policy_version bigint NOT NULL,
    assessed_at timestamptz NOT NULL
);

CREATE TABLE missing_choice (
    order_id uuid PRIMARY KEY,
    offered_at timestamptz NOT NULL,
    deadline_at timestamptz,
    "default" text NOT NULL CHECK ("default" IN ('wait', 'ship_available', 'substitute', 'cancel_line')),
    choice text NOT NULL CHECK (choice IN ('', 'wait', 'ship_available', 'substitute', 'cancel_line')),
    chosen_at timestamptz,
    by_default boolean NOT NULL,
    CONSTRAINT missing_choice_made CHECK ((choice = '') = (chosen_at IS NULL))
);

CREATE INDEX missing_choice_due ON missing_choice (deadline_at, order_id) WHERE deadline_at IS NOT NULL;

CREATE TABLE closing (
    order_id uuid PRIMARY KEY,
    closed_at timestamptz NOT NULL
);

-- Who ordered on which day, by pseudonym: only where a risk rule counts orders.
CREATE TABLE order_trace (
    id uuid PRIMARY KEY,
    who text NOT NULL,
    at timestamptz NOT NULL,
    contact_id uuid NOT NULL,
    customer_id uuid
);

CREATE INDEX order_trace_who ON order_trace (who);
CREATE INDEX order_trace_contact ON order_trace (contact_id);
CREATE INDEX order_trace_customer ON order_trace (customer_id) WHERE customer_id IS NOT NULL;
