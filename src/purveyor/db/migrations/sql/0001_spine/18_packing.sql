-- Packing: what waits at the bench, and what lies in which parcel.

CREATE TABLE bench (
    fulfillment_id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    location text NOT NULL,
    tote text NOT NULL,
    status text NOT NULL CHECK (status IN ('waiting', 'incomplete', 'packed')),
    units jsonb NOT NULL,
    since timestamptz NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX bench_of_order ON bench (order_id);
CREATE INDEX bench_waiting ON bench (location, since, fulfillment_id) WHERE status = 'waiting';
CREATE INDEX bench_by_tote ON bench (tote, location) WHERE status = 'waiting' AND tote <> '';

CREATE TABLE parcel (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    fulfillment_id uuid NOT NULL,
    location text NOT NULL,
    status text NOT NULL CHECK (status IN ('packed', 'gone', 'unpacked')),
    carton text NOT NULL,
    weight_g bigint NOT NULL,
    weighed boolean NOT NULL,
    length_mm bigint NOT NULL,
    width_mm bigint NOT NULL,
    height_mm bigint NOT NULL,
    contents jsonb NOT NULL,
    sscc text NOT NULL CHECK (length(sscc) IN (0, 18)),
    notes jsonb NOT NULL,
    packed_at timestamptz NOT NULL,
    packer text NOT NULL,
    CONSTRAINT parcel_sizes CHECK (least(weight_g, length_mm, width_mm, height_mm) >= 0),
    CONSTRAINT parcel_not_empty CHECK (jsonb_array_length(contents) > 0)
) WITH (fillfactor = 80);
CREATE INDEX parcel_of_order ON parcel (order_id);
CREATE INDEX parcel_by_sscc ON parcel (sscc, id) WHERE sscc <> '';
CREATE INDEX parcel_here ON parcel (location, packed_at, id) WHERE status = 'packed';
