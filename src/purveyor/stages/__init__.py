"""The eleven rooms, one a stage. They do not know each other: what one means for another stands in `flow.py`."""
