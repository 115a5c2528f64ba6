"""Lets the sum of an hour go back to nothing."""

from purveyor.db.migrations import scripts

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    scripts.run_folder("0030_declined")
