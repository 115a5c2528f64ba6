"""Builds the indexes by which payments are found by their references, beside those who write."""

from purveyor.db.migrations import scripts

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    scripts.build_indexes("0047_payment_references")
