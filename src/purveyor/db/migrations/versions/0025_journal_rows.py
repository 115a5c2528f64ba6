"""One row of the journal for what one command did to an order."""

from purveyor.db.migrations import scripts

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    scripts.run_folder("0025_journal_rows")
