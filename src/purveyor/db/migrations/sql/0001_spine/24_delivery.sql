-- Delivery: parcels on their way and at the counter, downloads, license keys, access, installations.

CREATE TABLE tracking (
    shipment_id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    tracking_number text NOT NULL,
    status text NOT NULL,
    carrier_status text NOT NULL,
    last_sequence bigint NOT NULL,
    last_event_at timestamptz,
    last_event_id text NOT NULL,
    attempts bigint NOT NULL,
    contents jsonb NOT NULL,
    promised_at timestamptz,
    expected_at timestamptz NOT NULL,
    delivered_at timestamptz,
    quiet_days bigint NOT NULL,
    ask_at timestamptz,
    lost_at timestamptz,
    CONSTRAINT tracking_status CHECK (
        status IN (
            'expected', 'in_transit', 'out_for_delivery', 'failed_attempt', 'delivered', 'returning', 'lost'
        )
    ),
    CONSTRAINT tracking_ended CHECK (
        (status IN ('delivered', 'returning', 'lost')) = (ask_at IS NULL)
        AND (ask_at IS NULL) = (lost_at IS NULL)
    ),
    CONSTRAINT tracking_delivered CHECK ((status = 'delivered') = (delivered_at IS NOT NULL)),
    CONSTRAINT tracking_attempts CHECK (attempts >= 0)
);
CREATE INDEX tracking_of_order ON tracking (order_id);
CREATE INDEX tracking_to_be_asked ON tracking (ask_at, shipment_id) WHERE ask_at IS NOT NULL;
CREATE INDEX tracking_gone ON tracking (lost_at, shipment_id) WHERE lost_at IS NOT NULL;
CREATE INDEX tracking_late ON tracking (promised_at, shipment_id) WHERE lost_at IS NOT NULL;

CREATE TABLE tracking_event (
    shipment_id uuid NOT NULL,
    event_id text NOT NULL,
    order_id uuid NOT NULL,
    status text NOT NULL,
    at timestamptz NOT NULL,
    place text NOT NULL,
    carrier_status text NOT NULL,
    sequence bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (shipment_id, event_id)
);
CREATE INDEX tracking_event_of_order ON tracking_event (order_id);

CREATE TABLE collection (
    parcel_id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    location text NOT NULL,
    status text NOT NULL,
    code text NOT NULL,
    wrong_codes bigint NOT NULL,
    contents jsonb NOT NULL,
    ready_at timestamptz NOT NULL,
    collect_by timestamptz,
    reminders bigint NOT NULL,
    collected_at timestamptz,
    CONSTRAINT collection_status CHECK (status IN ('waiting', 'collected', 'withdrawn')),
    CONSTRAINT collection_collected CHECK ((status = 'collected') = (collected_at IS NOT NULL)),
    CONSTRAINT collection_deadline CHECK (status = 'waiting' OR collect_by IS NULL),
    CONSTRAINT collection_counts CHECK (wrong_codes >= 0 AND reminders >= 0)
);
CREATE INDEX collection_of_order ON collection (order_id);
CREATE INDEX collection_at_counter ON collection (location, ready_at, parcel_id) WHERE status = 'waiting';
CREATE INDEX collection_overdue ON collection (collect_by, parcel_id) WHERE collect_by IS NOT NULL;

CREATE TABLE download_grant (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    line_id uuid NOT NULL,
    sku text NOT NULL,
    asset text NOT NULL,
    quantity bigint NOT NULL,
    downloads_left bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT download_grant_counts CHECK (quantity >= 0 AND downloads_left >= 0)
);
CREATE INDEX download_grant_of_order ON download_grant (order_id);

CREATE TABLE license_key (
    id uuid PRIMARY KEY,
    sku text NOT NULL,
    digest text NOT NULL,
    order_id uuid,
    line_id uuid,
    taken_at timestamptz,
    CONSTRAINT license_key_taken CHECK (
        (order_id IS NULL) = (line_id IS NULL) AND (order_id IS NULL) = (taken_at IS NULL)
    )
);
CREATE UNIQUE INDEX license_key_once ON license_key (digest);
CREATE INDEX license_key_free ON license_key (sku, id) WHERE order_id IS NULL;
CREATE INDEX license_key_of_order ON license_key (order_id, id) WHERE order_id IS NOT NULL;

CREATE TABLE license_wait (
    line_id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    fulfillment_id uuid NOT NULL,
    sku text NOT NULL,
    quantity bigint NOT NULL,
    since timestamptz NOT NULL,
    CONSTRAINT license_wait_quantity CHECK (quantity >= 0)
);
CREATE INDEX license_wait_of_order ON license_wait (order_id);
CREATE INDEX license_wait_open ON license_wait (since, line_id) WHERE quantity > 0;
CREATE INDEX license_wait_of_sku ON license_wait (sku) WHERE quantity > 0;

CREATE TABLE access_grant (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    line_id uuid NOT NULL,
    sku text NOT NULL,
    system text NOT NULL,
    quantity bigint NOT NULL,
    contact_id uuid NOT NULL,
    status text NOT NULL,
    turn bigint NOT NULL,
    asked_at timestamptz NOT NULL,
    why text NOT NULL,
    CONSTRAINT access_grant_status CHECK (status IN ('on_requested', 'on', 'off_requested', 'off', 'failed')),
    CONSTRAINT access_grant_counts CHECK (quantity >= 0 AND turn >= 1)
);
CREATE INDEX access_grant_of_order ON access_grant (order_id);
CREATE INDEX access_grant_unanswered ON access_grant (asked_at, id)
WHERE status IN ('on_requested', 'off_requested');
CREATE INDEX access_grant_failed ON access_grant (asked_at, id) WHERE status = 'failed';

CREATE TABLE appointment (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    fulfillment_id uuid NOT NULL,
    line_id uuid NOT NULL,
    sku text NOT NULL,
    quantity bigint NOT NULL,
    minutes bigint NOT NULL,
    status text NOT NULL,
    slot_id uuid,
    technician text NOT NULL,
    starts_at timestamptz,
    planned_at timestamptz NOT NULL,
    done_at timestamptz,
    record_id uuid,
    CONSTRAINT appointment_status CHECK (status IN ('planned', 'booked', 'done', 'canceled')),
    CONSTRAINT appointment_booked CHECK (
        (status IN ('booked', 'done')) = (slot_id IS NOT NULL) AND (slot_id IS NULL) = (starts_at IS NULL)
    ),
    CONSTRAINT appointment_done CHECK (
        (status = 'done') = (done_at IS NOT NULL) AND (done_at IS NULL) = (record_id IS NULL)
    ),
    CONSTRAINT appointment_counts CHECK (quantity > 0 AND minutes >= 0)
);
CREATE INDEX appointment_of_order ON appointment (order_id);
CREATE INDEX appointment_to_be_booked ON appointment (planned_at, id) WHERE status = 'planned';
CREATE INDEX appointment_of_technician ON appointment (technician, starts_at, id) WHERE status = 'booked';
CREATE INDEX appointment_by_time ON appointment (starts_at, id) WHERE status IN ('booked', 'done');

CREATE TABLE slot (
    id uuid PRIMARY KEY,
    technician text NOT NULL,
    day text NOT NULL,
    starts_at timestamptz NOT NULL,
    minutes bigint NOT NULL,
    taken_by uuid,
    CONSTRAINT slot_minutes CHECK (minutes > 0)
);
CREATE INDEX slot_of_day ON slot (day);
CREATE INDEX slot_open ON slot (starts_at, id) WHERE taken_by IS NULL;
CREATE UNIQUE INDEX slot_of_technician ON slot (technician, starts_at);
