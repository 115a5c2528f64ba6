-- Returns: what may come back, what came, and what was credited for it.

CREATE TABLE delivered_units (
    line_id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    at timestamptz NOT NULL
);
CREATE INDEX delivered_units_of_order ON delivered_units (order_id);

CREATE TABLE rma (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('return', 'return_to_sender', 'imported')),
    status text NOT NULL CHECK (
        status IN ('announced', 'partly_received', 'received', 'done', 'canceled', 'expired')
    ),
    refund_on text NOT NULL CHECK (refund_on IN ('receipt', 'request')),
    settle_to text NOT NULL CHECK (settle_to IN ('original', 'store_credit')),
    policy text NOT NULL,
    policy_version bigint NOT NULL,
    location text NOT NULL,
    shipment_id uuid,
    label_minor bigint NOT NULL,
    returns_shipping boolean NOT NULL,
    shipping_minor bigint NOT NULL,
    credited_minor bigint NOT NULL,
    announced_at timestamptz NOT NULL,
    expires_at timestamptz,
    received_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT rma_amounts CHECK (label_minor >= 0 AND shipping_minor >= 0 AND credited_minor >= 0),
    CONSTRAINT rma_waits CHECK ((status IN ('announced', 'partly_received')) = (expires_at IS NOT NULL)),
    CONSTRAINT rma_ended CHECK ((status IN ('done', 'canceled', 'expired')) = (ended_at IS NOT NULL))
);
CREATE INDEX rma_of_order ON rma (order_id);
CREATE INDEX rma_by_day ON rma (announced_at, id);
CREATE UNIQUE INDEX rma_of_shipment ON rma (shipment_id) WHERE shipment_id IS NOT NULL;
CREATE INDEX rma_expected ON rma (location, announced_at, id) WHERE status IN ('announced', 'partly_received');
CREATE INDEX rma_unfinished ON rma (received_at, id) WHERE status = 'received';
CREATE INDEX rma_due ON rma (expires_at, id) WHERE expires_at IS NOT NULL;

CREATE TABLE rma_item (
    id uuid PRIMARY KEY,
    rma_id uuid NOT NULL,
    order_id uuid NOT NULL,
    line_id uuid NOT NULL,
    sku text NOT NULL,
    quantity bigint NOT NULL,
    reason text NOT NULL,
    want text NOT NULL CHECK (want IN ('refund', 'store_credit', 'exchange')),
    exchange_sku text NOT NULL,
    handling text NOT NULL CHECK (handling IN ('send', 'keep', 'switch_off')),
    fee_basis_points bigint NOT NULL,
    received bigint NOT NULL,
    dropped bigint NOT NULL,
    restocked bigint NOT NULL,
    refurbishing bigint NOT NULL,
    scrapped bigint NOT NULL,
    condition text NOT NULL,
    credited bigint NOT NULL,
    credited_minor bigint NOT NULL,
    deduct_minor bigint NOT NULL,
    CONSTRAINT rma_item_counts CHECK (
        quantity > 0 AND least(received, dropped, restocked, refurbishing, scrapped, credited) >= 0
        AND received + dropped <= quantity
        AND restocked + refurbishing + scrapped <= received
        AND credited <= quantity
    ),
    CONSTRAINT rma_item_amounts CHECK (credited_minor >= 0 AND deduct_minor >= 0),
    CONSTRAINT rma_item_exchange CHECK ((want = 'exchange') = (exchange_sku <> ''))
);
CREATE INDEX rma_item_of_order ON rma_item (order_id);
CREATE INDEX rma_item_to_inspect ON rma_item (id)
    WHERE handling = 'send' AND received > restocked + refurbishing + scrapped;
CREATE INDEX rma_item_in_refurbishing ON rma_item (id) WHERE refurbishing > 0;

CREATE TABLE line_credit (
    line_id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    quantity bigint NOT NULL,
    kept bigint NOT NULL,
    lost bigint NOT NULL,
    cut_minor bigint NOT NULL,
    shipping_minor bigint NOT NULL,
    CONSTRAINT line_credit_counts CHECK (least(quantity, kept, lost, cut_minor, shipping_minor) >= 0 AND kept + lost <= quantity)
);
CREATE INDEX line_credit_of_order ON line_credit (order_id);
