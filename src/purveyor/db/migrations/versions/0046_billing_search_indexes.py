"""Builds the indexes of search in billing addresses, beside those who write."""

from purveyor.db.migrations import scripts

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    scripts.build_indexes("0046_billing_search_indexes")
