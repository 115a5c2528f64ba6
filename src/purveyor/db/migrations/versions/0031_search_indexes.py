"""Builds the indexes of search by the new spelling, beside those who write."""

from purveyor.db.migrations import scripts

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    scripts.build_indexes("0031_search_indexes")
