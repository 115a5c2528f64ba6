-- What search looks at from here on.
CREATE INDEX CONCURRENTLY IF NOT EXISTS contact_search_folded
    ON contact USING gin (contact_folded(name, company, email) gin_trgm_ops);
CREATE INDEX CONCURRENTLY IF NOT EXISTS product_search_folded
    ON product USING gin (product_folded(sku, name) gin_trgm_ops);

-- Orders that are placed need not keep what nobody reads any more.
DROP INDEX CONCURRENTLY IF EXISTS contact_search_by_spelling;
DROP INDEX CONCURRENTLY IF EXISTS product_search_by_spelling;
