"""Indexes by which the list of orders is sorted, built while orders come in."""

from purveyor.db.migrations import scripts

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    scripts.build_indexes("0020_sorting")
