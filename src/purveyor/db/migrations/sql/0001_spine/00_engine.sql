-- The spine: orders with their ledgers, the journal, the command log, and the records that rules read.

CREATE SEQUENCE order_number START 100001 INCREMENT 100;

CREATE TABLE orders (
    id uuid PRIMARY KEY,
    number bigint NOT NULL,
    channel text NOT NULL,
    reference text NOT NULL,
    customer_id uuid,
    contact_id uuid NOT NULL,
    source_id uuid,
    currency text NOT NULL,
    language text NOT NULL,
    country text NOT NULL,
    terms text NOT NULL,
    method text NOT NULL,
    collect_at text NOT NULL,
    shipping_option text NOT NULL,
    goods_minor bigint NOT NULL,
    discount_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    shipping_minor bigint NOT NULL,
    shipping_tax_minor bigint NOT NULL,
    total_minor bigint NOT NULL,
    return_policy text NOT NULL,
    return_policy_version bigint NOT NULL,
    promised_at timestamptz,
    placed_at timestamptz NOT NULL,
    receivable_minor bigint NOT NULL,
    authorized_minor bigint NOT NULL,
    captured_minor bigint NOT NULL,
    refunded_minor bigint NOT NULL,
    status text NOT NULL,
    stage text NOT NULL,
    payment_status text NOT NULL,
    fulfillment_status text NOT NULL,
    return_status text NOT NULL,
    holds text NOT NULL,
    stage_since timestamptz,
    closed_at timestamptz,
    version bigint NOT NULL,
    parts bigint NOT NULL,
    CONSTRAINT refunded_within_captured CHECK (refunded_minor <= 0 AND captured_minor + refunded_minor >= 0),
    CONSTRAINT nothing_below_zero CHECK (authorized_minor >= 0 AND captured_minor >= 0 AND total_minor >= 0)
) WITH (fillfactor = 80);

