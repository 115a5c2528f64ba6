"""Codes for collection by chance, kept apart from what the journal repeats."""

from purveyor.db.migrations import scripts

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    scripts.run_folder("0004_collect_codes")
