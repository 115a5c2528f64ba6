-- The code stands among the private texts, where it can be erased and no fact repeats it.
ALTER TABLE collection ADD COLUMN code_id uuid;
