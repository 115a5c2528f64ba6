"""Tells what customers owe apart by currency."""

from purveyor.db.migrations import scripts

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    scripts.run_folder("0044_amounts_by_currency")
