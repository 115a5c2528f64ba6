"""Builds the indexes by which payments are found by their references, beside those who write."""

from purveyor.db.migrations import scripts

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    scripts.build_indexes("0045_payment_references")
