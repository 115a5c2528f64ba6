"""Indexes by which the list of orders is sorted, built while orders come in."""

from purveyor.db.migrations import scripts

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    scripts.build_indexes("0018_sorting")
