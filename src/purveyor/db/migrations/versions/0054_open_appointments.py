"""Finds visits that should be over by their time; the index is built beside those who write."""

from purveyor.db.migrations import scripts

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    scripts.build_indexes("0054_open_appointments")
