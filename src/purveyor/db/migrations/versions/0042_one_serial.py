"""Sells a unit with a serial number once, whoever picks it first."""

from purveyor.db.migrations import scripts

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    scripts.run_folder("0042_one_serial")
