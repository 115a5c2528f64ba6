"""Notes of staff on customers."""

from purveyor.db.migrations import scripts

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    scripts.run_folder("0024_customer_notes")
