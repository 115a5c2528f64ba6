"""Builds the indexes of search by the new spelling, beside those who write."""

from purveyor.db.migrations import scripts

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    scripts.build_indexes("0038_search_indexes_by_sigma")
