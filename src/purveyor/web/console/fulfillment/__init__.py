"""From picking to delivery, and returns."""