CREATE UNIQUE INDEX orders_number ON orders (number);
CREATE INDEX orders_placed ON orders (placed_at, id);
CREATE INDEX orders_customer ON orders (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX orders_contact ON orders (contact_id);
CREATE INDEX orders_reference ON orders (reference) WHERE reference <> '';
-- Live work only: closed orders leave these, so that they stay as small as the day's work.
CREATE INDEX orders_stage ON orders (stage, stage_since, id) WHERE closed_at IS NULL;
CREATE INDEX orders_held ON orders (holds, id) WHERE holds <> '';
CREATE INDEX orders_promised ON orders (promised_at, id) WHERE closed_at IS NULL AND promised_at IS NOT NULL;
-- Lists by one filter; what nearly all orders are is left out, so that these stay small.
CREATE INDEX orders_payment ON orders (payment_status, id) WHERE payment_status <> 'paid';
CREATE INDEX orders_fulfillment ON orders (fulfillment_status, id) WHERE fulfillment_status <> 'delivered';
CREATE INDEX orders_return ON orders (return_status, id) WHERE return_status <> 'none';
CREATE INDEX orders_status ON orders (status, id) WHERE status <> 'closed';
CREATE INDEX orders_country ON orders (country, id);
CREATE INDEX orders_channel ON orders (channel, id);

CREATE TABLE line (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    line_no bigint NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    unit_price_minor bigint NOT NULL,
    discount_minor bigint NOT NULL,
    tax_basis_points bigint NOT NULL,
    tax_minor bigint NOT NULL,
    total_minor bigint NOT NULL,
    weight_g bigint NOT NULL,
    quantity bigint NOT NULL,
    placed bigint NOT NULL,
    allocated bigint NOT NULL,
    backordered bigint NOT NULL,
    picked bigint NOT NULL,
    packed bigint NOT NULL,
    shipped bigint NOT NULL,
    delivered bigint NOT NULL,
    "returning" bigint NOT NULL,
    returned bigint NOT NULL,
    canceled bigint NOT NULL,
    lost bigint NOT NULL,
    CONSTRAINT positions_add_up CHECK (
        placed + allocated + backordered + picked + packed + shipped + delivered + "returning" + returned + canceled + lost
        = quantity
    ),
    CONSTRAINT no_position_below_zero CHECK (
        least(placed, allocated, backordered, picked, packed, shipped, delivered, "returning", returned, canceled, lost) >= 0
    )
) WITH (fillfactor = 80);

CREATE INDEX line_order ON line (order_id);
CREATE INDEX line_sku ON line (sku, order_id);
CREATE INDEX line_backordered ON line (sku, id) WHERE backordered > 0;

CREATE TABLE allocation (
    line_id uuid NOT NULL,
    location text NOT NULL,
    order_id uuid NOT NULL,
    sku text NOT NULL,
    quantity bigint NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (line_id, location)
) WITH (fillfactor = 80);

CREATE INDEX allocation_order ON allocation (order_id);
CREATE INDEX allocation_claims ON allocation (sku, location) WHERE quantity > 0;

CREATE TABLE stock (
    sku text NOT NULL,
    location text NOT NULL,
    on_hand bigint NOT NULL,
    allocated bigint NOT NULL,
    held bigint NOT NULL,
    PRIMARY KEY (sku, location),
    CONSTRAINT never_oversold CHECK (allocated >= 0 AND held >= 0 AND allocated + held <= on_hand)
) WITH (fillfactor = 50);

CREATE TABLE product (
    sku text PRIMARY KEY,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('goods', 'download', 'license', 'access', 'service')),
    price_minor bigint NOT NULL CHECK (price_minor >= 0),
    currency text NOT NULL,
    tax_class text NOT NULL,
    category text NOT NULL,
    weight_g bigint NOT NULL,
    length_mm bigint NOT NULL,
    width_mm bigint NOT NULL,
    height_mm bigint NOT NULL,
    hs_code text NOT NULL,
    origin text NOT NULL,
    dangerous boolean NOT NULL,
    fragile boolean NOT NULL,
    returnable boolean NOT NULL,
    active boolean NOT NULL,
    asset text NOT NULL,
    duration_min bigint NOT NULL,
    description text NOT NULL DEFAULT ''
);

