"""Postings are what the journal says."""

from purveyor.db.migrations import scripts

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    scripts.run_folder("0028_postings")
