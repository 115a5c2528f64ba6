"""Codes for collection by chance, kept apart from what the journal repeats."""

from purveyor.db.migrations import scripts

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    scripts.run_folder("0002_collect_codes")
