-- What search looks at: any part of a name, a company or an e-mail; references in any case, by their beginning.
CREATE INDEX CONCURRENTLY IF NOT EXISTS contact_search
    ON contact USING gin (contact_words(name, company, email) gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS product_names ON product USING gin (product_names(sku, name) gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_reference_any_case
    ON orders (lower(reference) text_pattern_ops) WHERE reference <> '';

CREATE INDEX CONCURRENTLY IF NOT EXISTS product_category_by_name
    ON product (category, name_order(name) COLLATE "C", sku) WHERE active;
CREATE INDEX CONCURRENTLY IF NOT EXISTS cart_of_visitor
    ON cart (visitor, id) WHERE visitor <> '' AND expires_at IS NOT NULL;

-- What admins did: keys, people, rules, receivers of webhooks.
CREATE INDEX CONCURRENTLY IF NOT EXISTS journal_security
    ON journal (seq) WHERE order_id IS NULL AND split_part(kind, '.', 1) IN ('staff', 'policies', 'webhooks');
