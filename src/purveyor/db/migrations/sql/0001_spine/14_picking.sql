-- Picking: the work for orders by location, walks, shelves and what was not on them.

CREATE TABLE fulfillment (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    location text NOT NULL,
    method text NOT NULL,
    status text NOT NULL,
    wave_id uuid,
    due_at timestamptz NOT NULL,
    released_at timestamptz NOT NULL,
    picked_at timestamptz,
    picker text NOT NULL,
    tote text NOT NULL,
    CONSTRAINT fulfillment_method CHECK (method IN ('ship', 'collect', 'download', 'license', 'access', 'install')),
    CONSTRAINT fulfillment_status CHECK (
        status IN ('released', 'in_wave', 'picking', 'picked', 'done', 'withdrawn')
    ),
    CONSTRAINT fulfillment_in_wave CHECK (status <> 'in_wave' OR wave_id IS NOT NULL),
    CONSTRAINT fulfillment_picked CHECK (status <> 'picked' OR picked_at IS NOT NULL),
    CONSTRAINT fulfillment_on_shelf CHECK ((location = '') = (method NOT IN ('ship', 'collect')))
) WITH (fillfactor = 80);
CREATE INDEX fulfillment_of_order ON fulfillment (order_id);
CREATE INDEX fulfillment_waiting ON fulfillment (location, due_at, id) WHERE status = 'released';
CREATE INDEX fulfillment_walking ON fulfillment (wave_id, id) WHERE status IN ('in_wave', 'picking');

CREATE TABLE fulfillment_item (
    fulfillment_id uuid NOT NULL,
    line_id uuid NOT NULL,
    order_id uuid NOT NULL,
    location text NOT NULL,
    sku text NOT NULL,
    quantity bigint NOT NULL,
    picked bigint NOT NULL,
    gone bigint NOT NULL,
    bin text NOT NULL,
    lots jsonb NOT NULL,
    serials jsonb NOT NULL,
    PRIMARY KEY (fulfillment_id, line_id),
    CONSTRAINT fulfillment_item_counts CHECK (0 <= gone AND gone <= picked AND picked <= quantity)
) WITH (fillfactor = 80);
CREATE INDEX fulfillment_item_of_order ON fulfillment_item (order_id);
CREATE INDEX fulfillment_item_aside ON fulfillment_item (sku, location) WHERE picked > gone;
CREATE INDEX fulfillment_item_traced ON fulfillment_item (sku, fulfillment_id, line_id) WHERE lots <> '[]';

CREATE TABLE shorted_pick (
    fulfillment_id uuid NOT NULL,
    line_id uuid NOT NULL,
    order_id uuid NOT NULL,
    location text NOT NULL,
    sku text NOT NULL,
    missing bigint NOT NULL CHECK (missing > 0),
    reason text NOT NULL CHECK (reason IN ('not_found', 'damaged', 'miscounted')),
    picker text NOT NULL,
    shorted_at timestamptz NOT NULL,
    PRIMARY KEY (fulfillment_id, line_id)
);
CREATE INDEX shorted_pick_of_order ON shorted_pick (order_id);
CREATE INDEX shorted_pick_of_location ON shorted_pick (location, shorted_at, fulfillment_id, line_id);

CREATE TABLE wave (
    id uuid PRIMARY KEY,
    location text NOT NULL,
    status text NOT NULL CHECK (status IN ('planned', 'walking', 'finished')),
    picker text NOT NULL,
    fulfillments jsonb NOT NULL,
    planned_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT wave_finished CHECK ((status = 'finished') = (finished_at IS NOT NULL))
);
CREATE INDEX wave_open ON wave (location, planned_at, id) WHERE status <> 'finished';
CREATE INDEX wave_by_age ON wave (planned_at, id) WHERE status <> 'finished';

CREATE TABLE bin (
    sku text NOT NULL,
    location text NOT NULL,
    bin text NOT NULL CHECK (bin <> ''),
    sequence bigint NOT NULL CHECK (sequence >= 0),
    PRIMARY KEY (sku, location)
);
CREATE INDEX bin_on_the_walk ON bin (location, sequence, bin, sku);

CREATE TABLE bin_count (
    sku text NOT NULL,
    location text NOT NULL,
    waiting_since timestamptz,
    reason text NOT NULL,
    counted bigint NOT NULL CHECK (counted >= 0),
    expected bigint NOT NULL,
    counted_at timestamptz,
    PRIMARY KEY (sku, location)
);
CREATE INDEX bin_count_waiting ON bin_count (location, waiting_since, sku) WHERE waiting_since IS NOT NULL;
