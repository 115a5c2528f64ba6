-- Payment: tenders, captures, refunds, and the papers. Amounts are minor units of the order's currency.

CREATE TABLE payment (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    method text NOT NULL
        CHECK (method IN ('card', 'invoice', 'cash', 'card_present', 'cash_on_delivery', 'store_credit')),
    amount_minor bigint NOT NULL,
    source text NOT NULL,
    status text NOT NULL CHECK (status IN (
        'planned', 'offered', 'authorizing', 'action_required', 'in_doubt', 'declined', 'authorized', 'accepted',
        'captured', 'failed', 'voided'
    )),
    authorized_minor bigint NOT NULL,
    captured_minor bigint NOT NULL,
    released_minor bigint NOT NULL,
    refunded_minor bigint NOT NULL,
    reference text NOT NULL,
    action_url text NOT NULL,
    reason text NOT NULL,
    attempt bigint NOT NULL,
    voids bigint NOT NULL,
    request text NOT NULL CHECK (request IN ('', 'authorize', 'void')),
    request_key text NOT NULL,
    request_minor bigint NOT NULL,
    requested_at timestamptz,
    asks bigint NOT NULL,
    ask_at timestamptz,
    pay_by timestamptz,
    CONSTRAINT nothing_below_zero CHECK (
        least(amount_minor, authorized_minor, captured_minor, released_minor, refunded_minor) >= 0
    ),
    CONSTRAINT captured_within_authorized CHECK (captured_minor + released_minor <= authorized_minor),
    CONSTRAINT refunded_within_captured CHECK (refunded_minor <= captured_minor)
) WITH (fillfactor = 80);

CREATE INDEX payment_order ON payment (order_id);
CREATE INDEX payment_by_link ON payment (pay_by, id) WHERE pay_by IS NOT NULL;
CREATE INDEX payment_unanswered ON payment (ask_at, id) WHERE ask_at IS NOT NULL;
CREATE INDEX payment_broken ON payment (id) WHERE status IN ('declined', 'failed');

CREATE TABLE capture (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    invoice_id uuid,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    status text NOT NULL CHECK (status IN ('pending', 'in_doubt', 'done', 'failed')),
    reference text NOT NULL,
    reason text NOT NULL,
    attempt bigint NOT NULL,
    request_key text NOT NULL,
    requested_at timestamptz,
    asks bigint NOT NULL,
    ask_at timestamptz
) WITH (fillfactor = 80);

CREATE INDEX capture_order ON capture (order_id);
CREATE INDEX capture_unanswered ON capture (ask_at, id) WHERE ask_at IS NOT NULL;
CREATE INDEX capture_failed ON capture (id) WHERE status = 'failed';

CREATE TABLE refund (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    payment_id uuid,
    way text NOT NULL CHECK (way IN ('gateway', 'store_credit', 'manual')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    status text NOT NULL CHECK (status IN ('awaiting_approval', 'pending', 'in_doubt', 'done', 'failed')),
    requested_by text NOT NULL,
    reference text NOT NULL,
    reason text NOT NULL,
    attempt bigint NOT NULL,
    request_key text NOT NULL,
    requested_at timestamptz,
    asks bigint NOT NULL,
    ask_at timestamptz
) WITH (fillfactor = 80);

CREATE INDEX refund_order ON refund (order_id);
CREATE INDEX refund_unanswered ON refund (ask_at, id) WHERE ask_at IS NOT NULL;
CREATE INDEX refund_for_people ON refund (id)
    WHERE status IN ('failed', 'awaiting_approval') OR (status = 'pending' AND way = 'manual');

CREATE TABLE invoice (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    number bigint NOT NULL,
    shipment_id uuid NOT NULL,
    lines jsonb NOT NULL,
    shipping_minor bigint NOT NULL,
    other_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    total_minor bigint NOT NULL,
    issued_at timestamptz NOT NULL,
    due_at timestamptz,
    paid_minor bigint NOT NULL,
    credited_minor bigint NOT NULL,
    written_off_minor bigint NOT NULL,
    reminders bigint NOT NULL,
    remind_at timestamptz,
    CONSTRAINT nothing_below_zero CHECK (least(total_minor, paid_minor, credited_minor, written_off_minor) >= 0),
    CONSTRAINT settled_within_total CHECK (paid_minor + credited_minor + written_off_minor <= total_minor)
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX invoice_number ON invoice (number);
CREATE INDEX invoice_order ON invoice (order_id);
CREATE INDEX invoice_open ON invoice (number) WHERE total_minor > paid_minor + credited_minor + written_off_minor;
CREATE INDEX invoice_overdue ON invoice (remind_at, id) WHERE remind_at IS NOT NULL;

CREATE TABLE credit_note (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    number bigint NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    tax_minor bigint NOT NULL,
    issued_at timestamptz NOT NULL
);

CREATE UNIQUE INDEX credit_note_number ON credit_note (number);
CREATE INDEX credit_note_order ON credit_note (order_id);
