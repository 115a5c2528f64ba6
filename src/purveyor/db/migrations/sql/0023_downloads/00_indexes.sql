-- Downloads by SKU, and orders that wait for a file.
CREATE INDEX CONCURRENTLY IF NOT EXISTS product_downloads ON product (sku) WHERE kind = 'download';
CREATE INDEX CONCURRENTLY IF NOT EXISTS hold_file ON hold (opened_at, id) WHERE released_at IS NULL AND by_rule AND type = 'file';
