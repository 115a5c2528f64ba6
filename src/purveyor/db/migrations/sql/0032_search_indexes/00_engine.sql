-- What search looks at from here on, and numbers of customers in any case.
CREATE INDEX CONCURRENTLY IF NOT EXISTS contact_search_by_spelling
    ON contact USING gin (contact_spelling(name, company, email) gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS product_search_by_spelling
    ON product USING gin (product_spelling(sku, name) gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS customer_number_any_case ON customer (lower(number));

-- Orders that are placed need not keep what nobody reads any more.
DROP INDEX CONCURRENTLY IF EXISTS contact_search;
DROP INDEX CONCURRENTLY IF EXISTS product_names;
