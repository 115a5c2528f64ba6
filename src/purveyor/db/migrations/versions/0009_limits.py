"""Limits of a day for money that is given away, and what waits for a second person."""

from purveyor.db.migrations import scripts

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    scripts.run_folder("0009_limits")
