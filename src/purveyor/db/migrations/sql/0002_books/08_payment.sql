-- Disputes have a name and an end; refunds that nobody has sent can be taken back.

CREATE TABLE dispute (
    order_id uuid NOT NULL,
    dispute_id text NOT NULL,
    payment_id uuid NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    opened_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'won', 'lost')),
    ended_at timestamptz,
    recovered_minor bigint NOT NULL CHECK (recovered_minor BETWEEN 0 AND amount_minor),
    PRIMARY KEY (order_id, dispute_id)
);

-- Chargebacks of the past: every name is one dispute, for as much as was booked under it.
INSERT INTO dispute
SELECT order_id, data ->> 'dispute_id', min(data ->> 'payment_id')::uuid, sum((data ->> 'amount_minor')::bigint),
       min(at), 'open', NULL, 0
  FROM journal
 WHERE kind = 'payment.charged_back'
 GROUP BY order_id, data ->> 'dispute_id';

UPDATE orders SET parts = parts | (1::bigint << 13) WHERE id IN (SELECT order_id FROM dispute);

-- It is put back at once, with one more word.
-- squawk-ignore ban-drop-constraint
ALTER TABLE refund DROP CONSTRAINT refund_status_check;
ALTER TABLE refund ADD CONSTRAINT refund_status_check
    CHECK (status IN ('awaiting_approval', 'pending', 'in_doubt', 'done', 'failed', 'taken_back')) NOT VALID;