-- The shop's lists, and what a search looks at: words of the name count most, then SKU and category, then the text.
CREATE FUNCTION product_words(name text, sku text, category text, description text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN setweight(to_tsvector('simple', translate(name, '-_/.,', '     ')), 'A')
        || setweight(to_tsvector('simple', translate(sku || ' ' || category, '-_/.', '    ')), 'B')
        || setweight(to_tsvector('simple', translate(description, '-_/.,', '     ')), 'D');

CREATE INDEX product_category ON product (category, name, sku) WHERE active;
CREATE INDEX product_search ON product USING gin (product_words(name, sku, category, description)) WHERE active;

CREATE TABLE customer (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    contact_id uuid NOT NULL,
    "group" text NOT NULL,
    language text NOT NULL,
    credit_limit_minor bigint NOT NULL,
    credit_currency text NOT NULL,
    terms_days bigint NOT NULL,
    notices text NOT NULL,
    blocked boolean NOT NULL,
    erased_at timestamptz
);

CREATE TABLE credit_account (
    customer_id uuid PRIMARY KEY,
    open_minor bigint NOT NULL,
    store_credit_minor bigint NOT NULL CHECK (store_credit_minor >= 0)
);

CREATE TABLE counter (
    name text PRIMARY KEY,
    value bigint NOT NULL
);

-- Personal data: the only tables whose rows may be emptied. Facts refer to them by id.
CREATE TABLE contact (
    id uuid PRIMARY KEY,
    customer_id uuid,
    name text NOT NULL,
    company text NOT NULL,
    email text NOT NULL,
    phone text NOT NULL,
    street text NOT NULL,
    city text NOT NULL,
    postal_code text NOT NULL,
    region text NOT NULL,
    country text NOT NULL,
    billing jsonb,
    erased boolean NOT NULL,
    replaces uuid
);

CREATE INDEX contact_customer ON contact (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX contact_replaces ON contact (replaces) WHERE replaces IS NOT NULL;
CREATE INDEX contact_email ON contact (lower(email) text_pattern_ops) WHERE email <> '';
CREATE INDEX contact_phone ON contact (phone text_pattern_ops) WHERE phone <> '';
CREATE INDEX contact_name ON contact (lower(name) text_pattern_ops) WHERE name <> '';

CREATE TABLE private_text (
    id uuid PRIMARY KEY,
    customer_id uuid,
    order_id uuid,
    what text NOT NULL,
    text text NOT NULL,
    erased boolean NOT NULL
);

CREATE INDEX private_text_customer ON private_text (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX private_text_order ON private_text (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE cart (
    id uuid PRIMARY KEY,
    claims jsonb NOT NULL,
    expires_at timestamptz,
    order_id uuid
);

CREATE INDEX cart_due ON cart (expires_at, id) WHERE expires_at IS NOT NULL;

-- The journal: append-only, and the database itself sees to that. Partitioned by `seq`, which grows with time.
CREATE SEQUENCE journal_seq CACHE 1;

CREATE TABLE journal (
    seq bigint NOT NULL DEFAULT nextval('journal_seq'),
    recorded_at timestamptz NOT NULL DEFAULT now(),
    at timestamptz NOT NULL,
    order_id uuid,
    order_version bigint NOT NULL,
    kind text NOT NULL,
    kind_version bigint NOT NULL,
    actor text NOT NULL,
    key text NOT NULL,
    data jsonb NOT NULL,
    PRIMARY KEY (seq)
) PARTITION BY RANGE (seq);

CREATE INDEX journal_order ON journal (order_id, seq) WHERE order_id IS NOT NULL;
CREATE INDEX journal_shared ON journal (seq) WHERE order_id IS NULL;
CREATE INDEX journal_policies ON journal (seq) WHERE kind = 'policies.set';
CREATE INDEX journal_stock ON journal (at) WHERE kind IN ('stock.received', 'stock.counted');

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the % is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION journal_partition(after_seq bigint) RETURNS void LANGUAGE plpgsql AS $$
-- Makes sure that the partition that holds `after_seq` exists, of ten million facts each.
DECLARE
    size constant bigint := 10000000;
    number constant bigint := after_seq / size;
    name constant text := format('journal_%s', number);
BEGIN
    IF to_regclass(name) IS NULL THEN
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF journal FOR VALUES FROM (%s) TO (%s)',
                       name, number * size, (number + 1) * size);
        -- Row triggers come down from the journal, statement triggers do not.
        EXECUTE format('CREATE OR REPLACE TRIGGER journal_no_truncate BEFORE TRUNCATE ON %I'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
    END IF;
END $$;

SELECT journal_partition(0);
SELECT journal_partition(10000000);

-- Both sides of every amount. They add up to zero for every order.
CREATE TABLE posting (
    order_id uuid NOT NULL,
    order_version bigint NOT NULL,
    side bigint NOT NULL,
    account text NOT NULL,
    minor bigint NOT NULL,
    currency text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (order_id, order_version, side)
);

CREATE INDEX posting_account ON posting (account, at);

-- Every change of stock with its reason.
CREATE SEQUENCE stock_move_id;

CREATE TABLE stock_move (
    id bigint PRIMARY KEY DEFAULT nextval('stock_move_id'),
    sku text NOT NULL,
    location text NOT NULL,
    on_hand bigint NOT NULL,
    allocated bigint NOT NULL,
    held bigint NOT NULL,
    reason text NOT NULL,
    order_id uuid,
    at timestamptz NOT NULL
);

CREATE INDEX stock_move_sku ON stock_move (sku, location, id);

-- Every command's key with its first answer, refusals included.
CREATE TABLE command_log (
    key text PRIMARY KEY,
    body_hash bytea NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    accepted boolean NOT NULL,
    answer bytea NOT NULL
);

CREATE INDEX command_log_at ON command_log (at);
