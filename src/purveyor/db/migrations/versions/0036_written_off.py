"""Says of orders that nobody paid that they are not paid."""

from purveyor.db.migrations import scripts

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    scripts.run_folder("0036_written_off")
