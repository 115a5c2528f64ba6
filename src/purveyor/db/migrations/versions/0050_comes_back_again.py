"""Lets a parcel come back again that was delivered after all; the index is built beside those who write."""

from purveyor.db.migrations import scripts

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    scripts.build_indexes("0050_comes_back_again")
