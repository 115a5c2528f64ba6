-- Feedback: the one survey of an order with its causes, and what buyers say of products.

CREATE TABLE survey (
    order_id uuid PRIMARY KEY,
    status text NOT NULL CHECK (status IN ('planned', 'invited', 'answered', 'expired')),
    invite_at timestamptz NOT NULL,
    expires_at timestamptz,
    locations jsonb NOT NULL,
    carriers jsonb NOT NULL,
    promise_kept boolean,
    csat bigint CHECK (csat BETWEEN 1 AND 5),
    nps bigint CHECK (nps BETWEEN 0 AND 10),
    text_id uuid,
    answered_at timestamptz,
    CONSTRAINT survey_answered_whole CHECK (
        (status = 'answered') = (csat IS NOT NULL) AND (status = 'answered') = (answered_at IS NOT NULL)
    ),
    CONSTRAINT survey_expires CHECK (status NOT IN ('invited', 'expired') OR expires_at IS NOT NULL)
);
CREATE INDEX survey_to_invite ON survey (invite_at, order_id) WHERE status = 'planned';
CREATE INDEX survey_unanswered ON survey (expires_at, order_id) WHERE status = 'invited';
CREATE INDEX survey_answered ON survey (answered_at, order_id) WHERE answered_at IS NOT NULL;
CREATE INDEX survey_asked ON survey (invite_at) WHERE status <> 'planned';

CREATE TABLE product_review (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    line_id uuid NOT NULL,
    sku text NOT NULL,
    stars bigint NOT NULL CHECK (stars BETWEEN 1 AND 5),
    text_id uuid,
    status text NOT NULL CHECK (status IN ('pending', 'approved', 'rejected')),
    written_at timestamptz NOT NULL,
    moderated_at timestamptz,
    CONSTRAINT product_review_moderated CHECK ((status = 'pending') = (moderated_at IS NULL))
);
CREATE INDEX product_review_of_order ON product_review (order_id);
CREATE UNIQUE INDEX product_review_of_line ON product_review (line_id);
CREATE INDEX product_review_shown ON product_review (sku, written_at, id) INCLUDE (stars) WHERE status = 'approved';
CREATE INDEX product_review_to_moderate ON product_review (written_at, id) WHERE status = 'pending';
