-- Shipping: parcels from the wish for a label to the courier's hands.

CREATE TABLE shipment (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    parcel_id uuid NOT NULL,
    location text NOT NULL,
    status text NOT NULL,
    carrier text NOT NULL,
    service text NOT NULL,
    cost_minor bigint NOT NULL,
    currency text NOT NULL,
    tracking_number text NOT NULL,
    label_id uuid,
    contents jsonb NOT NULL,
    weight_g bigint NOT NULL,
    length_mm bigint NOT NULL,
    width_mm bigint NOT NULL,
    height_mm bigint NOT NULL,
    attempt bigint NOT NULL,
    contact_id uuid NOT NULL,
    promised_at timestamptz,
    requested_at timestamptz NOT NULL,
    asked_at timestamptz NOT NULL,
    why text NOT NULL,
    dispatched_at timestamptz,
    manifest_id uuid,
    opened boolean NOT NULL,
    CONSTRAINT shipment_status CHECK (
        status IN ('label_requested', 'labeled', 'voiding', 'voided', 'failed', 'dispatched')
    ),
    CONSTRAINT shipment_labeled CHECK (
        status NOT IN ('labeled', 'dispatched') OR (label_id IS NOT NULL AND tracking_number <> '')
    ),
    CONSTRAINT shipment_dispatched CHECK ((status = 'dispatched') = (dispatched_at IS NOT NULL)),
    CONSTRAINT shipment_opened CHECK (NOT (opened AND status IN ('labeled', 'dispatched'))),
    CONSTRAINT shipment_amounts CHECK (cost_minor >= 0 AND weight_g >= 0 AND attempt >= 1)
);
CREATE INDEX shipment_of_order ON shipment (order_id);
CREATE UNIQUE INDEX shipment_of_parcel ON shipment (parcel_id);
CREATE INDEX shipment_by_tracking_number ON shipment (tracking_number, id) WHERE tracking_number <> '';
CREATE INDEX shipment_unanswered ON shipment (asked_at, id) WHERE status IN ('label_requested', 'voiding');
CREATE INDEX shipment_for_courier ON shipment (location, asked_at, id) WHERE status = 'labeled';
CREATE INDEX shipment_refused ON shipment (asked_at, id) WHERE status = 'failed';

CREATE TABLE manifest (
    id uuid PRIMARY KEY,
    location text NOT NULL,
    carrier text NOT NULL,
    parcels bigint NOT NULL,
    weight_g bigint NOT NULL,
    closed_at timestamptz NOT NULL,
    CONSTRAINT manifest_counts CHECK (parcels > 0 AND weight_g >= 0)
);
CREATE INDEX manifest_of_location ON manifest (location, closed_at, id);
