-- Support: cases with their clocks and threads, and what claims put right.

CREATE TABLE support_case (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    line_id uuid,
    topic text NOT NULL,
    claim text NOT NULL CHECK (claim IN ('', 'damaged', 'missing', 'wrong', 'lost')),
    contents jsonb NOT NULL,
    channel text NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'waiting', 'closed')),
    assignee text NOT NULL,
    escalation text NOT NULL CHECK (escalation IN ('', 'warning', 'breach')),
    opened_at timestamptz NOT NULL,
    answer_by timestamptz,
    due_at timestamptz,
    left_s bigint NOT NULL,
    alarm_at timestamptz,
    closed_at timestamptz,
    goodwill_minor bigint NOT NULL,
    CONSTRAINT support_case_clock CHECK ((status = 'open') = (due_at IS NOT NULL)),
    CONSTRAINT support_case_alarm CHECK (status = 'open' OR (alarm_at IS NULL AND answer_by IS NULL)),
    CONSTRAINT support_case_closed CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT support_case_amounts CHECK (left_s >= 0 AND goodwill_minor >= 0)
);
CREATE INDEX support_case_of_order ON support_case (order_id);
CREATE INDEX support_case_open ON support_case (due_at, id) WHERE status = 'open';
CREATE INDEX support_case_waiting ON support_case (opened_at, id) WHERE status = 'waiting';
CREATE INDEX support_case_of_somebody ON support_case (assignee, opened_at, id) WHERE status <> 'closed';
CREATE INDEX support_case_alarm_due ON support_case (alarm_at, id) WHERE alarm_at IS NOT NULL;

CREATE TABLE case_message (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    order_id uuid NOT NULL,
    author text NOT NULL CHECK (author IN ('customer', 'staff', 'note')),
    text_id uuid,
    photo_id uuid,
    at timestamptz NOT NULL,
    CONSTRAINT case_message_says_something CHECK (text_id IS NOT NULL OR photo_id IS NOT NULL)
);
CREATE INDEX case_message_of_order ON case_message (order_id, case_id, id);

CREATE TABLE claim_remedy (
    case_id uuid NOT NULL,
    line_id uuid NOT NULL,
    remedy text NOT NULL CHECK (remedy IN ('resend', 'refund', 'goodwill')),
    order_id uuid NOT NULL,
    claim text NOT NULL,
    sku text NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    PRIMARY KEY (case_id, line_id, remedy)
);
CREATE INDEX claim_remedy_of_order ON claim_remedy (order_id);

CREATE TABLE claim_credit (
    line_id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    quantity bigint NOT NULL,
    kept bigint NOT NULL,
    cut_minor bigint NOT NULL,
    shipping_minor bigint NOT NULL,
    CONSTRAINT claim_credit_counts CHECK (least(quantity, kept, cut_minor, shipping_minor) >= 0 AND kept <= quantity)
);
CREATE INDEX claim_credit_of_order ON claim_credit (order_id);
