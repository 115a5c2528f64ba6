"""Drops indexes that nobody uses, one after the other, so that no lock is held while waiting for another."""

from purveyor.db.migrations import scripts

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    scripts.build_indexes("0029_unused_indexes")
