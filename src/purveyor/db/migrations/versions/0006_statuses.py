"""Statuses that say what is true of lost, returning and canceled orders."""

from purveyor.db.migrations import scripts

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    scripts.run_folder("0006_statuses")
