"""Seals over the journal."""

from purveyor.db.migrations import scripts

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    scripts.run_folder("0018_journal_seal")
