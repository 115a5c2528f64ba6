-- An order's rows change together, some ten times: with room for all of them on their page, no index need hear of it.
ALTER TABLE line SET (fillfactor = 50);
ALTER TABLE orders SET (fillfactor = 50);
