"""Builds the indexes of search by the new spelling, beside those who write."""

from purveyor.db.migrations import scripts

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    scripts.build_indexes("0032_search_indexes")
