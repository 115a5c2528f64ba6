"""One row of the journal for what one command did to an order."""

from purveyor.db.migrations import scripts

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    scripts.run_folder("0026_journal_rows")
