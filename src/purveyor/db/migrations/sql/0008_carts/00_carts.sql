-- Who fills a cart, under a name that changes every day: so much is kept for one visitor.
ALTER TABLE cart ADD COLUMN visitor text NOT NULL DEFAULT '';
