-- Who fills a cart, under a name that changes every day: so much is kept for one visitor.
ALTER TABLE cart ADD COLUMN visitor text NOT NULL DEFAULT '';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX cart_of_visitor ON cart (visitor, id) WHERE visitor <> '' AND expires_at IS NOT NULL;
