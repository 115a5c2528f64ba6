"""Indexes of tables that were there before, built while orders come in."""

from purveyor.db.migrations import scripts

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    scripts.build_indexes("0015_indexes")
