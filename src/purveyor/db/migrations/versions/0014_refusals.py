"""Finds refusals that are old enough to be forgotten."""

from purveyor.db.migrations import scripts

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    scripts.build_indexes("0014_refusals")
