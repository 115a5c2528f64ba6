"""Orders that staff place, and sales at the counter."""
