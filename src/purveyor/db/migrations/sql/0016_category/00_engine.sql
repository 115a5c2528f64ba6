-- A category of the shop is sorted by price as well, up and down.
CREATE INDEX CONCURRENTLY IF NOT EXISTS product_category_by_price ON product (category, price_minor, sku) WHERE active;
